/** Giving up a system that is gone for good: what was in it is forgotten, and the audit says what that was. */
import type { Calls } from "./calls.ts";

export interface Remains {
  readonly owners: number;
  readonly objects: number;
  /** Of these, not out of service as far as is known. */
  readonly live: number;
}
export interface Abandoning {
  remains(system: string): Promise<Remains>;
  /** Not fenced: a controller that is at work there finds nothing of it at its next look. */
  abandon(system: string, author: string, at: number): Promise<Remains>;
}
const COUNTS = `count(distinct owner)::int as owners, count(*)::int as objects, (count(*) filter (where live))::int as live`;
const remains = `select ${COUNTS} from (
  select i.owner, l.ref is null as live from lastmile.inventory i left join lastmile.ledger l using (owner, ref)
  where starts_with(i.ref, $1 || '/')) found`;
const abandon = `with gone as (delete from lastmile.inventory where starts_with(ref, $1 || '/') returning owner, ref),
kept as (delete from lastmile.ledger l using gone g where (l.owner, l.ref) = (g.owner, g.ref) returning l.owner, l.ref),
found as (select g.owner, g.ref, k.ref is null as live from gone g left join kept k using (owner, ref)),
told as (insert into lastmile.audit (owner, ref, action, changes, plan_id, outcome, at, author)
  select owner, ref, 'abandon', '[]', '', 'Done', to_timestamp($3 / 1000.0), $2 from found order by owner, ref)
select ${COUNTS} from found`;

export function openAbandoning(calls: Calls): Abandoning {
  const one = async (rows: Promise<readonly Remains[]>): Promise<Remains> =>
    (await rows)[0] ?? { owners: 0, objects: 0, live: 0 };
  return {
    remains: (system) => one(calls.query("remains", remains, [system])),
    abandon: (system, author, at) => one(calls.query("abandon", abandon, [system, author, at])),
  };
}
