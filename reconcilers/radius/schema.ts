/** The tables: FreeRADIUS's own as its package makes them (a test compares them), and Lastmile's beside them. */
import type { Database } from "../postgres.ts";

const attributes = (table: string, name: string, op: string): string => `
create table if not exists ${table} (
  id serial primary key,
  ${name} text not null default '',
  Attribute text not null default '',
  op varchar(2) not null default '${op}',
  Value text not null default ''
);
create index if not exists ${table}_${name} on ${table} (${name}, Attribute);`;

/** FreeRADIUS 3.2, raddb/mods-config/sql/main/postgresql/schema.sql; index names too, spelling mistake included. */
const STOCK = `
create table if not exists radacct (
  RadAcctId bigserial primary key,
  AcctSessionId text not null,
  AcctUniqueId text not null unique,
  UserName text,
  Realm text,
  NASIPAddress inet not null,
  NASPortId text,
  NASPortType text,
  AcctStartTime timestamptz,
  AcctUpdateTime timestamptz,
  AcctStopTime timestamptz,
  AcctInterval bigint,
  AcctSessionTime bigint,
  AcctAuthentic text,
  ConnectInfo_start text,
  ConnectInfo_stop text,
  AcctInputOctets bigint,
  AcctOutputOctets bigint,
  CalledStationId text,
  CallingStationId text,
  AcctTerminateCause text,
  ServiceType text,
  FramedProtocol text,
  FramedIPAddress inet,
  FramedIPv6Address inet,
  FramedIPv6Prefix inet,
  FramedInterfaceId text,
  DelegatedIPv6Prefix inet,
  Class text
);
create index if not exists radacct_active_session_idx on radacct (AcctUniqueId) where AcctStopTime is null;
create index if not exists radacct_bulk_close on radacct (NASIPAddress, AcctStartTime) where AcctStopTime is null;
create index if not exists radacct_start_user_idx on radacct (AcctStartTime, UserName);
create index if not exists radacct_calss_idx on radacct (Class);
${attributes("radcheck", "UserName", "==")}
${attributes("radgroupcheck", "GroupName", "==")}
${attributes("radgroupreply", "GroupName", "=")}
${attributes("radreply", "UserName", "=")}
create table if not exists radusergroup (
  id serial primary key,
  UserName text not null default '',
  GroupName text not null default '',
  priority integer not null default 0
);
create index if not exists radusergroup_UserName on radusergroup (UserName);
create table if not exists radpostauth (
  id bigserial primary key,
  username text not null,
  pass text,
  reply text,
  CalledStationId text,
  CallingStationId text,
  authdate timestamptz not null default now(),
  Class text
);
create index if not exists radpostauth_username_idx on radpostauth (username);
create index if not exists radpostauth_class_idx on radpostauth (Class);
create table if not exists nas (
  id serial primary key,
  nasname text not null,
  shortname text not null,
  type text not null default 'other',
  ports integer,
  secret text not null,
  server text,
  community text,
  description text
);
create index if not exists nas_nasname on nas (nasname);
create table if not exists nasreload (
  NASIPAddress inet primary key,
  ReloadTime timestamptz not null
);`;

/** Who may write which name. `extras`: of a group one `table Attribute` a line, what an operator asked for beside our fields;
 * of an account the proof of the password that was written last. */
const OWN = `
create schema if not exists lastmile;
create table if not exists lastmile.radius_owner (
  kind text not null,
  name text not null,
  token text not null,
  owner text not null,
  scope text not null generated always as (split_part(owner, '/', 1) || '/' || split_part(owner, '/', 2)) stored,
  retired boolean not null default false,
  extras text not null default '',
  primary key (kind, name)
);
create index if not exists radius_owner_scope on lastmile.radius_owner (kind, scope, name);
alter table lastmile.radius_owner drop constraint if exists radius_owner_kind_check;
alter table lastmile.radius_owner add constraint radius_owner_kind_check check (kind in ('account', 'group', 'session'));`;

/**
 * When the rows of a name last changed in a way that reaches running sessions, written with those rows; and what each session
 * was told. Both outlive a restart: what a session has not heard is told from them.
 */
const LIVE = `
create table if not exists lastmile.radius_change (
  kind text not null,
  name text not null,
  coa_at timestamptz,
  disconnect_at timestamptz,
  primary key (kind, name)
);
create table if not exists lastmile.radius_session (
  session text primary key,
  name text not null,
  type text not null check (type in ('CoA', 'Disconnect')),
  outcome text not null,
  told_at timestamptz not null
);
create index if not exists radius_session_name on lastmile.radius_session (name, told_at);`;

/**
 * FreeRADIUS's tables stand where they would stand without us. PostgreSQL looks first into a schema of the account's own
 * name: for an account `lastmile` that is ours, and `if not exists` would make a second, empty set there that hides the first.
 */
const ELSEWHERE = `
select set_config('search_path', coalesce(string_agg(quote_ident(s), ', ' order by n), 'public'), false)
  from unnest(current_schemas(false)) with ordinality c(s, n) where s <> 'lastmile';`;

/** For those whose account may not create tables: `lastmile init --print-sql`. Safe to run again. */
export const schemaSql = (): string => `${ELSEWHERE}\n${STOCK}\n${OWN}\n${LIVE}\n`.trimStart();

/** Creates what is not there; the tables of a FreeRADIUS in service stay as they are. */
export async function ensureSchema(db: Database, signal: AbortSignal): Promise<void> {
  await db.transaction((query) => query(schemaSql()), signal);
}
