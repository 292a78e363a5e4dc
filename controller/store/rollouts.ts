/** How far the edits of plans have come. Steps are written by the plan's holder, what became of each by the subscriber's. */
import type { OwnerKey } from "../core/owner.ts";
import type { Member, Progress, Rollout } from "../core/rollout.ts";
import type { Calls, Param } from "./calls.ts";
import { fence, type Leases } from "./leases.ts";
import { CHANGED } from "./objects.ts";

export interface PlanProgress extends Progress {
  readonly plan: OwnerKey;
  /** Of the last step or edit; in the same count as the changes of objects. */
  readonly seq: number;
}
/** A subscriber has arrived on the target, or was refused there. */
export interface Arrival {
  readonly plan: OwnerKey;
  readonly owner: OwnerKey;
  readonly target: number;
  readonly arrived: boolean;
}
export interface Rollouts {
  /** With all their members, of plans with a step or an edit after `seq`. */
  rolloutsSince(seq: number): Promise<readonly PlanProgress[]>;
  /** Of the last step or edit of any plan. */
  rolloutHead(): Promise<number>;
  rolloutsOf(plans: readonly OwnerKey[]): Promise<readonly PlanProgress[]>;
  /** The same text as long as nothing changes: no step, no edit, no arrival. Cheap, whatever their number of members. */
  rolloutMarks(plans: readonly OwnerKey[]): Promise<ReadonlyMap<OwnerKey, string>>;
  /**
   * A step or an edit, as a whole. Who has arrived meanwhile stays so. @param before what is written over: only members
   * that differ are. Answers its `seq`.
   */
  writeRollout(plan: OwnerKey, after: Progress, before: Progress | undefined): Promise<number>;
  /** Of released members; of another target nothing is taken down. */
  arrive(rows: readonly Arrival[]): Promise<void>;
  dropRollout(plan: OwnerKey): Promise<void>;
}

const read = (
  where: string,
): string => `select r.plan, r.rollout, r.seq::float8, coalesce((select json_agg(json_build_object(
    'owner', m.owner, 'on', m.revision, 'behind', m.behind, 'place', m.place, 'step', m.step, 'failed', m.failed, 'excused', m.excused)
    order by m.owner) from lastmile.rollout_members m where m.plan = r.plan), '[]') as members
  from lastmile.rollouts r where ${where} order by r.plan`;
/** Whoever follows is told as of an object. The members' arrivals are not told: they are nobody's next step. */
const write = `with ${fence},
turn as (update lastmile.head set seq = seq + 1 where (select ok from fence) returning seq),
kept as (insert into lastmile.rollouts (plan, rollout, seq) select $3, $4::jsonb, seq from turn
  on conflict (plan) do update set rollout = excluded.rollout, seq = excluded.seq returning plan),
told as materialized (select pg_notify('${CHANGED}', '') from kept)
select turn.seq::float8 from turn join kept on true left join told on true`;
const put = `insert into lastmile.rollout_members as m (plan, owner, revision, behind, place, step, failed, excused)
  select $1, r.owner, r."on", r.behind, r.place, r.step, r.failed, r.excused
  from jsonb_to_recordset($2::jsonb) r(owner text, "on" int, behind int[], place text, step int, failed boolean, excused boolean)
  on conflict (plan, owner) do update set revision = excluded.revision, behind = excluded.behind, step = excluded.step,
    failed = excluded.failed, excused = excluded.excused,
    place = case when m.place = 'Ready' and excluded.place = 'Released' and m.revision = excluded.revision then 'Ready' else excluded.place end`;
const marks = `select r.plan, r.seq || ' ' || (select count(*) filter (where m.place = 'Ready') || ' ' || count(*) filter (where m.failed)
    from lastmile.rollout_members m where m.plan = r.plan)
  from lastmile.rollouts r where r.plan = any($1::lastmile.name[])`;
const remove = "delete from lastmile.rollout_members where plan = $1 and owner = any($2::lastmile.name[])";
const arrive = `with ${fence}
update lastmile.rollout_members m set place = case when r.arrived then 'Ready' else m.place end,
    failed = m.failed or not r.arrived and not m.excused
  from rows from (unnest($3::text[]), unnest($4::text[]), unnest($5::int[]), unnest($6::int[]::boolean[])) r(plan, owner, target, arrived)
  join lastmile.rollouts o on o.plan = r.plan and (o.rollout ->> 'target')::int = r.target
  where (m.plan, m.owner) = (r.plan, r.owner) and m.place = 'Released' and (select ok from fence)`;
const drop = `with ${fence} delete from lastmile.rollouts where plan = $3 and (select ok from fence)`;

type Row = { readonly plan: OwnerKey; readonly rollout: Rollout; readonly seq: number; readonly members: Member[] };
const progressOf = ({ rollout, ...rest }: Row): PlanProgress => ({
  ...rest,
  rollout: { ...rollout, nextAt: rollout.nextAt ?? undefined },
});

export function openRollouts(calls: Calls, leases: Leases): Rollouts {
  const find = async (name: string, where: string, value: Param): Promise<readonly PlanProgress[]> =>
    (await calls.query<Row>(name, read(where), [value])).map(progressOf);
  return {
    rolloutsSince: (seq) => find("rollouts since", "r.seq > $1", seq),
    async rolloutHead() {
      const [row] = await calls.rows<[number]>(
        "rollout head",
        "select coalesce(max(seq), 0)::float8 from lastmile.rollouts",
      );
      return row?.[0] ?? 0;
    },
    rolloutMarks: async (plans) => new Map(await calls.rows<[OwnerKey, string]>("rollout marks", marks, [plans])),
    rolloutsOf: (plans) => find("rollouts of", "r.plan = any($1::lastmile.name[])", plans),
    async writeRollout(plan, after, before) {
      const known = new Set(before?.members);
      const different = after.members.filter((m) => !known.has(m));
      const stay = new Set(after.members.map((m) => m.owner));
      const gone = (before?.members ?? []).flatMap((m) => (stay.has(m.owner) ? [] : m.owner));
      return calls.transaction("write rollout", async (run) => {
        const [made] = await run<{ seq: number }>(write, [
          ...leases.proof([plan]),
          plan,
          JSON.stringify(after.rollout),
        ]);
        if (gone.length > 0) await run(remove, [plan, gone]);
        if (different.length > 0) await run(put, [plan, JSON.stringify(different)]);
        return made?.seq ?? 0;
      });
    },
    async arrive(rows) {
      if (rows.length === 0) return;
      await calls.query("arrive", arrive, [
        ...leases.proof(rows.map((r) => r.owner)),
        rows.map((r) => r.plan),
        rows.map((r) => r.owner),
        rows.map((r) => r.target),
        rows.map((r) => Number(r.arrived)),
      ]);
    },
    async dropRollout(plan) {
      await calls.query("drop rollout", drop, [...leases.proof([plan]), plan]);
    },
  };
}
