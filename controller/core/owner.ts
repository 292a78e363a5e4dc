import { createHash, hash } from "node:crypto";

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
export const tenantOf = (key: OwnerKey): string => key.split("/", 2)[1] ?? "";

/** A space separates owner and ref: neither can hold one, so no two pairs share a text. */
export const token = (owner: OwnerKey, ref: string): Token =>
  `lm_${hash("sha256", `${owner} ${ref}`, "base64url").slice(0, 32)}`;

export const PARTITIONS = 64;
export const partition = (key: OwnerKey): number => createHash("sha256").update(key).digest().readUInt8(0) % PARTITIONS;
