/** What is there and nobody's, in systems where nothing can hold a mark. Reads only: it is reported, never removed. */
import type { Session } from "../../../reconcilers/system.ts";
import { type Observed, type RefKey, refKey } from "../../core/model.ts";
import type { OwnerKey } from "../../core/owner.ts";
import type { Store } from "../../store/store.ts";
import { chunks } from "../chunks.ts";
import type { Declared } from "../declared.ts";

export interface UnclaimedInput {
  readonly sessions: ReadonlyMap<string, Session>;
  readonly declared: Declared;
  readonly store: Pick<Store, "entries" | "owners">;
  /** Also those that nobody declares any more. */
  readonly tenants: readonly string[];
  readonly now: number;
  readonly signal: AbortSignal;
}

/** @throws Fault when a system does not answer */
export async function unclaimedIn(input: UnclaimedInput): Promise<readonly Observed[]> {
  const resources = [...input.sessions.values()].flatMap((s) => s.resources.filter((r) => r.everything));
  if (resources.length === 0) return [];
  const found = await Promise.all(resources.map((r) => r.everything?.(input.signal) ?? []));
  const known = await knownTo(input);
  return found.flat().filter((o) => !known.has(refKey(o.ref)));
}

/** Declared, or remembered. */
async function knownTo({ declared, store, tenants, now }: UnclaimedInput): Promise<ReadonlySet<RefKey>> {
  const known = new Set<RefKey>();
  for (const owner of declared.owners()) for (const { ref } of declared.outline(owner).desired) known.add(refKey(ref));
  for (const tenant of tenants) {
    const owners: readonly OwnerKey[] = [...(await store.owners(tenant)).keys()];
    for (const part of chunks(owners))
      for (const entries of await store.entries(part, now)) for (const e of entries) known.add(e.ref);
  }
  return known;
}
