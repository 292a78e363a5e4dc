import { hash } from "node:crypto";

/** Who may write an external object. Never a uid: it survives re-creation, restore and a move from git to Kubernetes. */
export interface Owner {
  /** The permanent name of this Lastmile installation, recorded in the store at first start. */
  readonly installation: string;
  readonly tenant: string;
  readonly kind: string;
  /** `-` for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}
/** `installation/tenant/kind/namespace/name`: readable, unique, the key of every table in the store. */
export type OwnerKey = string;
/** Opaque marker on the wire: `[A-Za-z0-9_-]`, at most 40 characters, legal as a tag in every system. */
export type Token = string;

export function ownerKey(o: Owner): OwnerKey {
  const parts = [o.installation, o.tenant, o.kind, o.namespace, o.name];
  for (const p of parts) if (p === "" || p.includes("/")) throw new RangeError(`not a name: ${JSON.stringify(p)}`);
  return parts.join("/");
}

export function parseOwner(key: OwnerKey): Owner {
  const [installation, tenant, kind, namespace, name, ...rest] = key.split("/");
  if (!installation || !tenant || !kind || !namespace || !name || rest.length)
    throw new RangeError(`not an owner: ${key}`);
  return { installation, tenant, kind, namespace, name };
}

/** The second field of the key, without the cost of parsing the whole. */
export function tenantOf(key: OwnerKey): string {
  const from = key.indexOf("/") + 1;
  const to = from > 0 ? key.indexOf("/", from) : 0;
  return to < 0 ? key.slice(from) : key.slice(from, to);
}

/** A space separates owner and ref: neither can hold one, so no two pairs share a text. */
export const token = (owner: OwnerKey, ref: string): Token =>
  `lm_${hash("sha256", `${owner} ${ref}`, "base64url").slice(0, 32)}`;

export const PARTITIONS = 64;
/** FNV-1a, mixed once more for its low bits: asked several times for each owner of each write, and guards no secret. */
export function partition(key: OwnerKey): number {
  let h = 0x811c9dc5;
  for (let n = 0; n < key.length; n++) h = Math.imul(h ^ key.charCodeAt(n), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  return ((h ^ (h >>> 13)) >>> 0) % PARTITIONS;
}
