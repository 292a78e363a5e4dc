-- Lastmile's own tables, all in one schema. Names compare by byte, as they do in the program, hence collate "C".
create schema if not exists lastmile;
create domain lastmile.name as text collate "C";

-- Who may write for which owners. The unique pair makes the token a key column: a new holder waits for statements that
-- lean on the old token, a renewal does not.
create table lastmile.partitions (
  partition int primary key,
  holder text not null,
  token bigint not null,
  until timestamptz not null,
  unique (partition, token)
);

create function lastmile.fenced(held boolean) returns boolean language plpgsql as $$
begin
  if not held then
    raise exception 'fenced' using errcode = 'LM001';
  end if;
  return true;
end $$;

-- What Lastmile owns, or meant to own when it was killed.
create table lastmile.inventory (
  owner lastmile.name not null,
  ref lastmile.name not null,
  tenant lastmile.name not null generated always as (split_part(owner, '/', 2)) stored,
  needs text[] not null,
  ext_id text,
  outputs text, -- what the system chose when it was made, as JSON
  intent_at timestamptz not null,
  primary key (owner, ref)
) with (fillfactor = 75); -- the id follows each intent: with room on the page no index is touched
create index inventory_tenant on lastmile.inventory (tenant, owner);

-- Out of service and kept until purge_at.
create table lastmile.ledger (
  owner lastmile.name not null,
  ref lastmile.name not null,
  retired_at timestamptz not null,
  purge_at timestamptz not null,
  primary key (owner, ref)
);
create index ledger_purge on lastmile.ledger (purge_at);

create table lastmile.claims (
  kind lastmile.name not null,
  scope lastmile.name not null,
  value lastmile.name not null,
  owner lastmile.name not null,
  tenant lastmile.name not null generated always as (split_part(owner, '/', 2)) stored,
  primary key (kind, scope, value)
);
create index claims_owner on lastmile.claims (tenant, owner); -- whoever asks by owner says the tenant too

-- The destructive budget: one window per tenant and impact, one row per subject that asked for a place in it.
create table lastmile.budgets (
  tenant lastmile.name not null,
  impact text not null,
  started timestamptz not null,
  live int not null,
  primary key (tenant, impact)
);
create table lastmile.reservations (
  tenant lastmile.name not null,
  impact text not null,
  owner lastmile.name not null,
  state text not null check (state in ('granted', 'held', 'spent')),
  at timestamptz not null
);
create unique index reservations_open on lastmile.reservations (owner, impact) where state <> 'spent';
create index reservations_window on lastmile.reservations (tenant, impact, at);

-- One row per approved effect: what exactly a person has seen and allowed.
create table lastmile.approvals (
  tuple text collate "C" primary key,
  change_set text,
  by_whom text not null,
  at timestamptz not null,
  expires timestamptz not null
);
create index approvals_change_set on lastmile.approvals (change_set);

create table lastmile.installation (
  singleton boolean primary key default true check (singleton),
  name text not null,
  since timestamptz not null default now()
);

-- The last good declaration of every object. `seq` grows with every change; the row of `head` makes it grow in the order
-- of commits, so that nobody who asks "since" misses one.
create table lastmile.head (singleton boolean primary key default true check (singleton), seq bigint not null);
insert into lastmile.head (seq) values (0);
create table lastmile.objects (
  key lastmile.name primary key,
  tenant lastmile.name not null,
  source_id text not null,
  object jsonb not null,
  digest text not null,
  generation bigint not null,
  origin jsonb not null,
  deleted_at timestamptz,
  seq bigint not null
);
create index objects_seq on lastmile.objects (seq, key);
create index objects_source on lastmile.objects (tenant, source_id, key) where deleted_at is null;

create table lastmile.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  owner lastmile.name not null,
  ref text not null,
  action text not null,
  changes json not null,
  plan_id text not null,
  outcome text not null,
  source text,
  revision text,
  author text
);
create index audit_owner on lastmile.audit (owner, id desc);
create function lastmile.append_only() returns trigger language plpgsql as $$
begin
  raise exception 'audit rows are never changed' using errcode = 'LM002';
end $$;
create trigger append_only before update or delete or truncate on lastmile.audit
  for each statement execute function lastmile.append_only();

-- Which master keys have written here; the newest is the active one.
create table lastmile.keys (key_id text primary key, since timestamptz not null default clock_timestamp());
create table lastmile.secrets (
  owner lastmile.name not null,
  name lastmile.name not null,
  key_id text not null, -- one of lastmile.keys; checking it again for each secret would cost more than the secret
  sealed bytea not null,
  at timestamptz not null default now(),
  primary key (owner, name)
);

create table lastmile.status (
  owner lastmile.name primary key,
  tenant lastmile.name not null generated always as (split_part(owner, '/', 2)) stored,
  status json not null, -- nobody asks for parts of it, and as text it is cheaper to write and to compare
  at timestamptz not null default now()
);
create index status_tenant on lastmile.status (tenant, owner);
