/** Gives VLAN tags of pools to those who want some and hold none: the lowest that are free, as claims, so that they stay. */

import type { TagWant } from "../core/holding.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import { candidates } from "../core/resolve/vlan-pool.ts";
import type { OwnedClaim } from "../store/claims.ts";
import type { Store } from "../store/store.ts";
import type { Declared } from "./declared.ts";

/** `claim` undefined: a plan is shown, and nothing is taken. */
export interface TagStore extends Pick<Store, "valuesIn"> {
  readonly claim: Store["claim"] | undefined;
}
type Taken = Map<string, Set<string>>;
type Wish = TagWant & { readonly owner: OwnerKey };
/** Another process may take the same at the same moment; then the next free one is tried. */
const ROUNDS = 5;

/**
 * Answers who wants tags and got none, because the pool is exhausted.
 * @param set whose declarations come at the same time, also those that another process works for.
 */
export async function giveTags(
  owners: readonly OwnerKey[],
  declared: Declared,
  store: TagStore,
  set = owners,
): Promise<readonly OwnerKey[]> {
  const isPooled = (o: OwnerKey): boolean => (declared.tenant(tenantOf(o))?.spec.vlanPools.length ?? 0) > 0;
  const pooled = owners.filter(isPooled);
  /** What is taken in each domain, as far as it was read or given out. */
  const taken: Taken = new Map();
  const declaredPairs = set
    .filter(isPooled)
    .flatMap((owner) => declared.outline(owner).claims.filter((c) => c.kind === "vlan"));
  let open = wishes(pooled, declared);
  for (let round = 0; open.length > 0 && round < ROUNDS; round++) {
    for (const domain of new Set(open.map((w) => w.vlanDomain)))
      if (!taken.has(domain)) taken.set(domain, new Set(await store.valuesIn("vlan", domain)));
    // Who names a pair and comes in the same set is not robbed of it.
    for (const { scope, value } of declaredPairs) taken.get(scope)?.add(value);
    const picked = pick(open, taken);
    if (picked.length === 0) break;
    const refused = new Set((await store.claim?.(picked))?.map((h) => `${h.owner} ${h.value}`));
    declared.give(picked.filter((c) => !refused.has(`${c.owner} ${c.value}`)));
    open = wishes([...new Set(open.map((w) => w.owner))], declared);
  }
  return [...new Set(open.map((w) => w.owner))];
}

const wishes = (owners: readonly OwnerKey[], declared: Declared): readonly Wish[] =>
  owners.flatMap((owner) => (declared.outline(owner).resolution?.wants ?? []).map((w) => ({ ...w, owner })));

function pick(open: readonly Wish[], taken: Taken): readonly OwnedClaim[] {
  const sequences = new Map<string, Generator<string>>();
  const picked: OwnedClaim[] = [];
  for (const { owner, vlanDomain: scope, serviceVlans, innerVlans } of open) {
    const want = { vlanDomain: scope, serviceVlans, innerVlans };
    const name = JSON.stringify(want);
    const free = sequences.get(name) ?? candidates(want);
    sequences.set(name, free);
    const value = firstFree(free, taken.get(scope) ?? new Set());
    if (value !== undefined) picked.push({ owner, kind: "vlan", scope, value });
  }
  return picked;
}
function firstFree(sequence: Generator<string>, taken: Set<string>): string | undefined {
  for (let next = sequence.next(); !next.done; next = sequence.next()) {
    if (taken.has(next.value)) continue;
    taken.add(next.value);
    return next.value;
  }
  return undefined;
}
