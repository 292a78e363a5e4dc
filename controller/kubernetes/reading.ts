/** What a cluster is, and what stands in it at one moment: for whoever asks once and does not stay. */
import type { KindName } from "../api/types.generated.ts";
import type { Collection, KubeApi, KubeObject, Page } from "./api.ts";
import { collectionOf } from "./kinds.ts";

/** A cluster has no name of its own; this uid stays as long as the cluster does. @throws KubeError */
export async function clusterId(api: KubeApi, signal: AbortSignal): Promise<string> {
  const system = await api.get({ group: "", version: "v1", plural: "namespaces", name: "kube-system" }, signal);
  return `kubernetes:${system?.metadata.uid ?? "unknown"}`;
}

/** One consistent list, one page at least. @throws KubeError */
export async function* everyPage(api: KubeApi, of: Collection, signal: AbortSignal): AsyncGenerator<Page> {
  let next: string | undefined;
  do {
    const page = await api.page(of, next, signal);
    yield page;
    next = page.next;
  } while (next !== undefined);
}
/** @throws KubeError */
export async function* everyObject(api: KubeApi, kind: KindName, signal: AbortSignal): AsyncGenerator<KubeObject> {
  for await (const page of everyPage(api, collectionOf(kind), signal)) yield* page.items;
}
