/** Gives addresses of the fallback network, as claims, while the system that should choose them cannot be reached. */

import type { Fallback } from "../../core/holding.ts";
import type { OwnerKey } from "../../core/owner.ts";
import { parsePrefix, within } from "../../core/resolve/address.ts";
import { hosts } from "../../core/resolve/fallback.ts";
import type { OwnedClaim } from "../../store/claims.ts";
import type { Store } from "../../store/store.ts";
import type { Verb } from "./lane.ts";

export interface Gap {
  readonly owner: OwnerKey;
  readonly fallback: Fallback;
}
const ROWS = 500;
/** Another process may take the same at the same moment; then the next free one is tried. */
const ROUNDS = 5;

/** undefined: the fallback network is full. */
export const bridgeVerb = (store: Pick<Store, "valuesIn" | "claim">): Verb<Gap, string | undefined> => ({
  name: "bridge",
  limit: ROWS,
  run: (gaps) => bridge(gaps, store),
});

async function bridge(gaps: readonly Gap[], store: Pick<Store, "valuesIn" | "claim">) {
  const given = new Map<Gap, string>();
  for (let round = 0, open = gaps; open.length > 0 && round < ROUNDS; round++) {
    const picked = await pick(open, store);
    if (picked.size === 0) break;
    const refused = await store.claim([...picked].map(([g, value]) => claimOf(g, value)));
    const lost = new Set(refused.map((h) => `${h.owner} ${h.value}`));
    for (const [gap, value] of picked) if (!lost.has(`${gap.owner} ${value}`)) given.set(gap, value);
    open = open.filter((g) => !given.has(g));
  }
  return gaps.map((g) => given.get(g));
}
const claimOf = ({ owner, fallback: { vrf } }: Gap, value: string): OwnedClaim => ({
  owner,
  kind: "ipv4",
  scope: vrf,
  value,
});

async function pick(open: readonly Gap[], store: Pick<Store, "valuesIn">): Promise<ReadonlyMap<Gap, string>> {
  const picked = new Map<Gap, string>();
  for (const gaps of Map.groupBy(open, (g) => `${g.fallback.vrf} ${g.fallback.prefix}`).values()) {
    const [{ fallback }] = gaps as [Gap, ...Gap[]];
    const taken = new Set(await store.valuesIn("ipv4", fallback.vrf));
    const routed = (await store.valuesIn("prefix", fallback.vrf)).flatMap((p) => parsePrefix(p) ?? []);
    const free = hosts(fallback).filter((h) => !taken.has(h) && !routed.some((p) => within(p, h)));
    for (const gap of gaps) {
      const { value, done } = free.next();
      if (done) break;
      picked.set(gap, value);
    }
  }
  return picked;
}
