/** The schema of the built-in ticket driver, and who owns what beside it. docs/fieldwork.md describes it for people. */
import type { Database } from "../postgres.ts";
import { EVENTS } from "./events.ts";

/** `note` belongs to the people who plan: nothing of ours ever writes it. */
const TABLES = `
create schema if not exists fieldwork;
create table if not exists fieldwork.tickets (
  id bigint generated always as identity primary key,
  key text not null unique, number text not null unique,
  tenant text not null, subscriber text not null, visit integer not null,
  state text not null default 'Scheduled' check (state in ('Scheduled', 'Completed', 'Cancelled')),
  scheduled_at timestamptz not null, sla_due timestamptz not null,
  date text, priority text not null, team text not null, skills text[], area text,
  plan text, onu text, cpe text, notes text, name text, phone text, address text,
  rules jsonb not null, result text, note text, record jsonb,
  created_at timestamptz not null default now(), completed_at timestamptz, cancelled_at timestamptz,
  left_at timestamptz, forgotten boolean not null default false, changed xid8
);
create index if not exists tickets_subscriber on fieldwork.tickets (tenant, subscriber);
create index if not exists tickets_open on fieldwork.tickets (sla_due) where state = 'Scheduled';
create index if not exists tickets_changed on fieldwork.tickets (changed);
create table if not exists fieldwork.bookings (
  technician text not null, hour timestamptz not null, day text not null,
  ticket bigint not null unique references fieldwork.tickets on delete cascade,
  primary key (technician, hour)
);
create table if not exists fieldwork.days (day text primary key, last integer not null);
create table if not exists fieldwork.events (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  number text not null, tenant text not null, subscriber text not null,
  what text not null, before text, after text,
  actor text not null default coalesce(nullif(current_setting('lastmile.actor', true), ''),
    nullif(current_setting('application_name'), ''), current_user)
);
create index if not exists events_number on fieldwork.events (number, id);`;

const OWN = `
create schema if not exists lastmile;
create table if not exists lastmile.fieldwork_owner (
  key text primary key,
  token text not null,
  owner text not null,
  scope text not null generated always as (split_part(owner, '/', 1) || '/' || split_part(owner, '/', 2)) stored,
  retired boolean not null default false
);
create index if not exists fieldwork_owner_scope on lastmile.fieldwork_owner (scope, key);`;

/** For those whose account may not create tables. Safe to run again. */
export const schemaSql = (): string => `${[TABLES, EVENTS, OWN].join("\n")}\n`.trimStart();

/** Creates what is not there; rows that stand stay as they are. */
export async function ensureSchema(db: Database, signal: AbortSignal): Promise<void> {
  await db.transaction((query) => query(schemaSql()), signal);
}
