/** What a cluster is, and what stands in it at one moment: for whoever asks once and does not stay. */
import type { KindName } from "../api/types.generated.ts";
import type { KubeApi, KubeObject } from "./api.ts";
import { collectionOf } from "./kinds.ts";

/** A cluster has no name of its own; this uid stays as long as the cluster does. @throws KubeError */
export async function clusterId(api: KubeApi, signal: AbortSignal): Promise<string> {
  const system = await api.get({ group: "", version: "v1", plural: "namespaces", name: "kube-system" }, signal);
  return `kubernetes:${system?.metadata.uid ?? "unknown"}`;
}

/** One consistent list, page by page. @throws KubeError */
export async function* everyObject(api: KubeApi, kind: KindName, signal: AbortSignal): AsyncGenerator<KubeObject> {
  for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
    const page = await api.page(collectionOf(kind), next, signal);
    yield* page.items;
    next = page.next;
  }
}
