/** The billing schema of the built-in driver, and who owns what beside it. docs/billing.md describes it for people. */
import type { Database } from "../postgres.ts";
import { customerColumns } from "./fields.ts";

const columns = Object.values(customerColumns).join(", ");
const contact = columns.replaceAll(/\w+/g, "$& text");

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

/** Periods turn at midnight UTC. */
const FUNCTIONS = `
create or replace function billing.today() returns date language sql stable as $$ select (now() at time zone 'UTC')::date $$;
create or replace function billing.next_period(anchor date, period text, after date) returns date language plpgsql immutable as $$
declare
  months int := case period when 'Quarterly' then 3 when 'Annual' then 12 else 1 end;
  n int;
begin
  if after < anchor then return anchor; end if;
  if period = 'Weekly' then return anchor + 7 * ((after - anchor) / 7 + 1); end if;
  n := ((extract(year from after) - extract(year from anchor)) * 12 + extract(month from after) - extract(month from anchor))::int / months;
  if (anchor + make_interval(months => n * months))::date <= after then n := n + 1; end if;
  return (anchor + make_interval(months => n * months))::date;
end $$;
create or replace function billing.charged(service text, charges text, begun boolean, trial boolean) returns text
language sql immutable as $$
  select case
    when service = 'CANCELLED' then 'CANCELLED'
    when service = 'PENDING' or not begun then case when trial then 'TRIAL' else 'PENDING' end
    when service = 'SUSPENDED' then case charges when 'Pause' then 'PAUSED' when 'ReducedFee' then 'REDUCED' else 'ACTIVE' end
    else 'ACTIVE'
  end
$$;
create or replace function billing.as_object(j jsonb) returns jsonb language sql immutable as $$
  select case when jsonb_typeof(j) = 'object' then j else '{}' end
$$;
create or replace function billing.merge_flat(have jsonb, patch jsonb) returns jsonb language sql immutable as $$
  select (billing.as_object(have) || patch) - array(select key from jsonb_each(patch) where value = 'null')
$$;
create or replace function billing.merge(have jsonb, patch jsonb) returns jsonb language sql immutable as $$
  select billing.merge_flat(have, coalesce(jsonb_object_agg(key,
    case when jsonb_typeof(value) = 'object' then billing.merge_flat(billing.as_object(have) -> key, value) else value end
  ), '{}')) from jsonb_each(patch)
$$;
create or replace function billing.follow_lead(accounts jsonb) returns void language sql as $$
  update billing.customers c set
    (${columns}) = (${columns.replaceAll(/\w+/g, "m.$&")}), closed_at = case when m.left_at is not null then coalesce(c.closed_at, now()) end
  from (
    select distinct on (tenant, account) * from billing.contacts
    where (tenant, account) in (select a ->> 0, a ->> 1 from jsonb_array_elements(accounts) a)
    order by tenant, account, left_at is not null, since, number
  ) m
  where (c.tenant, c.account) = (m.tenant, m.account)
    and ((${columns.replaceAll(/\w+/g, "c.$&")}) is distinct from (${columns.replaceAll(/\w+/g, "m.$&")}) or (c.closed_at is null) = (m.left_at is not null))
$$;
create or replace function billing.erase(of_tenant text, of_number text) returns integer language plpgsql as $$
declare
  erased integer;
begin
  if exists (select from billing.services where tenant = of_tenant and number = of_number and state <> 'CANCELLED') then
    raise exception 'subscriber % is not cancelled: withdraw or terminate it first', of_number using errcode = 'check_violation';
  end if;
  update billing.contacts set customer_id = null, name = null, email = null, phone = null, address = null
  where tenant = of_tenant and number = of_number;
  get diagnostics erased = row_count;
  perform billing.follow_lead(coalesce(jsonb_agg(jsonb_build_array(tenant, account)), '[]'))
  from billing.contacts where tenant = of_tenant and number = of_number;
  insert into billing.events (kind, tenant, account, number, after)
  select 'contact', tenant, account, number, 'ERASED' from billing.contacts where tenant = of_tenant and number = of_number;
  return erased;
end $$;`;

/** One row for each transition, in the transaction that makes it, whoever makes it. No personal data. */
const EVENTS = `
create or replace function billing.note_customer() returns trigger language plpgsql as $$
declare
  r billing.customers := coalesce(new, old);
  was text := case when tg_op = 'INSERT' then null when old.closed_at is null then 'OPEN' else 'CLOSED' end;
  becomes text := case when tg_op = 'DELETE' then null when new.closed_at is null then 'OPEN' else 'CLOSED' end;
begin
  if was is distinct from becomes then
    insert into billing.events (kind, tenant, account, before, after) values ('customer', r.tenant, r.account, was, becomes);
  end if;
  return null;
end $$;
create or replace function billing.note_service() returns trigger language plpgsql as $$
declare
  r billing.services := coalesce(new, old);
begin
  if tg_op = 'UPDATE' and new.state = old.state and (new.state <> 'SUSPENDED' or new.charges is not distinct from old.charges) then
    return null;
  end if;
  insert into billing.events (kind, tenant, account, number, before, after, detail) values ('service', r.tenant, r.account, r.number,
    case when tg_op <> 'INSERT' then old.state end, case when tg_op <> 'DELETE' then new.state end,
    case when tg_op <> 'DELETE' and new.state = 'SUSPENDED' then jsonb_build_object('charges', new.charges) else '{}' end);
  return null;
end $$;
create or replace function billing.note_subscription() returns trigger language plpgsql as $$
declare
  r billing.subscriptions := coalesce(new, old);
begin
  if tg_op = 'UPDATE' and new.state = old.state then return null; end if;
  insert into billing.events (kind, tenant, number, slot, before, after, detail) values ('subscription', r.tenant, r.number, r.slot,
    case when tg_op <> 'INSERT' then old.state end, case when tg_op <> 'DELETE' then new.state end,
    jsonb_strip_nulls(jsonb_build_object('effective_from', r.effective_from, 'effective_to', r.effective_to)));
  return null;
end $$;
create or replace function billing.note_price() returns trigger language plpgsql as $$
declare
  r billing.prices := coalesce(new, old);
  becomes text := case when r.valid_from > billing.today() then 'SCHEDULED' else 'CURRENT' end;
begin
  if tg_op = 'DELETE' and becomes = 'CURRENT' then return null; end if; -- replaced, or gone with its subscription
  insert into billing.events (kind, tenant, number, slot, before, after, detail)
  select 'price', s.tenant, s.number, s.slot, case when tg_op = 'DELETE' then becomes end, case when tg_op <> 'DELETE' then becomes end,
    to_jsonb(r) - 'subscription_id'
  from billing.subscriptions s where s.id = r.subscription_id;
  return null;
end $$;`;

const trigger = (table: string, noun: string): string => `
create or replace trigger note_${noun} after insert or update or delete on billing.${table}
  for each row execute function billing.note_${noun}();`;

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

const TRIGGERS = [
  ["customers", "customer"],
  ["services", "service"],
  ["subscriptions", "subscription"],
  ["prices", "price"],
] as const;

/** For those whose account may not create tables. Safe to run again. */
export const schemaSql = (): string =>
  `${[TABLES, FUNCTIONS, EVENTS, ...TRIGGERS.map(([t, n]) => trigger(t, n)), VIEW, OWN].join("\n")}\n`.trimStart();

/** Creates what is not there; rows that stand stay as they are. */
export async function ensureSchema(db: Database, signal: AbortSignal): Promise<void> {
  await db.transaction((query) => query(schemaSql()), signal);
}
