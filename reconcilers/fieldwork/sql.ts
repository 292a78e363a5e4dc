/** Set-based SQL of the built-in driver. Ownership is written in the same transaction as the rows. */
import { COLUMN_NAMES } from "./fields.ts";

const asked = "unnest($1::text[]) as a(key)";
const FOUND = `to_jsonb(t)::text, b.technician, o.token, o.owner, coalesce(o.retired, false)::text`;
const JOINS = `left join fieldwork.bookings b on b.ticket = t.id left join lastmile.fieldwork_owner o on o.key = t.key`;

/** The ticket as JSON, technician, token, owner, whether it was retired. */
export const read = `select ${FOUND} from ${asked} join fieldwork.tickets t on t.key = a.key ${JOINS}`;
/** In one order, so that no two calls wait for each other. */
export const lock = `select t.key from ${asked} join fieldwork.tickets t on t.key = a.key order by t.key for update of t`;
export const byNumber = `select ${FOUND} from fieldwork.tickets t ${JOINS} where t.number = $1`;
export const lockNumber = "select key from fieldwork.tickets where number = $1 for update";
/** $1 tenant, $2 technician, $3 state, $4 due before, $5 only without a technician; null: whatever. */
export const list = `select ${FOUND} from fieldwork.tickets t ${JOINS}
where ($1::text is null or t.tenant = $1) and ($2::text is null or b.technician = $2) and ($3::text is null or t.state = $3)
  and ($4::timestamptz is null or (t.state = 'Scheduled' and t.sla_due <= $4)) and (not $5::boolean or b.technician is null)
order by t.scheduled_at, t.number`;
export const events = `select fieldwork.utc(at), what, before, after, actor from fieldwork.events where number = $1 order by id`;

/** One page of what a tenant owns, as key and owner: $1 scope, $2 the last key of the page before, $3 size. */
export const page = `select key, owner from lastmile.fieldwork_owner where scope = $1 and key > $2 order by key limit $3`;

/** What Lastmile writes itself it need not be told; $1: who acts otherwise. Both end with the transaction. */
export const quiet = "select set_config('lastmile.quiet', 'on', true)";
export const actor = "select set_config('lastmile.actor', $1, true)";

/**
 * Takes the keys that we may write and locks them until the commit. A key is ours, or nobody's; a create takes it only
 * where no ticket stands. Not in the answer: refused. $1 keys, $2 tokens, $3 owners, $4 actions.
 */
export const own = `
with o as (select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as u(key, token, owner, action)),
made as (
  insert into lastmile.fieldwork_owner as w (key, token, owner)
  select key, token, owner from o where action = 'adopt' or (action = 'create' and (
    exists (select from lastmile.fieldwork_owner x where x.key = o.key)
    or not exists (select from fieldwork.tickets t where t.key = o.key)))
  order by key
  on conflict (key) do update set retired = false where w.token = excluded.token
  returning w.key),
turned as (
  update lastmile.fieldwork_owner w set retired = (o.action = 'retire') from o
  where w.key = o.key and w.token = o.token and (o.action in ('retire', 'restore') or (o.action = 'update' and w.retired))
  returning w.key),
held as (
  select w.key from lastmile.fieldwork_owner w join o on w.key = o.key
  where w.token = o.token and (o.action = 'destroy' or (o.action = 'update' and not w.retired))
  order by w.key for update of w)
select key from made union all select key from turned union all select key from held`;

/** Of each day so many more: $1 days, $2 how many; day and the last number that is given. */
export const number = `
insert into fieldwork.days as d (day, last) select * from unnest($1::text[], $2::integer[]) order by 1
on conflict (day) do update set last = d.last + excluded.last returning day, last`;

const columns = COLUMN_NAMES.join(", ");
const jobs = `jsonb_to_recordset($1::jsonb) as j(key text, number text, tenant text, subscriber text, visit integer, state text,
  scheduled_at timestamptz, sla_due timestamptz, ${COLUMN_NAMES.map((c) => `${c} ${c === "skills" ? "text[]" : "text"}`).join(", ")}, rules jsonb)`;
export const insert = `
insert into fieldwork.tickets (key, number, tenant, subscriber, visit, state, scheduled_at, sla_due, ${columns}, rules)
select key, number, tenant, subscriber, visit, state, scheduled_at, sla_due, ${columns}, rules from ${jobs} on conflict (key) do nothing`;
export const update = `
update fieldwork.tickets t set (state, scheduled_at, sla_due, ${columns}, rules)
  = (j.state, j.scheduled_at, j.sla_due, ${COLUMN_NAMES.map((c) => `j.${c}`).join(", ")}, j.rules)
from ${jobs} where t.key = j.key`;
export const destroy = `delete from fieldwork.tickets where key = any($1::text[])`;
export const forget = `delete from lastmile.fieldwork_owner where key = any($1::text[])`;

/** Who is somewhere in these hours: $1. */
export const busy = `select technician, fieldwork.utc(hour) from fieldwork.bookings where hour = any($1::timestamptz[])`;
/** Tickets that each has, on these days ($1) and open ones at all. */
export const load = `
select technician, day, count(*) from fieldwork.bookings where day = any($1::text[]) group by 1, 2
union all select b.technician, '', count(*) from fieldwork.bookings b join fieldwork.tickets t on t.id = b.ticket
where t.state = 'Scheduled' group by 1`;
/** Frees the hours of these tickets ($1). */
export const release = `delete from fieldwork.bookings where ticket = any($1::bigint[])`;
/** The unique key decides between two who want one hour. Not in the answer: it was given to another. */
export const book = `
insert into fieldwork.bookings (technician, hour, day, ticket)
select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::bigint[]) order by 1, 2
on conflict do nothing returning ticket::text`;

/** Key, id, whether the customer left. */
export const installed = `
select t.key, t.id::text, (t.left_at is not null)::text from ${asked} join fieldwork.tickets t on t.key = a.key
where t.state = 'Completed' and not t.forgotten`;
/** $1 keys, $2 actions: what is to become of an installation that is completed. */
export const settle = `
update fieldwork.tickets t set
  left_at = case when j.action = 'retire' then coalesce(t.left_at, now()) when j.action <> 'destroy' then null else t.left_at end,
  forgotten = j.action = 'destroy'
from unnest($1::text[], $2::text[]) as j(key, action) where t.key = j.key and t.state = 'Completed'`;

export const complete = `update fieldwork.tickets set state = 'Completed', result = coalesce($2, result) where number = $1`;
export const cancel = `update fieldwork.tickets set state = 'Cancelled', result = coalesce($2, result) where number = $1`;
export const reschedule = `update fieldwork.tickets set state = 'Scheduled', scheduled_at = $2, sla_due = $3 where number = $1`;
/** $1 tenant, $2 now. */
export const counts = `
select count(*), count(*) filter (where t.sla_due <= $2::timestamptz), count(*) filter (where b.ticket is null)
from fieldwork.tickets t left join fieldwork.bookings b on b.ticket = t.id where t.tenant = $1 and t.state = 'Scheduled'`;

/** A transaction that is still open is below this: what it writes is found the next time. */
export const cursor = "select pg_snapshot_xmin(pg_current_snapshot())::text";
/** $1 transaction, $2 and $3: became overdue between these. */
export const happened = `
select key from fieldwork.tickets where changed >= $1::xid8
union select key from fieldwork.tickets where state = 'Scheduled' and sla_due > $2::timestamptz and sla_due <= $3::timestamptz`;

/** Version, and whether every right is there. */
export const version = `
select current_setting('server_version'), (
  select bool_and(has_table_privilege(t, p))
  from unnest(array['fieldwork.tickets', 'fieldwork.bookings', 'fieldwork.days', 'lastmile.fieldwork_owner']) t,
    unnest(array['select', 'insert', 'update', 'delete']) p
) and has_table_privilege('fieldwork.events', 'insert')`;
