/** Personal data goes: of who has left, on demand or when its retention is over. What was done, when and by whom stays. */
import type { OwnerKey } from "../core/owner.ts";
import type { Calls } from "./calls.ts";
import type { ObjectKey } from "./objects.ts";

export interface Erasable {
  readonly key: ObjectKey;
  readonly owner: OwnerKey;
}
/** Until when a tenant's data is kept, told by the last moment that is over. Epoch milliseconds. */
export interface Over {
  readonly tenant: string;
  readonly before: number;
}
export interface Asked {
  /** The subscriber, its profile and its surveys. */
  readonly keys: readonly ObjectKey[];
  /** Objects that are still in systems. */
  readonly left: number;
}
export interface Erasing {
  /**
   * Ends every retention of a subscriber that is declared no longer: what is kept in systems is due for removal, and when that
   * is gone, `due` names it. undefined: it is declared.
   */
  ask(subscriber: Erasable, author: string, at: number): Promise<Asked | undefined>;
  /** Whoever may be erased now, at most some hundreds; those of whom something stands in a system are not. */
  due(over: readonly Over[], otherwise: number): Promise<readonly Erasable[]>;
  /** Answers those that were; who came back meanwhile is not. */
  erase(subjects: readonly Erasable[], at: number): Promise<readonly ObjectKey[]>;
}

const ERASED = "(erased)";
const REF = "store/personal-data/all";
const MOST = 500;
const ownerOf = "i.name || '/' || o.tenant || '/' || o.key";

/** Its profile and its surveys, as far as they are declared no longer either. */
const concerned = `select o.key from lastmile.objects s join lastmile.objects o on o.deleted_at is not null and (o.key = s.key
    or o.key = 'NetworkProfile/' || split_part(s.key, '/', 2) || '/' || (s.object #>> '{spec,networkProfileRef,name}')
    or (starts_with(o.key, 'SiteSurvey/' || split_part(s.key, '/', 2) || '/')
      and o.object #>> '{spec,subscriberRef,name}' = split_part(s.key, '/', 3)))
  where s.key = $1 and s.deleted_at is not null`;
const mark = `update lastmile.objects set erase_at = to_timestamp($2 / 1000.0) where key in (${concerned}) returning key`;
const end = "update lastmile.ledger set purge_at = least(purge_at, to_timestamp($2 / 1000.0)) where owner = $1";
const left = "select count(*)::int as n from lastmile.inventory where owner = $1";
const due = `select o.key, ${ownerOf} as owner from lastmile.installation i cross join lastmile.objects o
  left join unnest($1::text[], $2::float8[]) t(tenant, before) using (tenant)
  where o.deleted_at is not null and o.erased_at is null
    and split_part(o.key, '/', 1) in ('Subscriber', 'NetworkProfile', 'SiteSurvey')
    and (o.erase_at is not null or o.deleted_at <= to_timestamp(coalesce(t.before, $3) / 1000.0))
    and not exists (select from lastmile.inventory v where v.owner = ${ownerOf})
    and not exists (select from lastmile.claims c where c.tenant = o.tenant and c.owner = ${ownerOf})
  order by o.key limit ${MOST}`;

/** The name of the object and the numbers of subscriber, customer and account are what people file it under. */
const bare = `jsonb_strip_nulls(jsonb_build_object('apiVersion', object -> 'apiVersion', 'kind', object -> 'kind',
  'metadata', jsonb_build_object('name', object #> '{metadata,name}', 'namespace', object #> '{metadata,namespace}'),
  'spec', case when object ->> 'kind' = 'Subscriber' then jsonb_build_object(
      'subscriberNumber', object #> '{spec,subscriberNumber}', 'customer', jsonb_build_object('id', object #> '{spec,customer,id}'),
      'planRef', object #> '{spec,planRef}', 'networkProfileRef', object #> '{spec,networkProfileRef}',
      'serviceState', object #> '{spec,serviceState}',
      'billing', case when object #> '{spec,billing,account}' is not null
        then jsonb_build_object('account', object #> '{spec,billing,account}') end)
    else jsonb_build_object('subscriberRef', object #> '{spec,subscriberRef}') end))`;
const objects = `update lastmile.objects set object = ${bare}, archived = null, erased_at = to_timestamp($2 / 1000.0),
    digest = encode(sha256(convert_to(${bare}::text, 'UTF8')), 'hex')
  where key = any($1::text[]) and deleted_at is not null returning key`;
/** An object's key in a system may be a user name, an address or a host name. */
const audit = `update lastmile.audit set ref = split_part(ref, '/', 1) || '/' || split_part(ref, '/', 2) || '/${ERASED}',
    changes = (select coalesce(json_agg(json_build_object('field', c ->> 'field',
      'before', case when c ->> 'before' = '' then '' else '${ERASED}' end,
      'after', case when c ->> 'after' = '' then '' else '${ERASED}' end)), '[]') from json_array_elements(changes) c)
  where owner = any($1::text[]) and action <> 'erase'`;
const told = `insert into lastmile.audit (owner, ref, action, changes, plan_id, outcome, at, author)
  select owner, '${REF}', 'erase', '[]', '', $2, to_timestamp($3 / 1000.0), $4 from unnest($1::text[]) owner`;
const TABLES = ["status", "held", "secrets", "outbox"] as const;

export function openErasing(calls: Calls): Erasing {
  return {
    ask: ({ key, owner }, author, at) =>
      calls.transaction("ask to erase", async (run) => {
        const marked = await run<{ key: ObjectKey }>(mark, [key, at]);
        if (marked.length === 0) return undefined;
        await run(end, [owner, at]);
        await run(told, [[owner], "Asked", at, author]);
        const [counted] = await run<{ n: number }>(left, [owner]);
        return { keys: marked.map((m) => m.key), left: counted?.n ?? 0 };
      }),
    due: (over, otherwise) =>
      calls.query<Erasable & Record<string, string>>("due to erase", due, [
        over.map((o) => o.tenant),
        over.map((o) => o.before),
        otherwise,
      ]),
    async erase(subjects, at) {
      if (subjects.length === 0) return [];
      return calls.transaction("erase", async (run) => {
        const keys = (await run<{ key: ObjectKey }>(objects, [subjects.map((s) => s.key), at])).map((r) => r.key);
        const owners = subjects.filter((s) => keys.includes(s.key)).map((s) => s.owner);
        for (const table of TABLES) await run(`delete from lastmile.${table} where owner = any($1::text[])`, [owners]);
        await run("select set_config('lastmile.erasing', 'yes', true)");
        await run(audit, [owners]);
        const subscribers = owners.filter((owner) => owner.includes("/Subscriber/"));
        await run(told, [subscribers, "Done", at, null]);
        return keys;
      });
    },
  };
}
