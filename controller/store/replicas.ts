/** Replicas that stay and share the work: who is there, and what of that which is free each may take. */

import { PARTITIONS } from "../core/owner.ts";
import { balance } from "../core/sharing.ts";
import type { Calls, Param } from "./calls.ts";

interface Replica {
  readonly holder: string;
  readonly ttlMs: number;
  readonly held: ReadonlyMap<number, string>;
}
interface Shared {
  readonly held: ReadonlyMap<number, string>;
  /** Beyond a fair share; work of one process only counts for nothing. */
  readonly surplus: number;
}

/** Says that we are there, and keeps what is still ours. */
const renew = `with here as (insert into lastmile.replicas as r (holder, until) values ($1, now() + $2 * interval '1 ms')
  on conflict (holder) do update set until = excluded.until)
update lastmile.partitions p set until = now() + $2 * interval '1 ms' from unnest($3::int[], $4::bigint[]) as u(partition, token)
  where (p.partition, p.token) = (u.partition, u.token) and p.holder = $1 returning p.partition, p.token::text`;

/** `free`: also what one of our name held that is gone. */
const census = `select r.holder, count(p.partition)::int as held, ${PARTITIONS} + 1 - (select count(*)::int from lastmile.partitions
    where until > now() and (holder <> $1 or partition = any($2::int[]))) as free
  from lastmile.replicas r left join lastmile.partitions p on p.holder = r.holder and p.until > now() and p.partition < ${PARTITIONS}
  where r.until > now() group by r.holder`;

const fill = `with gone as (delete from lastmile.replicas where until < now() - interval '1 day')
insert into lastmile.partitions (partition, holder, token, until)
  select n, '', 0, '-infinity' from generate_series(0, ${PARTITIONS}) n on conflict do nothing`;
/** Not while a statement under way leans on the old token, or another replica takes it: who waits here lets his leases end. */
const free = (which: string): string => `select partition from lastmile.partitions
  where ${which} and (until <= now() or holder = $1) and partition <> all($3::int[]) order by partition`;
const take = `with fair as materialized (${free(`partition < ${PARTITIONS}`)} limit $4 for update skip locked),
single as materialized (${free(`partition = ${PARTITIONS}`)} for update skip locked)
update lastmile.partitions p set holder = $1, token = p.token + 1, until = now() + $2 * interval '1 ms'
  from (select * from fair union all select * from single) f where f.partition = p.partition returning p.partition, p.token::text`;

/** Keeps what is held, and takes what is free of a fair share. */
export async function share(calls: Calls, { holder, ttlMs, held }: Replica): Promise<Shared> {
  const grants = async (name: string, text: string, more: readonly Param[]): Promise<ReadonlyMap<number, string>> => {
    const rows = await calls.query<{ partition: number; token: string }>(name, text, [holder, ttlMs, ...more]);
    return new Map(rows.map(({ partition, token }) => [partition, token]));
  };
  const kept = await grants("renew", renew, [[...held.keys()], [...held.values()]]);
  const parts = [...kept.keys()];
  const rows = await calls.query<{ holder: string; held: number; free: number }>("replicas", census, [holder, parts]);
  const counts = new Map(rows.map((r) => [r.holder, r.held]));
  const { surplus, room } = balance(holder, counts.set(holder, parts.filter((p) => p < PARTITIONS).length), PARTITIONS);
  if (rows.every((r) => r.free === 0)) return { held: kept, surplus };
  await calls.query("partitions", fill);
  return { held: new Map([...kept, ...(await grants("take", take, [parts, room]))]), surplus };
}
