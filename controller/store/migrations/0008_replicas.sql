-- Who is there to share the work, also while it holds nothing yet.
create table lastmile.replicas (
  holder text primary key,
  until timestamptz not null
);
