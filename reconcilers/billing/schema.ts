/** The billing schema of the built-in driver, and who owns what beside it. docs/billing.md describes it for people. */
import type { Database } from "../postgres.ts";
import { EVENTS } from "./events.ts";
import { customerColumns } from "./fields.ts";
import { FUNCTIONS } from "./functions.ts";

const contact = Object.values(customerColumns)
  .map((column) => `${column} text`)
  .join(", ");

/** `note` belongs to the billing people: nothing of ours ever writes it. */
const TABLES = `
create schema if not exists billing;
create table if not exists billing.customers (
  id bigint generated always as identity unique,
  tenant text not null, account text not null,
  ${contact}, note text,
  created_at timestamptz not null default now(), closed_at timestamptz,
  primary key (tenant, account)
);
create table if not exists billing.contacts (
  tenant text not null, account text not null, number text not null,
  ${contact},
  since timestamptz not null default now(), left_at timestamptz,
  primary key (tenant, account, number),
  foreign key (tenant, account) references billing.customers on delete cascade
);
create table if not exists billing.services (
  id bigint generated always as identity unique,
  tenant text not null, number text not null, account text not null, plan text, note text,
  state text not null default 'PENDING' check (state in ('PENDING', 'ACTIVE', 'SUSPENDED', 'CANCELLED')),
  charges text check (charges in ('Continue', 'Pause', 'ReducedFee')),
  service_metadata jsonb not null default '{}',
  created_at timestamptz not null default now(), activated_at timestamptz, suspended_at timestamptz, ended_at timestamptz,
  primary key (tenant, number),
  foreign key (tenant, account) references billing.customers
);
create index if not exists services_account on billing.services (tenant, account);
create table if not exists billing.subscriptions (
  id bigint generated always as identity primary key,
  tenant text not null, number text not null, slot text not null, note text,
  state text not null default 'PENDING'
    check (state in ('PENDING', 'TRIAL', 'ACTIVE', 'PAUSED', 'REDUCED', 'CANCELLED')),
  trial boolean not null default false,
  effective_from date, effective_to date,
  created_at timestamptz not null default now(), cancelled_at timestamptz,
  unique (tenant, number, slot),
  foreign key (tenant, number) references billing.services on delete cascade
);
create table if not exists billing.prices (
  subscription_id bigint not null references billing.subscriptions on delete cascade,
  valid_from date not null,
  product text not null, amount numeric(14, 2), currency text, period text,
  primary key (subscription_id, valid_from)
);
create table if not exists billing.events (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  kind text not null, tenant text not null, account text, number text, slot text,
  before text, after text, detail jsonb not null default '{}',
  actor text not null default coalesce(nullif(current_setting('application_name'), ''), current_user)
);
create index if not exists events_number on billing.events (tenant, number, id);`;

/** What an account is worth a look for: whether it is connected, and since when. */
const VIEW = `
create or replace view billing.connections as
select tenant, account,
  case when bool_or(activated_at is not null) then 'Completed' else 'Pending' end as installation,
  case when bool_or(state = 'ACTIVE') then 'Active' when bool_or(state = 'SUSPENDED') then 'Suspended' else 'Inactive' end as connection,
  min(activated_at) as installed_at, count(*) filter (where state <> 'CANCELLED') as services
from billing.services group by tenant, account;`;

const OWN = `
create schema if not exists lastmile;
create table if not exists lastmile.billing_owner (
  kind text not null check (kind in ('customer', 'service', 'subscription', 'activation')),
  key text not null,
  token text not null,
  owner text not null,
  scope text not null generated always as (split_part(owner, '/', 1) || '/' || split_part(owner, '/', 2)) stored,
  retired boolean not null default false,
  primary key (kind, key)
);
create index if not exists billing_owner_scope on lastmile.billing_owner (kind, scope, key);`;

/** For those whose account may not create tables. Safe to run again. */
export const schemaSql = (): string => `${[TABLES, FUNCTIONS, EVENTS, VIEW, OWN].join("\n")}\n`.trimStart();

/** Creates what is not there; rows that stand stay as they are. */
export async function ensureSchema(db: Database, signal: AbortSignal): Promise<void> {
  await db.transaction((query) => query(schemaSql()), signal);
}
