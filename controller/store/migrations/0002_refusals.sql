-- What the last snapshot of a source had refused; no row: nothing.
create table lastmile.refusals (
  source_id text primary key,
  revision text not null,
  at timestamptz not null default now(),
  total int not null,
  problems jsonb not null
);
