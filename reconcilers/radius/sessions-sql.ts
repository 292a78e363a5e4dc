/** Set-based SQL on radacct and on what each session was told. Times travel as milliseconds since the epoch. */

/** Name of every object that we may touch: made, or ours. $1 names, $2 tokens, $3 owners, $4 actions. */
export const own = `
with o as (select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as u(name, token, owner, action)),
made as (
  insert into lastmile.radius_owner as w (kind, name, token, owner)
  select 'session', name, token, owner from o where action in ('create', 'adopt') order by name
  on conflict (kind, name) do update set retired = false where w.token = excluded.token
  returning w.name),
turned as (
  update lastmile.radius_owner w set retired = (o.action = 'retire') from o
  where w.kind = 'session' and w.name = o.name and w.token = o.token and o.action in ('retire', 'restore', 'update')
  returning w.name),
ended as (
  delete from lastmile.radius_owner w using o
  where w.kind = 'session' and w.name = o.name and w.token = o.token and o.action = 'destroy' returning w.name)
select name from made union all select name from turned union all select name from ended`;

/** Name, token, retired. $1 names. */
export const owners = `
select w.name, w.token, w.retired::text from unnest($1::text[]) n(name)
join lastmile.radius_owner w on w.kind = 'session' and w.name = n.name`;

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8::text`;

/** Name, rejected, when it changed (CoA, Disconnect), when its group did or became another, when a session was ended last, now. $1 names. */
export const says = `
select n.name,
  exists (select from radcheck c where c.UserName = n.name and lower(c.Attribute) = 'auth-type' and c.Value = 'Reject')::text,
  ${ms("a.coa_at")}, ${ms("a.disconnect_at")},
  (select ${ms("max(g.coa_at)")} from lastmile.radius_change g where (g.kind = 'member' and g.name = n.name)
    or (g.kind = 'group' and g.name in (select m.GroupName from radusergroup m where m.UserName = n.name))),
  (select ${ms("max(t.told_at)")} from lastmile.radius_session t
    where t.name = n.name and t.type = 'Disconnect' and t.outcome = 'ACK'),
  ${ms("clock_timestamp()")}
from unnest($1::text[]) n(name)
left join lastmile.radius_change a on a.kind = 'account' and a.name = n.name`;

/**
 * Of each name the sessions that nobody has closed, and what they were told last. One pass over what is open: the stock tables
 * have no index by name, and stay as they are. $1 names.
 */
export const open = `
select s.UserName, s.AcctUniqueId, s.AcctSessionId, host(s.NASIPAddress), s.NASPortId, s.CallingStationId,
  host(s.FramedIPAddress), ${ms("s.AcctStartTime")}, ${ms("coalesce(s.AcctUpdateTime, s.AcctStartTime)")},
  s.AcctInterval::text, t.type, t.outcome, ${ms("t.told_at")}
from radacct s left join lastmile.radius_session t on t.session = s.AcctUniqueId
where s.AcctStopTime is null and s.AcctStartTime is not null and s.UserName = any($1::text[])
order by s.UserName, s.AcctStartTime`;

/** Name, the last request about any of its sessions, and why that one ended, if it did. $1 names. */
export const last = `
select n.name, s.AcctTerminateCause, t.type, t.outcome, ${ms("t.told_at")} from unnest($1::text[]) n(name)
join lateral (select * from lastmile.radius_session where name = n.name order by told_at desc limit 1) t on true
left join radacct s on s.AcctUniqueId = t.session and s.AcctStopTime is not null`;

/** What a NAS would read at a login: name, attribute, value. A user's row stands against the group's. $1 names. */
export const replies = `
with own as (
  select UserName as name, Attribute, Value, id from radreply where UserName = any($1::text[])),
ofgroup as (
  select m.UserName as name, g.Attribute, g.Value, g.id from radusergroup m join radgroupreply g on g.GroupName = m.GroupName
  where m.UserName = any($1::text[]))
select name, Attribute, Value from (
  select name, Attribute, Value, id from own
  union all select name, Attribute, Value, id from ofgroup g
    where not exists (select from own o where o.name = g.name and lower(o.Attribute) = lower(g.Attribute))) r
order by name, id`;

/** Before it is sent: whoever takes over knows that it may have been. Answers now. $1 sessions, $2 names, $3 types. */
export const send = `
insert into lastmile.radius_session as w (session, name, type, outcome, told_at)
select session, name, type, 'sent', to_timestamp($4::float8 / 1000)
from unnest($1::text[], $2::text[], $3::text[]) as u(session, name, type) order by session
on conflict (session) do update set type = excluded.type, outcome = excluded.outcome, told_at = excluded.told_at`;

/** $1 sessions, $2 outcomes. */
export const heard = `
update lastmile.radius_session w set outcome = u.outcome
from unnest($1::text[], $2::text[]) as u(session, outcome) where w.session = u.session`;

/** What nobody asks for any more: of sessions that were told long ago. $1 names. */
export const tidy = `
delete from lastmile.radius_session w using unnest($1::text[]) n(name)
where w.name = n.name and w.told_at < now() - interval '30 days'`;

/** $1 names. */
export const forget: readonly string[] = [
  "delete from lastmile.radius_session where name = any($1::text[])",
  "delete from lastmile.radius_change where kind in ('account', 'member') and name = any($1::text[])",
];

/** Names with an open session whose group has changed since. $1 ms. */
export const changedSince = `
select distinct m.UserName from lastmile.radius_change g
join radusergroup m on m.GroupName = g.name join radacct s on s.UserName = m.UserName and s.AcctStopTime is null
where g.kind = 'group' and g.coa_at > to_timestamp($1::float8 / 1000)`;
export const clock = `select ${ms("clock_timestamp()")}`;

/** Whether every right is there, and every table. */
export const rights = `
select has_table_privilege('radacct', 'select') and (
  select bool_and(to_regclass(t) is not null and has_table_privilege(t, p))
  from unnest(array['lastmile.radius_change', 'lastmile.radius_session']) t, unnest(array['select', 'insert', 'update', 'delete']) p)`;
