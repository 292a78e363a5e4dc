-- What waits for a person, by subject: exactly the effects that an approval would release.
create table lastmile.held (
  owner lastmile.name primary key,
  tenant lastmile.name not null generated always as (split_part(owner, '/', 2)) stored,
  plan_id text not null,
  reason text not null, -- the code of the hold
  impact text not null, -- the gravest of its effects
  tuples text[] not null, -- in order
  said text[] not null, -- for each of them: action and object
  since timestamptz not null default now()
);
create index held_tenant on lastmile.held (tenant, owner);

-- Change sets that people name at a Tenant: since when, and whether that was acted upon. Gone when they are named no more.
create table lastmile.requests (
  tenant lastmile.name not null,
  change_set text not null,
  since timestamptz not null default now(),
  used boolean not null default false,
  primary key (tenant, change_set)
);
