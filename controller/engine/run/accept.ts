/** Pure: what a set of edits costs, before anything is observed. */
import { impactBetween } from "../../core/impact.ts";
import type { Claim, FieldTable, Impact, Ref, Subject } from "../../core/model.ts";
import { type OwnerKey, tenantOf } from "../../core/owner.ts";
import type { OwnedClaim } from "../../store/claims.ts";

/** One owner's declaration, before and after. Secrets may be placeholders: nothing here depends on them. */
export interface Edit {
  readonly key: OwnerKey;
  readonly before: Subject | undefined;
  readonly after: Subject | undefined;
  /** How many claims the store had for the owner before this; undefined: nobody has looked. */
  readonly held?: number;
}
export interface Loss {
  readonly tenant: string;
  readonly impact: Impact;
  readonly owners: readonly OwnerKey[];
}

/** Gathers, edit by edit, who loses what; so that a snapshot of any size is one set and is never in memory at once. */
export class Losses {
  readonly #sets = new Map<string, { readonly tenant: string; readonly impact: Impact; readonly owners: OwnerKey[] }>();
  readonly #fields: (ref: Ref) => FieldTable;
  constructor(fields: (ref: Ref) => FieldTable) {
    this.#fields = fields;
  }
  add(e: Edit): void {
    // What cannot be told now changes nothing now; its own run reserves when it can be told.
    const impact = e.after?.blocked.length ? undefined : impactBetween(e.before, e.after, this.#fields);
    if (!impact) return;
    const tenant = tenantOf(e.key);
    const set = this.#sets.get(`${tenant} ${impact}`) ?? { tenant, impact, owners: [] };
    set.owners.push(e.key);
    this.#sets.set(`${tenant} ${impact}`, set);
  }
  all(): readonly Loss[] {
    return [...this.#sets.values()];
  }
}

/** Whether the owner may hold more than it wants by now. Restarts know it by the number only. */
export function surplus({ before, after, held = 0 }: Edit): boolean {
  const wanted = new Set(after?.claims.map(name) ?? []);
  return held > wanted.size || before?.claims.some((c) => !wanted.has(name(c))) === true;
}
const name = (c: Claim): string => JSON.stringify([c.kind, c.scope, c.value]);

export const claimsOf = (e: Edit): readonly OwnedClaim[] => e.after?.claims.map((c) => ({ ...c, owner: e.key })) ?? [];
