/** After the loss of the store: takes back by marker what the systems hold of ours. Writes into the store and nowhere else. */
import { objectKeyOf } from "../../core/compose.ts";
import { type Claim, refKey } from "../../core/model.ts";
import { type OwnerKey, parseOwner, tenantOf } from "../../core/owner.ts";
import { needs } from "../../core/plan.ts";
import { MADE_PASSWORD, secretsOf } from "../../core/resolve/account.ts";
import type { Sensitive } from "../../core/sensitive.ts";
import type { Held, OwnedClaim, StandingClaim } from "../../store/claims.ts";
import type { Confirmed, Row } from "../../store/inventory.ts";
import type { Secrets } from "../../store/secrets.ts";
import type { Store } from "../../store/store.ts";
import { chunks } from "../chunks.ts";
import type { Declared } from "../declared.ts";
import type { Marked } from "./marked.ts";
import { type Bridged, fallbacksOf } from "./recover-fallback.ts";
import { tagsOf } from "./recover-tags.ts";

export interface RecoverInput {
  /** What is to be declared; its claims are told to it as they are found. */
  readonly declared: Declared;
  readonly marked: readonly Marked[];
  readonly store: Store;
  readonly secrets: Pick<Secrets, "read" | "put">;
  readonly retentionMs: (tenant: string) => number;
  readonly now: number;
  /** What nobody declares is taken back too, so that it is retired. */
  readonly withdraw: boolean;
}
export interface Recovered {
  /** By `system/resource`. */
  readonly objects: ReadonlyMap<string, number>;
  readonly declared: number;
  /** Out of service, and nobody declares them: their retention begins anew. */
  readonly retired: readonly OwnerKey[];
  /** In service, and nobody declares them. */
  readonly undeclared: readonly OwnerKey[];
  readonly passwords: { readonly found: number; readonly lost: readonly OwnerKey[] };
  readonly tags: { readonly found: number; readonly lost: readonly OwnerKey[] };
  readonly fallbacks: number;
  /** What two want. */
  readonly conflicts: readonly Held[];
}

/** What one owner gets back. */
interface Share {
  readonly owner: OwnerKey;
  readonly declares: boolean;
  readonly kept: readonly Marked[];
  readonly rows: readonly Confirmed[];
  readonly bridged: readonly Bridged[];
  readonly shelved: readonly Row[];
  readonly claims: readonly OwnedClaim[];
  readonly tags: "found" | "lost" | "none";
}

export async function recover(input: RecoverInput): Promise<Recovered> {
  const { marked, store, now } = input;
  const byOwner = Map.groupBy(marked, (m) => m.owner);
  const shares = [...byOwner].sort(([a], [b]) => (a < b ? -1 : 1)).map(([owner, of]) => shareOf(owner, of, input));
  const conflicts: Held[] = [];
  for (const part of chunks(shares)) {
    const rows = part.flatMap((s) => s.rows);
    await store.intend(
      [...rows.map((r) => ({ ...r, adopted: true as const })), ...part.flatMap((s) => s.bridged.map((b) => b.intent))],
      now,
    );
    await store.confirm(rows);
    for (const [tenant, of] of Map.groupBy(part, (s) => tenantOf(s.owner)))
      await store.shelve(
        of.flatMap((s) => s.shelved),
        now,
        input.retentionMs(tenant),
      );
    conflicts.push(...(await store.claim(part.flatMap((s) => s.claims))));
  }
  const owners = (of: readonly Share[]): readonly OwnerKey[] => of.map((s) => s.owner);
  const loose = shares.filter((s) => !s.declares);
  const objects = Map.groupBy(
    shares.flatMap((s) => s.kept),
    ({ observed: { ref } }) => `${ref.system}/${ref.resource}`,
  );
  return {
    objects: new Map([...objects].map(([where, of]) => [where, of.length])),
    declared: shares.filter((s) => s.declares).length,
    retired: owners(loose.filter((s) => s.shelved.length > 0)),
    undeclared: owners(loose.filter((s) => (byOwner.get(s.owner) ?? []).some((m) => !m.observed.retired))),
    passwords: await keepPasswords(shares, input),
    tags: {
      found: shares.filter((s) => s.tags === "found").length,
      lost: owners(shares.filter((s) => s.tags === "lost")),
    },
    fallbacks: shares.reduce((n, s) => n + s.bridged.length, 0),
    conflicts,
  };
}

function shareOf(owner: OwnerKey, marked: readonly Marked[], { declared, withdraw }: RecoverInput): Share {
  const declares = declared.declares(owner);
  const kept = declares || withdraw ? marked : marked.filter((m) => m.observed.retired);
  const told = kept.toSorted((a, b) => Number(b.observed.retired) - Number(a.observed.retired)).flatMap(toldBy);
  declared.hold([owner], told);
  const tags = declares ? tagsOf(owner, kept, told, declared) : [];
  if (tags) declared.hold([owner], [...told, ...tags]);
  const { desired, claims } = declared.outline(owner);
  const wanted = new Map(desired.map((d) => [refKey(d.ref), d]));
  const bridged = fallbacksOf(owner, kept, desired);
  return {
    ...{ owner, declares, kept, bridged },
    rows: kept.map((m) => rowOf(m, needs(wanted.get(refKey(m.observed.ref))?.spec ?? {}))),
    shelved: kept.flatMap(({ observed: { ref, retired } }) =>
      retired && !wanted.has(refKey(ref)) ? [{ owner, ref: refKey(ref) }] : [],
    ),
    claims: distinct([...told, ...(tags ?? []), ...bridged.map((b) => b.claim), ...claims], owner),
    tags: tags === undefined ? "lost" : tags.length > 0 ? "found" : "none",
  };
}

/** Of several names of one owner the one in service counts, and it is the last that is told. */
function toldBy({ resource, ...scanned }: Marked): readonly StandingClaim[] {
  const { owner, observed } = scanned;
  const service = observed.retired ? "retired" : "live";
  return (resource.claims?.(scanned) ?? []).map((c) => ({ ...c, owner, service }));
}
const distinct = (claims: readonly Claim[], owner: OwnerKey): readonly OwnedClaim[] => [
  ...new Map(
    claims.map(({ kind, scope, value }) => [JSON.stringify([kind, scope, value]), { kind, scope, value, owner }]),
  ).values(),
];

function rowOf({ owner, observed, resource }: Marked, stands: readonly string[]): Confirmed {
  const chosen = Object.entries(observed.outputs).filter(([f]) => resource.fields[f]?.authority === "allocated");
  return { owner, ref: refKey(observed.ref), id: observed.id, needs: stands, outputs: Object.fromEntries(chosen) };
}

/** The password that Lastmile made stands where the customer's router is asked for it. */
async function keepPasswords(shares: readonly Share[], { declared, secrets }: RecoverInput) {
  const wanting = shares.filter((s) => usesMadePassword(s, declared));
  let found = 0;
  const lost: OwnerKey[] = [];
  for (const part of chunks(wanting)) {
    const known = await secrets.read(
      part.map((s) => s.owner),
      MADE_PASSWORD,
    );
    const open = part.filter((s) => !known.has(s.owner));
    const seen = open.map((s) => ({ owner: s.owner, value: passwordIn(s.kept) }));
    const rows = seen.flatMap(({ owner, value }) => (value ? [{ owner, name: MADE_PASSWORD, value }] : []));
    await secrets.put(rows);
    found += rows.length;
    lost.push(...seen.flatMap(({ owner, value }) => (value ? [] : [owner])));
  }
  return { found, lost };
}
function usesMadePassword({ owner, kept }: Share, declared: Declared): boolean {
  if (parseOwner(owner).kind !== "Subscriber" || !kept.some(hasSecret)) return false;
  const object = declared.catalog.get(objectKeyOf(owner));
  if (object?.kind !== "Subscriber") return true; // who comes back has the same one
  return secretsOf(declared.catalog, object).some((need) => "generated" in need);
}
const hasSecret = ({ resource, observed }: Marked): boolean =>
  Object.entries(resource.fields).some(([field, rule]) => rule.secretIn && (observed.state[field] ?? null) !== null);

/** Of an account in service before that of a retired one. */
function passwordIn(kept: readonly Marked[]): Sensitive | undefined {
  const ordered = kept.toSorted((a, b) => Number(a.observed.retired) - Number(b.observed.retired));
  for (const { observed, resource } of ordered)
    for (const [field, { secretIn }] of Object.entries(resource.fields)) {
      const shown = secretIn?.(observed.state[field] ?? null);
      if (shown) return shown;
    }
  return undefined;
}
