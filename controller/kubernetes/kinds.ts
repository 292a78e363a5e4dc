/** Our kinds as collections of the API server. */
import { readKinds } from "../api/kinds.ts";
import { API_VERSION, type KindName } from "../api/types.generated.ts";
import { isClusterScoped, keyOf, type ObjectKey } from "../core/catalog-key.ts";
import type { Collection, Target } from "./api.ts";

const [GROUP = "", VERSION = ""] = API_VERSION.split("/");
const PLURALS: ReadonlyMap<string, string> = new Map(readKinds().map((k) => [k.kind, k.plural]));

export const KINDS: readonly KindName[] = [...PLURALS.keys()] as KindName[];
export const collectionOf = (kind: KindName): Collection => ({
  group: GROUP,
  version: VERSION,
  plural: PLURALS.get(kind) ?? kind,
});
export const targetOf = (kind: KindName, namespace: string | undefined, name: string): Target => ({
  ...collectionOf(kind),
  ...(namespace !== undefined && { namespace }),
  name,
});
/** Of an object as the server names it. */
export const keyAt = (kind: KindName, namespace: string | undefined, name: string): ObjectKey =>
  keyOf(kind, isClusterScoped(kind) ? undefined : namespace, name);
