/** The destructive budget: one row per subject and impact, reserved before the first effect. */
import type { Impact } from "../core/model.ts";
import type { OwnerKey } from "../core/owner.ts";
import type { Calls, Param, Run } from "./calls.ts";
import { fence, type Leases } from "./leases.ts";

/** How many subscribers a tenant may lose or disturb in one window. */
export interface Limit {
  /** Of the subscribers that were live when the window began. */
  readonly percent: number;
  /** Milliseconds after which the count starts again. */
  readonly windowMs: number;
  /** So many in any case: a small tenant is not paralysed by its percentage. */
  readonly floor: number;
}
export type Limits = (tenant: string, impact: Impact) => Limit;

export interface Room {
  readonly left: number;
  readonly granted: ReadonlySet<OwnerKey>;
}
export interface Budget {
  /**
   * Asks for the whole set; answers who has a place. Asking twice is free, and a set once refused stays refused.
   * `others`: of the same set, for whom another process asks.
   */
  reserve(
    tenant: string,
    impact: Impact,
    owners: readonly OwnerKey[],
    now: number,
    others?: readonly OwnerKey[],
  ): Promise<ReadonlySet<OwnerKey>>;
  /** How many more would find a place now, and which of these have one; nothing is reserved. */
  room(tenant: string, impact: Impact, owners: readonly OwnerKey[], now: number): Promise<Room>;
  /** Whose reservations have not ended, whichever process made them. */
  open(tenant: string): Promise<readonly OwnerKey[]>;
  /** These have settled: a place that was used stays counted in its window; a refusal falls, for nothing is wanted any more. */
  close(owners: readonly OwnerKey[]): Promise<void>;
}

/** The row of the window is the lock: whoever asks for the same tenant and impact waits for our commit. */
const lock = `with ${fence}
insert into lastmile.budgets as b (tenant, impact, started, live) select $3, $4, '-infinity', 0 where (select ok from fence)
  on conflict (tenant, impact) do update set tenant = excluded.tenant
returning b.started <= to_timestamp(($5::bigint - $6::bigint) / 1000.0) as over`;
const renew = `update lastmile.budgets set started = to_timestamp($3 / 1000.0), live = (
    select count(distinct i.owner) from lastmile.inventory i where i.tenant = $1 and split_part(i.owner, '/', 3) = 'Subscriber'
      and not exists (select from lastmile.ledger l where (l.owner, l.ref) = (i.owner, i.ref)))
  where tenant = $1 and impact = $2`;
/** Held ones take no place; a spent one keeps it until the window ends. Others count unless they have their place already. */
const decide = `with asked as (select distinct o.owner, r.state from unnest($3::lastmile.name[]) o(owner)
    left join lastmile.reservations r on r.owner = o.owner and r.impact = $2 and r.state <> 'spent'),
used as (select count(*) n, (select live from lastmile.budgets where (tenant, impact) = ($1, $2)) live from lastmile.reservations
    where tenant = $1 and impact = $2 and state <> 'held'
      and at >= (select started from lastmile.budgets where (tenant, impact) = ($1, $2))),
others as (select count(*) n from unnest($7::lastmile.name[]) o(owner) where not exists (select from lastmile.reservations r
    where r.owner = o.owner and r.impact = $2 and (r.state = 'granted' or r.state = 'spent'
      and r.at >= (select started from lastmile.budgets where (tenant, impact) = ($1, $2))))),
verdict as (select case when used.n + (select n from others) + (select count(*) from asked where state is null)
    <= greatest($5::int, floor(used.live * $6::numeric / 100)) then 'granted' else 'held' end as state from used),
fresh as (insert into lastmile.reservations (tenant, impact, owner, state, at)
    select $1, $2, owner, verdict.state, to_timestamp($4 / 1000.0) from asked, verdict where asked.state is null)
select owner from asked, verdict where coalesce(asked.state, verdict.state) = 'granted'`;
/** As `decide` would count, also for a window that begins with the next reservation. */
const room = `with known as (select started, live from lastmile.budgets where (tenant, impact) = ($1, $2)
    and started > to_timestamp(($3::bigint - $4::bigint) / 1000.0)),
used as (select count(*)::int n from lastmile.reservations r, known where (r.tenant, r.impact) = ($1, $2) and r.state <> 'held' and r.at >= known.started)
select coalesce((select live from known), (select count(distinct i.owner) from lastmile.inventory i where i.tenant = $1
    and split_part(i.owner, '/', 3) = 'Subscriber' and not exists (select from lastmile.ledger l where (l.owner, l.ref) = (i.owner, i.ref))))::int as live,
  (select n from used) as used`;
const granted = `select owner from lastmile.reservations where impact = $1 and state = 'granted' and owner = any($2::lastmile.name[])`;
const close = `with ${fence},
fell as (delete from lastmile.reservations where owner = any($3::lastmile.name[]) and state = 'held' and (select ok from fence))
update lastmile.reservations set state = 'spent' where owner = any($3::lastmile.name[]) and state = 'granted' and (select ok from fence)`;

export function openBudget(calls: Calls, leases: Leases, limits: Limits): Budget {
  return {
    async reserve(tenant, impact, owners, now, others = []) {
      if (owners.length === 0) return new Set();
      const { percent, floor, windowMs } = limits(tenant, impact);
      return calls.transaction("reserve", async (run) => {
        await window(run, [...leases.proof(owners), tenant, impact, now, windowMs], tenant, impact, now);
        const values = [tenant, impact, owners, now, floor, percent, others];
        const granted = await run<{ owner: OwnerKey }>(decide, values);
        return new Set(granted.map((r) => r.owner));
      });
    },
    async room(tenant, impact, owners, now) {
      const { percent, floor, windowMs } = limits(tenant, impact);
      const [row] = await calls.query<{ live: number; used: number }>("room", room, [tenant, impact, now, windowMs]);
      const places = await calls.rows<[OwnerKey]>("granted", granted, [impact, owners]);
      const { live = 0, used = 0 } = row ?? {};
      const left = Math.max(floor, Math.floor((live * percent) / 100)) - used;
      return { left: Math.max(0, left), granted: new Set(places.map(([owner]) => owner)) };
    },
    async open(tenant) {
      const text = "select distinct owner from lastmile.reservations where tenant = $1 and state <> 'spent'";
      return (await calls.rows<[OwnerKey]>("open", text, [tenant])).map(([owner]) => owner);
    },
    async close(owners) {
      if (owners.length > 0) await calls.query("close", close, [...leases.proof(owners), owners]);
    },
  };
}

async function window(run: Run, values: readonly Param[], tenant: string, impact: Impact, now: number): Promise<void> {
  const [row] = await run<{ over: boolean }>(lock, values);
  if (row?.over) await run(renew, [tenant, impact, now]);
}
