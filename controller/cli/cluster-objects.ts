/** Declared objects with their statuses, as the API server shows them: for whoever has a kubeconfig and no store. */
import type { KindName } from "../api/types.generated.ts";
import { keyOf } from "../core/catalog-key.ts";
import type { KubeApi, KubeObject } from "../kubernetes/api.ts";
import { kept } from "../kubernetes/kept.ts";
import { clusterId, everyObject } from "../kubernetes/reading.ts";
import type { Json } from "../store/status.ts";
import type { Ask, Known } from "./declared-objects.ts";

/** What all questions share is read once. @throws KubeError, and the answers do */
export async function askingCluster(api: KubeApi, signal: AbortSignal): Promise<Ask> {
  const sourceId = await clusterId(api, signal);
  const tenants = await tenantsByNamespace(api, signal);
  return async function* ({ kind, keys }) {
    for await (const object of everyObject(api, kind, signal)) {
      const known = knownOf(kind, object, sourceId, tenants);
      if (known && (!keys || keys.includes(known.row.key))) yield known;
    }
  };
}

async function tenantsByNamespace(api: KubeApi, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const tenants = new Map<string, string>();
  for await (const { metadata, spec } of everyObject(api, "Tenant", signal))
    tenants.set((spec as { readonly namespace: string }).namespace, metadata.name);
  return tenants;
}

/** Undefined: Lastmile made it. */
function knownOf(
  kind: KindName,
  object: KubeObject,
  sourceId: string,
  tenants: ReadonlyMap<string, string>,
): Known | undefined {
  const ours = kept(kind, object);
  if (!ours) return undefined;
  const { namespace, name, generation, deleting, document, digest, author, resourceVersion } = ours;
  const status = object["status"] as Json | undefined;
  const declared = document.object as Readonly<Record<string, Json>>;
  const tenant = kind === "Tenant" ? name : (tenants.get(namespace ?? "") ?? "-");
  const key = keyOf(kind, namespace, name);
  return {
    owner: key,
    ...{ namespace, name, status },
    object: { ...declared, ...(status !== undefined && { status }) },
    row: {
      ...{ key, tenant, sourceId, digest, generation, seq: 0, object: declared as Json },
      origin: { file: document.file, revision: resourceVersion, ...(author && { author }) },
      deletedAt: deleting ? Date.parse(object.metadata.deletionTimestamp ?? "") : undefined,
    },
  };
}
