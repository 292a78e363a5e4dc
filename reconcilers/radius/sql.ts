/** Set-based SQL on FreeRADIUS's own tables. Ownership lives beside them and is written in the same transaction. */
import type { Table } from "./fields.ts";

export type Kind = "account" | "group";
interface Names {
  /** The column that holds the object's name. */
  readonly column: "UserName" | "GroupName";
  readonly check: string;
  readonly reply: string;
}
const names: Readonly<Record<Kind, Names>> = {
  account: { column: "UserName", check: "radcheck", reply: "radreply" },
  group: { column: "GroupName", check: "radgroupcheck", reply: "radgroupreply" },
};
/** Only accounts are members of something. */
export const tablesOf = (kind: Kind): readonly Table[] =>
  kind === "account" ? ["check", "reply", "member"] : ["check", "reply"];
const tableName = (kind: Kind, table: Table): string => (table === "member" ? "radusergroup" : names[kind][table]);

/** One index look-up a name: the planner would read a table whole that has just grown. */
const each = (columns: string, table: string, condition: string): string =>
  `select ${columns} from unnest($1::text[]) n(name) cross join lateral (select * from ${table} where ${condition} offset 0) t`;

/**
 * kind of row, name, three more. `o`: token, retired, extras. `c`, `r`: attribute, op, value.
 * `m`: nothing, priority, group. $1: names.
 */
export function read(kind: Kind): string {
  const { column, check, reply } = names[kind];
  const attributes = (letter: string, table: string): string =>
    each(`'${letter}', name, Attribute, op, Value`, table, `${column} = n.name`);
  const parts = [
    each("'o', n.name, token, retired::text, extras", "lastmile.radius_owner", `kind = '${kind}' and name = n.name`),
    attributes("c", check),
    attributes("r", reply),
  ];
  if (kind === "account")
    parts.push(each("'m', name, '', priority::text, GroupName", "radusergroup", "UserName = n.name"));
  return parts.join("\nunion all ");
}

/** One page of what a tenant owns, as name and owner: $1 scope, $2 the last name of the page before, $3 size. */
export const page = (kind: Kind | "session"): string => `
select name, owner from lastmile.radius_owner
where kind = '${kind}' and scope = $1 and name > $2 order by name limit $3`;

/**
 * Takes the names that we may write and locks them until the commit: name, made now (`true`), extras.
 * A name is ours, or nobody's; a create takes it only where no row stands. Not in the answer: refused.
 * $1 names, $2 tokens, $3 owners, $4 actions.
 */
export const own = (kind: Kind): string => `
with o as (select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as u(name, token, owner, action)),
made as (
  insert into lastmile.radius_owner as w (kind, name, token, owner)
  select '${kind}', name, token, owner from o
  where action = 'adopt' or (action = 'create' and (
    exists (select 1 from lastmile.radius_owner x where x.kind = '${kind}' and x.name = o.name)
    or not (${tablesOf(kind)
      .map((t) => stands(kind, t))
      .join(" or ")})))
  order by name
  on conflict (kind, name) do update set retired = false where w.token = excluded.token
  returning w.name, w.xmax = 0 as fresh, w.extras),
turned as (
  update lastmile.radius_owner w set retired = (o.action = 'retire') from o
  where w.kind = '${kind}' and w.name = o.name and w.token = o.token
    and (o.action in ('retire', 'restore') or (o.action = 'update' and w.retired))
  returning w.name, w.extras),
held as (
  select w.name, w.extras from lastmile.radius_owner w join o on w.name = o.name
  where w.kind = '${kind}' and w.token = o.token and (o.action = 'destroy' or (o.action = 'update' and not w.retired))
  order by w.name for update of w)
select name, (fresh)::text, extras from made
union all select name, 'false', extras from turned union all select name, 'false', extras from held`;

const stands = (kind: Kind, table: Table): string =>
  `exists (select 1 from ${tableName(kind, table)} t where t.${names[kind].column} = o.name)`;

/** $1 names, $2 attributes in lower case: FreeRADIUS does not tell cases apart. Of a member, `memberKey` of its priority. */
export const remove = (kind: Kind, table: Table): string => {
  const attribute =
    table === "member" ? "case when t.priority in (-2, -1) then t.priority::text else '' end" : "lower(t.Attribute)";
  return `delete from ${tableName(kind, table)} t using unnest($1::text[], $2::text[]) as u(name, attribute)
where t.${names[kind].column} = u.name and ${attribute} = u.attribute`;
};

/** $1 names, $2 attributes, $3 operators, $4 values. */
export const insert = (kind: Kind, table: Table): string => {
  const rows = "unnest($1::text[], $2::text[], $3::text[], $4::text[]) as u(name, attribute, op, value)";
  return table === "member"
    ? `insert into radusergroup (UserName, GroupName, priority) select name, value, op::integer from ${rows}`
    : `insert into ${tableName(kind, table)} (${names[kind].column}, Attribute, op, Value) select name, attribute, op, value from ${rows}`;
};

/**
 * What reaches running sessions, and when. A list or filter that goes and has no successor is taken off by a new session only:
 * no vendor takes the absence of an attribute for a word. $1 names, $2 `CoA` or `Disconnect`.
 */
export const note = (kind: Kind): string => `
insert into lastmile.radius_change as w (kind, name, coa_at, disconnect_at)
select '${kind}', name, case reach when 'CoA' then clock_timestamp() end, case reach when 'Disconnect' then clock_timestamp() end
from (select u.name, case when '${kind}' = 'account' and exists (select from radreply r where r.UserName = u.name
    and lower(r.Attribute) in ('mikrotik-address-list', 'filter-id')) then 'Disconnect' else u.reach end as reach
  from unnest($1::text[], $2::text[]) as u(name, reach)) n order by name
on conflict (kind, name) do update
  set coa_at = coalesce(excluded.coa_at, w.coa_at), disconnect_at = coalesce(excluded.disconnect_at, w.disconnect_at)`;

/**
 * Of accounts that only go from one group to another: what the plan's customers hear is the plan's, and where both groups say
 * the same to a session nobody hears anything. Who was in no group comes back. $1 names, $2 groups, $3 attributes in lower case.
 */
export const noteMoves = `
with u as (select u.name, u.to_group, (select m.GroupName from radusergroup m where m.UserName = u.name order by m.priority limit 1) as from_group
  from unnest($1::text[], $2::text[]) as u(name, to_group)),
says as (select GroupName as name, lower(Attribute) as attribute, op, Value from radgroupreply where lower(Attribute) = any($3::text[])),
heard as (select name, from_group from u where from_group is null
  or exists ((select attribute, op, Value from says where says.name = u.from_group)
    except all (select attribute, op, Value from says where says.name = u.to_group))
  or exists ((select attribute, op, Value from says where says.name = u.to_group)
    except all (select attribute, op, Value from says where says.name = u.from_group)))
insert into lastmile.radius_change as w (kind, name, coa_at)
select case when from_group is null then 'account' else 'member' end, name, clock_timestamp() from heard order by name
on conflict (kind, name) do update set coa_at = excluded.coa_at`;

/** $1 names, $2 extras. */
export const remember = (kind: Kind): string => `
update lastmile.radius_owner w set extras = u.extras from unnest($1::text[], $2::text[]) as u(name, extras)
where w.kind = '${kind}' and w.name = u.name`;

/** Every row of a name, whoever wrote it: a name that is left over would be refused to its next owner. $1: names. */
export const destroy = (kind: Kind): readonly string[] => [
  ...tablesOf(kind).map((t) => `delete from ${tableName(kind, t)} where ${names[kind].column} = any($1::text[])`),
  `delete from lastmile.radius_owner where kind = '${kind}' and name = any($1::text[])`,
];

/** The groups that exist, kept from being destroyed until the commit. $1: names. */
export const holdGroups = `
select name from lastmile.radius_owner where kind = 'group' and name = any($1::text[]) order by name for key share`;

/** The groups that still have members. $1: names. */
export const inUse = "select distinct GroupName from radusergroup where GroupName = any($1::text[])";

/** Version, and whether every right is there (`has_table_privilege` of a list would be satisfied by one of it). */
export const version = `
select current_setting('server_version'), (
  select bool_and(has_table_privilege(t, p) and has_sequence_privilege(pg_get_serial_sequence(t, 'id'), 'usage'))
  from unnest(array['radcheck', 'radreply', 'radusergroup', 'radgroupcheck', 'radgroupreply']) t,
    unnest(array['select', 'insert', 'delete']) p
) and (
  select bool_and(has_table_privilege('lastmile.radius_owner', p)) from unnest(array['select', 'insert', 'update', 'delete']) p
)`;
