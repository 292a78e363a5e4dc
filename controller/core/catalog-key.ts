/** Names of declared objects. */
import type { KindName, LastmileObject } from "../api/types.generated.ts";

/** `kind/namespace/name`; the namespace of a cluster-scoped object is `-`. */
export type ObjectKey = string;
export const keyOf = (kind: KindName, namespace: string | undefined, name: string): ObjectKey =>
  `${kind}/${namespace ?? "-"}/${name}`;
export const keyOfObject = (o: LastmileObject): ObjectKey =>
  keyOf(o.kind, isClusterScoped(o.kind) ? undefined : namespaceOf(o), o.metadata.name);
export const kindOfKey = (key: ObjectKey): string => key.slice(0, key.indexOf("/"));
export const isClusterScoped = (kind: KindName): boolean => kind === "Tenant" || kind === "ExternalSystem";
/** kubectl puts an object without a namespace into `default`; so do we. */
export const namespaceOf = (o: LastmileObject): string => o.metadata.namespace ?? "default";
