/** What waits for a person, by subject, and the sets in which it is approved: one for each tenant, reason and impact. */
import type { HeldPlan, HeldSet } from "../core/held.ts";
import type { OwnerKey } from "../core/owner.ts";
import type { Calls } from "./calls.ts";
import { fence, type Leases } from "./leases.ts";

export interface HeldRow extends HeldPlan {
  readonly owner: OwnerKey;
  readonly planId: string;
}
export interface TenantHeldSet extends HeldSet {
  readonly tenant: string;
}
export interface HeldPlans {
  /** Who was held before goes on waiting since then. */
  writeHeld(rows: readonly HeldRow[]): Promise<void>;
  dropHeld(owners: readonly OwnerKey[]): Promise<void>;
  /** Every row, also what is approved by now. */
  heldPlans(): Promise<readonly HeldRow[]>;
  /** What nobody has approved yet. */
  heldSets(tenants: readonly string[]): Promise<readonly TenantHeldSet[]>;
  /** The rows that a set names, ordered by owner; none: nothing that waits now has that name. */
  heldIn(changeSet: string): Promise<readonly HeldRow[]>;
}

const EXAMPLES = 10;
const write = `with ${fence}
insert into lastmile.held as h (owner, plan_id, reason, impact, tuples, said)
  select r.owner, r.row ->> 'planId', r.row ->> 'reason', r.row ->> 'impact',
    array(select json_array_elements_text(r.row -> 'tuples')), array(select json_array_elements_text(r.row -> 'said'))
  from rows from (unnest($3::text[]), json_array_elements($4::json)) r(owner, row) where (select ok from fence)
  on conflict (owner) do update set plan_id = excluded.plan_id, reason = excluded.reason, impact = excluded.impact,
    tuples = excluded.tuples, said = excluded.said`;
const drop = `with ${fence} delete from lastmile.held where owner = any($3::text[]) and (select ok from fence)`;
const columns = `owner, plan_id as "planId", reason, impact, tuples, said`;

const open = (which: string): string => `open as materialized (select * from lastmile.held h where ${which} and exists (
  select from unnest(h.tuples) t where not exists (select from lastmile.approvals a where a.tuple = t and a.expires > now())))`;
/** Twelve digits, as long as the name of a plan. */
const named = `left(encode(sha256(convert_to(string_agg(owner || ' ' || tuples::text, E'\\n' order by owner), 'UTF8')), 'hex'), 12)`;
const sets = `with ${open("tenant = any($1::text[])")}
select tenant, ${named} as "changeSet", reason, impact, count(*)::int as subscribers, sum(cardinality(tuples))::int as changes,
  (extract(epoch from min(since)) * 1000)::float8 as since,
  array_to_json((array_agg(json_build_object('owner', owner, 'said', said) order by owner))[1:${EXAMPLES}]) as examples
from open group by tenant, reason, impact order by tenant, min(since), reason, impact`;
const rowsOf = `with ${open("true")},
named as (select tenant, reason, impact from open group by tenant, reason, impact having ${named} = $1)
select ${columns} from open join named using (tenant, reason, impact) order by owner`;

export function openHeld(calls: Calls, leases: Leases): HeldPlans {
  return {
    async writeHeld(rows) {
      const last = new Map(rows.map((r) => [r.owner, r]));
      if (last.size === 0) return;
      const owners = [...last.keys()];
      await calls.query("hold", write, [...leases.proof(owners), owners, JSON.stringify([...last.values()])]);
    },
    async dropHeld(owners) {
      if (owners.length > 0) await calls.query("unhold", drop, [...leases.proof(owners), owners]);
    },
    heldPlans: () => calls.query<HeldRow>("held plans", `select ${columns} from lastmile.held`),
    heldSets: (tenants) => calls.query<TenantHeldSet>("held sets", sets, [tenants]),
    heldIn: (changeSet) => calls.query<HeldRow>("held in", rowsOf, [changeSet]),
  };
}
