/** What people see of each owner: one JSON document, written only when it differs. */
import type { Notice } from "../core/life/notices.ts";
import { type OwnerKey, partition } from "../core/owner.ts";
import type { Calls } from "./calls.ts";
import { fence, type Leases } from "./leases.ts";
import { believed, noting } from "./outbox.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export interface StatusRow {
  readonly owner: OwnerKey;
  readonly status: Json;
  /** Of what it says, without its times; undefined: it is not to be relied on. */
  readonly digest?: string;
  /** What it was made from, where a life is told of. What was made from an older one is not written. */
  readonly told?: number;
  /** Rows of the outbox, written with it or not at all. */
  readonly notices?: readonly Notice[];
}
/** A status, and how many notices its owner had when it was read. */
export interface Stand {
  readonly status: Json | undefined;
  readonly told: number;
}
export interface Statuses {
  /** Answers the owners whose status did change. */
  writeStatus(rows: readonly StatusRow[]): Promise<readonly OwnerKey[]>;
  /** Of plans: how many stand on each by now. Nothing else of the status is touched, whoever writes it meanwhile. */
  recount(counts: ReadonlyMap<OwnerKey, number>): Promise<void>;
  statusOf(owners: readonly OwnerKey[]): Promise<ReadonlyMap<OwnerKey, Json>>;
  /** In the order asked. */
  stands(owners: readonly OwnerKey[]): Promise<readonly Stand[]>;
  /** Who has none is not in the map. */
  statusDigests(owners: readonly OwnerKey[]): Promise<ReadonlyMap<OwnerKey, string>>;
  /** Ordered by owner. */
  statusOfTenant(tenant: string): Promise<ReadonlyMap<OwnerKey, Json>>;
  /** Whose status does not say that they are ready. */
  notReady(): Promise<readonly OwnerKey[]>;
  /** A moment, for `statusSince`. */
  statusMark(): Promise<string>;
  /** In pages, what could not be seen at that moment. "0": everything. */
  statusSince(mark: string): AsyncIterable<readonly StatusRow[]>;
  /** Of owners that are gone for good. */
  dropStatus(owners: readonly OwnerKey[]): Promise<void>;
}

const write = `with ${fence},
rows as materialized (select r.* from rows from (unnest($3::text[]), json_array_elements($4::json), unnest($5::text[]), unnest($6::int[]),
    json_array_elements($7::json)) r(owner, status, digest, told, notices) where (select ok from fence)),
${noting}
insert into lastmile.status as s (owner, status, digest)
  select r.owner, r.status, r.digest from rows r where ${believed}
  on conflict (owner) do update set status = excluded.status, digest = excluded.digest, at = now(), written = pg_current_xact_id()
  where s.digest is distinct from excluded.digest or s.status::jsonb <> excluded.status::jsonb
returning owner`;
/** Transactions end in any order, so what is new is told by the snapshot of that moment, and no number says it. */
const since = `select owner, status from lastmile.status where written >= pg_snapshot_xmin($1::text::pg_snapshot)
  and not pg_visible_in_snapshot(written, $1::text::pg_snapshot) and owner > $2 order by owner limit 500`;
/** Nothing is visible in it. */
const BEFORE_ALL = "1:1:";
const stands = `select o.owner, s.status, coalesce(l.told, 0) as told from unnest($1::text[]) o(owner)
  left join lastmile.status s using (owner) left join lastmile.lives l using (owner)`;
const recount = `with ${fence}
update lastmile.status s set digest = null, at = now(), written = pg_current_xact_id(),
    status = jsonb_set(s.status::jsonb, '{subscribers}', to_jsonb(r.n))::json
  from unnest($3::text[], $4::int[]) r(owner, n)
  where s.owner = r.owner and (s.status ->> 'subscribers')::int <> r.n and (select ok from fence)`;
const digests = "select owner, digest from lastmile.status where owner = any($1::text[]) and digest is not null";
const drop = `with ${fence} delete from lastmile.status where owner = any($3::text[]) and (select ok from fence)`;

export function openStatuses(calls: Calls, leases: Leases): Statuses {
  const read = async (name: string, where: string, value: string | readonly string[]): Promise<Map<OwnerKey, Json>> =>
    new Map(
      await calls.rows<[OwnerKey, Json]>(
        name,
        `select owner, status from lastmile.status where ${where} order by owner`,
        [value],
      ),
    );
  return {
    async writeStatus(rows) {
      // The last word of one call counts: a statement cannot write a row twice.
      const last = new Map(rows.map((r) => [r.owner, r]));
      if (last.size === 0) return [];
      const owners = [...last.keys()];
      const [texts, made] = [[...last.values()].map((r) => r.status), [...last.values()].map((r) => r.digest ?? null)];
      const told = [...last.values()].map((r) => r.told ?? null);
      const notices = JSON.stringify(
        [...last.values()].map((r) => (r.notices ?? []).map((n) => ({ ...n, partition: partition(r.owner) }))),
      );
      const values = [...leases.proof(owners), owners, JSON.stringify(texts), made, told, notices];
      return (await calls.rows<[OwnerKey]>("status", write, values)).map(([owner]) => owner);
    },
    async recount(counts) {
      if (counts.size === 0) return;
      const owners = [...counts.keys()];
      await calls.query("recount", recount, [...leases.proof(owners), owners, [...counts.values()]]);
    },
    statusOf: (owners) => read("status of", "owner = any($1::text[])", owners),
    async stands(owners) {
      const rows = await calls.query<Stand & { owner: OwnerKey }>("stands", stands, [owners]);
      const found = new Map(rows.map(({ owner, status, told }) => [owner, { status: status ?? undefined, told }]));
      return owners.map((owner) => found.get(owner) ?? { status: undefined, told: 0 });
    },
    async statusDigests(owners) {
      return new Map(await calls.rows<[OwnerKey, string]>("status digests", digests, [owners]));
    },
    statusOfTenant: (tenant) => read("status of tenant", "tenant = $1", tenant),
    async notReady() {
      const ready = `c ->> 'type' = 'Ready' and c ->> 'status' = 'True' and coalesce(c ->> 'reason', '') !~ '^Awaiting'`;
      const text = `select owner from lastmile.status where not exists (
        select from json_array_elements(status -> 'conditions') c where ${ready}) order by owner`;
      return (await calls.rows<[OwnerKey]>("not ready", text)).map(([owner]) => owner);
    },
    async statusMark() {
      const [row] = await calls.rows<[string]>("status mark", "select pg_current_snapshot()::text");
      return row?.[0] ?? "0";
    },
    async *statusSince(mark) {
      const moment = mark === "0" ? BEFORE_ALL : mark;
      for (let last: OwnerKey | undefined = ""; last !== undefined; ) {
        const rows: [OwnerKey, Json][] = await calls.rows("statuses since", since, [moment, last]);
        if (rows.length > 0) yield rows.map(([owner, status]) => ({ owner, status }));
        last = rows.at(-1)?.[0];
      }
    },
    async dropStatus(owners) {
      if (owners.length > 0) await calls.query("drop status", drop, [...leases.proof(owners), owners]);
    },
  };
}
