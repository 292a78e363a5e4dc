/** What Lastmile owns, and what is out of service. Each verb takes a set and is one fenced statement. */
import type { Outputs, RefKey } from "../core/model.ts";
import type { OwnerKey } from "../core/owner.ts";
import type { Remembered } from "../core/plan.ts";
import type { Calls, Param } from "./calls.ts";
import { fence, type Leases } from "./leases.ts";

export interface Entry extends Remembered {
  /** The id that the system gave; undefined until the create was confirmed. */
  readonly id: string | undefined;
  /** Epoch milliseconds. */
  readonly intentAt: number;
  /** Out of service and in the ledger. */
  readonly shelved: boolean;
  /** It was there before it was ours. */
  readonly adopted: boolean;
}
export interface Row {
  readonly owner: OwnerKey;
  readonly ref: RefKey;
}
export interface Intent extends Row {
  readonly needs: readonly RefKey[];
  /** What was chosen for it before it is made. */
  readonly outputs?: Outputs;
  /** It is there already, and becomes ours. */
  readonly adopted?: true;
}
export type Confirmed = Intent & { readonly id: string };

export interface Inventory {
  /** What we own or meant to own, one list per owner in the order asked; `due` where retention is over. */
  entries(owners: readonly OwnerKey[], now: number): Promise<readonly (readonly Entry[])[]>;
  /** Before a create: from here on a crash cannot orphan what it makes. */
  intend(rows: readonly Intent[], now: number): Promise<void>;
  /** After an effect: the id under which it is found again, what it stands on now, and what was chosen there at first. */
  confirm(rows: readonly Confirmed[]): Promise<void>;
  /** Out of service and kept: the ledger owns restore and purge from here on. The first retirement counts. */
  shelve(rows: readonly Row[], now: number, retentionMs: number): Promise<void>;
  unshelve(rows: readonly Row[]): Promise<void>;
  /** Surely gone. */
  forget(rows: readonly Row[]): Promise<void>;
  /** Whoever holds anything of a tenant, a bare claim included. `live`: has something that is not out of service. */
  owners(tenant: string): Promise<ReadonlyMap<OwnerKey, { readonly live: boolean }>>;
  dueOwners(now: number): Promise<readonly OwnerKey[]>;
  /** Whether anything that is not surely gone is in this system. */
  isNamed(system: string): Promise<boolean>;
  /** Of whom anything is owned or claimed. */
  tenants(): Promise<readonly string[]>;
}

const sql = {
  // One index lookup per owner, whatever the planner believes of a table that has just grown.
  entries: `select o.owner, i.ref, case when i.needs <> '{}' then array_to_json(i.needs)::text end, i.ext_id,
      (extract(epoch from i.intent_at) * 1000)::bigint::text,
      case when l.purge_at is null then '' when l.purge_at <= to_timestamp($2 / 1000.0) then 'due' else 'kept' end, i.outputs, i.adopted
    from unnest($1::text[]) o(owner)
    cross join lateral (select * from lastmile.inventory i where i.owner = o.owner offset 0) i
    left join lateral (select l.purge_at from lastmile.ledger l where l.owner = i.owner and l.ref = i.ref offset 0) l on true`,
  intend: `insert into lastmile.inventory (owner, ref, needs, intent_at, outputs, adopted)
    select r.owner, r.ref, r.needs::text[], to_timestamp($6 / 1000.0), r.outputs, r.adopted
    from unnest($3::text[], $4::text[], $5::text[], $7::text[], $8::boolean[]) r(owner, ref, needs, outputs, adopted)
    where (select ok from fence)
    on conflict (owner, ref) do update set needs = excluded.needs, intent_at = excluded.intent_at,
      outputs = coalesce(inventory.outputs, excluded.outputs), adopted = inventory.adopted or excluded.adopted`,
  confirm: `update lastmile.inventory i set ext_id = r.id, needs = r.needs::text[], outputs = coalesce(i.outputs, r.outputs)
    from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) r(owner, ref, needs, id, outputs)
    where (select ok from fence) and i.owner = r.owner and i.ref = r.ref`,
  shelve: `insert into lastmile.ledger (owner, ref, retired_at, purge_at)
    select r.owner, r.ref, to_timestamp($5 / 1000.0), to_timestamp($6 / 1000.0) from unnest($3::text[], $4::text[]) r(owner, ref)
    where (select ok from fence) on conflict do nothing`,
  unshelve: `delete from lastmile.ledger l using unnest($3::text[], $4::text[]) r(owner, ref)
    where (select ok from fence) and l.owner = r.owner and l.ref = r.ref`,
  forget: `, rows as (select * from unnest($3::text[], $4::text[]) r(owner, ref) where (select ok from fence)),
    gone as (delete from lastmile.inventory i using rows r where i.owner = r.owner and i.ref = r.ref)
    delete from lastmile.ledger l using rows r where l.owner = r.owner and l.ref = r.ref`,
  owners: `select owner, bool_or(live) from (
      select i.owner, l.ref is null as live from lastmile.inventory i
        left join lastmile.ledger l on (l.owner, l.ref) = (i.owner, i.ref) where i.tenant = $1
      union all select owner, false from lastmile.claims where tenant = $1) o group by owner`,
  due: "select distinct owner from lastmile.ledger where purge_at <= to_timestamp($1 / 1000.0)",
} as const;

export function openInventory(calls: Calls, leases: Leases): Inventory {
  const write = async (
    name: "intend" | "confirm" | "shelve" | "unshelve" | "forget",
    rows: readonly Row[],
    ...more: Param[]
  ) => {
    if (rows.length === 0) return;
    const owners = rows.map((r) => r.owner);
    const values = [...leases.proof(owners), owners, rows.map((r) => r.ref), ...more];
    await calls.query(name, `with ${fence} ${sql[name]}`, values);
  };
  return {
    async entries(owners, now) {
      if (owners.length === 0) return [];
      const found = await calls.rows<EntryRow>("entries", sql.entries, [[...new Set(owners)], now]);
      const by = Map.groupBy(found, (r) => r[0]);
      return owners.map((o) => (by.get(o) ?? []).map(toEntry));
    },
    intend: (rows, now) =>
      write(
        "intend",
        rows,
        needsOf(rows),
        now,
        rows.map(outputsOf),
        rows.map((r) => r.adopted === true),
      ),
    confirm: (rows) =>
      write(
        "confirm",
        rows,
        needsOf(rows),
        rows.map((r) => r.id),
        rows.map(outputsOf),
      ),
    shelve: (rows, now, retentionMs) => write("shelve", rows, now, now + retentionMs),
    unshelve: (rows) => write("unshelve", rows),
    forget: (rows) => write("forget", rows),
    async owners(tenant) {
      const found = await calls.rows<[OwnerKey, boolean]>("owners", sql.owners, [tenant]);
      return new Map(found.map(([owner, live]) => [owner, { live }]));
    },
    async tenants() {
      const text = "select tenant from lastmile.inventory union select tenant from lastmile.claims order by 1";
      return (await calls.rows<[string]>("tenants", text)).map(([tenant]) => tenant);
    },
    async isNamed(system) {
      const text = "select 1 from lastmile.inventory where starts_with(ref, $1 || '/') limit 1";
      return (await calls.rows("is named", text, [system])).length > 0;
    },
    async dueOwners(now) {
      return (await calls.rows<[OwnerKey]>("due", sql.due, [now])).map(([owner]) => owner);
    },
  };
}

type EntryRow = [
  owner: OwnerKey,
  ref: RefKey,
  needs: string | null,
  id: string | null,
  intentAt: string,
  kept: string,
  outputs: string | null,
  adopted: boolean,
];
const NONE: readonly RefKey[] = [];
const toEntry = ([, ref, needs, id, intentAt, kept, outputs, adopted]: EntryRow): Entry => ({
  ...(outputs !== null && { outputs: JSON.parse(outputs) }),
  ref,
  needs: needs === null ? NONE : JSON.parse(needs),
  id: id ?? undefined,
  intentAt: Number(intentAt),
  due: kept === "due",
  shelved: kept !== "",
  adopted,
});

/** Lists of different length do not fit one array of arrays, so each travels as an array literal. */
const needsOf = (rows: readonly Intent[]): string[] =>
  rows.map(({ needs }) =>
    needs.length === 0 ? "{}" : `{${needs.map((n) => `"${n.replace(/["\\]/g, "\\$&")}"`).join(",")}}`,
  );

/** Null where the system chooses nothing, which is most of them. */
function outputsOf({ outputs }: Intent): string | null {
  for (const _ in outputs) return JSON.stringify(outputs);
  return null;
}
