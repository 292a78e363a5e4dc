/** Who may write for which owners: partitions of the owners, a token that grows with every change of holder. */
import { type OwnerKey, PARTITIONS, partition } from "../core/owner.ts";
import { Turns } from "../core/turns.ts";
import type { Calls, Run } from "./calls.ts";
import { share } from "./replicas.ts";

/** Work that only one process does, whatever its partitions. */
export const SINGLETON = PARTITIONS;
export const LEASE_MS = 10_000;

/** Two arrays for `fence`: partitions, and the tokens that we believe in. */
type Proof = readonly [partitions: number[], tokens: string[]];
export interface Holder {
  readonly holder: string;
  readonly partitions: number;
  /** Milliseconds until the last of its leases ends; a live process renews long before. */
  readonly endsInMs: number;
}
export interface Leases {
  /** Takes what is free, expired or already ours. Answers how many of the 65 we hold. */
  acquire(ttlMs?: number): Promise<number>;
  /** As one of several that stay: keeps what is ours, takes what is free of a fair share, lays down what is beyond it. */
  share(ttlMs?: number): Promise<void>;
  /** Lets go at once, so that another need not wait for the end of the lease; of everything unless told. */
  release(partitions?: ReadonlySet<number>): Promise<void>;
  /** What we hold, by partition: another token after every change of holder. */
  tokens(): ReadonlyMap<number, string>;
  /** What is laid down for others: ours until it is released, so that what was begun can end. */
  leaving(): ReadonlySet<number>;
  /** How many we held at the last renewal. */
  held(): number;
  /** Who holds anything now, ourselves included. */
  holders(): Promise<readonly Holder[]>;
  /** As far as we know, without asking. */
  holds(owner: OwnerKey): boolean;
  /** Whether work for the owner may begin here: it is held, and not laid down. */
  tends(owner: OwnerKey): boolean;
  holdsSingleton(): boolean;
  /** Milliseconds for which the last renewal still counts; calls that would end later are not begun. */
  remainingMs(): number;
  proof(owners: Iterable<OwnerKey>): Proof;
  proofOfSingleton(): Proof;
}

/**
 * A renewal leaves the token alone; only a change of holder, or a restart of ours, raises it. One process at a time: two
 * that insert the same row at once would meet in the key that `on conflict` does not look at.
 */
const acquire = `with turn as materialized (select pg_advisory_xact_lock(hashtext('lastmile.partitions'))),
mine as (select * from unnest($3::int[], $4::bigint[]) as u(partition, token)),
renewed as (update lastmile.partitions p set until = now() + $2 * interval '1 ms' from mine u
  where (p.partition, p.token) = (u.partition, u.token) and p.holder = $1 returning p.partition, p.token),
taken as (insert into lastmile.partitions as p (partition, holder, token, until)
  select n, $1, 1, now() + $2 * interval '1 ms' from turn, generate_series(0, $5::int) n
  where not exists (select from lastmile.partitions p left join mine u using (partition) where p.partition = n
    and case when p.holder = $1 then p.token = u.token else p.until >= now() end)
  order by n
  on conflict (partition) do update set holder = excluded.holder, token = p.token + 1, until = excluded.until
    where p.until < now() or p.holder = $1 returning partition, token)
select partition, token::text from renewed union all select partition, token::text from taken`;

const holders = `select holder, count(*)::int as partitions, (extract(epoch from max(until) - now()) * 1000)::float8 as "endsInMs"
  from lastmile.partitions where until > now() group by holder order by holder`;

const release = `with gone as (delete from lastmile.replicas where holder = $3)
update lastmile.partitions p set until = '-infinity' from unnest($1::int[], $2::bigint[]) as u(partition, token)
  where (p.partition, p.token) = (u.partition, u.token)`;

export function openLeases(calls: Calls, holder: string): Leases {
  let tokens: ReadonlyMap<number, string> = new Map();
  let leaving: ReadonlySet<number> = new Set();
  let validUntil = 0;
  /** What a renewal answers is not to bring back what was released meanwhile. */
  const turns = new Turns();
  const keep = (held: ReadonlyMap<number, string>, until: number): void => {
    tokens = held;
    leaving = new Set([...leaving].filter((p) => held.has(p)));
    validUntil = until;
  };
  const proofOf = (parts: readonly number[]): Proof => [[...parts], parts.map((p) => tokens.get(p) ?? "0")];
  return {
    acquire: (ttlMs = LEASE_MS) =>
      turns.take(async () => {
        const asked = performance.now(); // before the call: the lease may have begun at any moment of it
        const values = [holder, ttlMs, [...tokens.keys()], [...tokens.values()], SINGLETON];
        const rows = await calls.query<{ partition: number; token: string }>("acquire", acquire, values);
        keep(new Map(rows.map((r) => [r.partition, r.token])), asked + ttlMs);
        return tokens.size;
      }),
    share: (ttlMs = LEASE_MS) =>
      turns.take(async () => {
        const asked = performance.now();
        const { held, surplus } = await share(calls, { holder, ttlMs, held: tokens });
        keep(held, asked + ttlMs);
        const tended = [...held.keys()].filter((p) => p !== SINGLETON && !leaving.has(p));
        // What is laid down stays so, though it might be wanted again: what happened to it meanwhile was not heard.
        leaving = leaving.union(new Set(tended.slice(0, Math.max(0, surplus - leaving.size))));
      }),
    release: (partitions) =>
      turns.take(async () => {
        const gone = partitions ?? new Set(tokens.keys());
        const proof = proofOf([...gone].filter((p) => tokens.has(p)));
        keep(new Map([...tokens].filter(([p]) => !gone.has(p))), partitions ? validUntil : 0);
        await calls.query("release leases", release, [...proof, partitions ? null : holder]);
      }),
    tokens: () => tokens,
    leaving: () => leaving,
    held: () => tokens.size,
    holders: () => calls.query<Holder>("holders", holders),
    holds: (owner) => tokens.has(partition(owner)),
    tends: (owner) => tokens.has(partition(owner)) && !leaving.has(partition(owner)),
    holdsSingleton: () => tokens.has(SINGLETON),
    remainingMs: () => Math.max(0, validUntil - performance.now()),
    proof: (owners) => proofOf([...new Set(Iterator.from(owners).map(partition))].sort((a, b) => a - b)),
    proofOfSingleton: () => proofOf([SINGLETON]),
  };
}

/**
 * Head of every write: `with ${fence} … where (select ok from fence)`, with a Proof as $1 and $2. The rows are locked, so
 * a new holder waits for the statement, or the statement sees the new holder and is refused.
 */
export const fence = `proof as materialized (
  select p.partition from lastmile.partitions p join unnest($1::int[], $2::bigint[]) as u(partition, token) using (partition, token)
  where p.until > now() order by p.partition for key share of p),
fence as materialized (select lastmile.fenced(count(*) = cardinality($1::int[])) as ok from proof)`;

/** Calls that are all made under one proof: each is refused once somebody else holds what it proves. */
export function fenced(calls: Calls, proof: () => Proof): Calls {
  const under = <T>(name: string, body: (run: Run) => Promise<T>): Promise<T> =>
    calls.transaction(name, async (run) => {
      await run(`with ${fence} select ok from fence`, proof());
      return body(run);
    });
  return {
    transaction: under,
    query: (name, text, values) => under(name, (run) => run(text, values)),
    rows: (name, text, values) =>
      under(name, async (run) => (await run(text, values)).map((row) => Object.values(row))) as Promise<never>,
  };
}
