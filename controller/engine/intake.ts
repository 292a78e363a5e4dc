/** Takes what a source sends into the store, where every controller finds it. The last good declaration stands. */
import type { LastmileObject, Tenant } from "../api/types.generated.ts";
import { namespaceOf, type ObjectKey } from "../core/catalog.ts";
import { within } from "../core/resolve/address.ts";
import { networksOf } from "../core/resolve/pools.ts";
import type { SourceObject, SourceUpdate } from "../sources/source.ts";
import type { DeclaredObject, Head, Objects } from "../store/objects.ts";
import type { Json } from "../store/status.ts";
import { chunks } from "./chunks.ts";
import type { Declared } from "./declared.ts";

/** Objects that belong to no tenant. */
const CLUSTER = "-";

export interface IntakeOptions {
  /** What this source declared before and does not declare any more is withdrawn. Only where the snapshot is complete. */
  readonly prune: boolean;
  /** `keep`: an object stays with the source that it came from. `take`: the tenant's objects become this source's. */
  readonly source: "own" | "keep" | "take";
}
export type Intake =
  | { readonly ok: true; readonly changed: readonly ObjectKey[]; readonly withdrawn: readonly ObjectKey[] }
  | { readonly ok: false; readonly tenant: string; readonly sourceId: string; readonly message: string };

export async function intake(
  update: SourceUpdate,
  declared: Declared,
  objects: Objects,
  o: IntakeOptions,
  now: number,
): Promise<Intake> {
  const tenants = tenantNames(update, declared);
  const rowOf = (u: SourceObject): DeclaredObject => {
    const kept = o.source === "keep" && declared.catalog.has(u.key) ? declared.meta(u.key)?.sourceId : undefined;
    return {
      key: u.key,
      tenant: tenantOfObject(u.object, tenants),
      sourceId: kept ?? update.sourceId,
      object: u.object as unknown as Json,
      origin: { revision: update.revision, ...u.origin },
      ...(u.generation !== undefined && { sourceGeneration: u.generation }),
    };
  };
  const rows = update.upserts.map(rowOf);
  const other = o.source === "own" ? await objects.otherSource(tenantsOf(rows), update.sourceId) : undefined;
  if (other) return refused(other.tenant, other.sourceId);
  const conflict =
    (await heldElsewhere(rows, update, objects, o.source)) ?? (await sameNames(update, objects, o.source));
  if (conflict) return conflict;
  const changed = await objects.put(rows);
  const withdrawn = [...update.deletes, ...(o.prune && update.complete ? await missing(update, objects) : [])];
  const { sourceId, revision, author, errors } = update;
  await objects.revise((update.lasts ?? []).map(rowOf)); // before it goes: nobody may see it go by another word
  const gone = await objects.remove(withdrawn, now, { revision, ...(author && { author }) });
  await objects.refuse(sourceId, revision, errors);
  return { ok: true, changed, withdrawn: gone };
}

const tenantsOf = (rows: readonly DeclaredObject[]): readonly string[] => [
  ...new Set(rows.flatMap((r) => (r.tenant === CLUSTER ? [] : r.tenant))),
];

const refused = (tenant: string, sourceId: string): Intake => ({
  ok: false,
  tenant,
  sourceId,
  message: `tenant ${tenant} is declared by ${sourceId}; stop that source, or move the tenant here with --take-over`,
});

/** An object of another source, or for `keep` of another tenant. */
async function heldElsewhere(
  rows: readonly DeclaredObject[],
  { sourceId }: SourceUpdate,
  objects: Objects,
  source: IntakeOptions["source"],
): Promise<Intake | undefined> {
  if (source === "take") return undefined;
  const tenants = new Map(rows.map((r) => [r.key, r.tenant]));
  const foreign = (held: Head): boolean =>
    source === "own" ? held.sourceId !== sourceId : held.tenant !== CLUSTER && held.tenant !== tenants.get(held.key);
  const keys = [...tenants.keys()];
  for (const part of chunks(keys)) {
    for await (const page of objects.heads({ keys: part })) {
      const held = page.find(foreign);
      if (held) return taken(held, `${held.key} is declared by ${held.sourceId}${REMEDIES[source](held.tenant)}`);
    }
  }
  return undefined;
}
const REMEDIES = {
  own: () => "; remove it here, stop that source, or move it here with --take-over",
  keep: (tenant: string) => ` for tenant ${tenant}; withdraw it there first, or give it another name`,
} as const;

/** Namespace, realm and network say whose a customer is: no Tenant of another source may have the same. */
async function sameNames(
  { upserts, sourceId }: SourceUpdate,
  objects: Objects,
  source: IntakeOptions["source"],
): Promise<Intake | undefined> {
  const tenants = upserts.flatMap(({ object }) => (object.kind === "Tenant" ? [object] : []));
  if (source === "take" || tenants.length === 0) return undefined;
  for await (const page of objects.load({ kind: "Tenant" })) {
    for (const held of page.filter((h) => h.sourceId !== sourceId)) {
      const words = tenants.map((t) => shared(t, held.object as unknown as Tenant)).find(Boolean);
      if (words) return taken(held, `${words} of ${held.key}, declared by ${held.sourceId}; choose another one`);
    }
  }
  return undefined;
}
function shared(ours: Tenant, theirs: Tenant): string | undefined {
  const { name } = ours.metadata;
  if (name === theirs.metadata.name) return undefined;
  if (ours.spec.namespace === theirs.spec.namespace) return `Tenant ${name}: ${ours.spec.namespace} is the namespace`;
  const realm = ours.spec.realms.find((r) => theirs.spec.realms.includes(r));
  if (realm !== undefined) return `Tenant ${name}: ${realm} is a realm`;
  const [own, other] = overlap(ours, theirs) ?? [];
  return own && other && `Tenant ${name}: ${own} overlaps ${other}`;
}
/** Two pools of one VRF, as people know them. */
function overlap(ours: Tenant, theirs: Tenant): readonly [string, string] | undefined {
  for (const a of networksOf(ours))
    for (const b of networksOf(theirs))
      if (a.vrf === b.vrf && (within(a.prefix, b.prefix) || within(b.prefix, a.prefix))) return [a.what, b.what];
  return undefined;
}
const taken = ({ tenant, sourceId }: Head, message: string): Intake => ({
  ok: false,
  tenant,
  sourceId,
  message,
});

/** What the source declared before, is known of in the store, and is not in the snapshot. */
export async function missing(update: SourceUpdate, objects: Objects): Promise<readonly ObjectKey[]> {
  const here = new Set([...update.upserts.map((u) => u.key), ...(update.standing ?? [])]);
  const gone: ObjectKey[] = [];
  for await (const page of objects.heads({ sourceId: update.sourceId })) {
    for (const row of page) if (!here.has(row.key)) gone.push(row.key);
  }
  return gone;
}

/** By namespace: the tenants of the snapshot, then those known already. */
function tenantNames(update: SourceUpdate, declared: Declared): (namespace: string) => string {
  const own = new Map<string, string>();
  for (const { object } of update.upserts)
    if (object.kind === "Tenant") own.set(object.spec.namespace, object.metadata.name);
  return (namespace) => own.get(namespace) ?? declared.catalog.tenant(namespace)?.metadata.name ?? CLUSTER;
}

function tenantOfObject(object: LastmileObject, tenants: (namespace: string) => string): string {
  if (object.kind === "Tenant") return object.metadata.name;
  return object.kind === "ExternalSystem" ? CLUSTER : tenants(namespaceOf(object));
}
