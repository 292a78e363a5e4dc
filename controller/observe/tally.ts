/** Who is held, and why: only those who are, so that it stays small while all is well. */
import { type Blocker, holdsOf } from "../core/model.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import type { RunView } from "../core/status/causes.ts";

export interface Tally {
  note(owner: OwnerKey, blocked: readonly Blocker[], run: RunView): void;
  /** Owners that another process looks after from now on. */
  drop(gone: (owner: OwnerKey) => boolean): void;
  /** Number of owners by tenant and code. */
  counts(): ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export function openTally(): Tally {
  const held = new Map<OwnerKey, ReadonlySet<string>>();
  return {
    note(owner, blocked, { plan }) {
      const codes = new Set([
        ...blocked.map((b) => b.reason),
        ...plan.changes.flatMap((c) => holdsOf(c).map((h) => h.code)),
      ]);
      if (codes.size > 0) held.set(owner, codes);
      else held.delete(owner);
    },
    drop(gone) {
      for (const owner of held.keys()) if (gone(owner)) held.delete(owner);
    },
    counts() {
      const out = new Map<string, Map<string, number>>();
      for (const [owner, codes] of held) {
        const tenant = tenantOf(owner);
        const of = out.get(tenant) ?? new Map<string, number>();
        out.set(tenant, of);
        for (const code of codes) of.set(code, (of.get(code) ?? 0) + 1);
      }
      return out;
    },
  };
}
