-- The API server counts the generations of its objects itself, and people compare a status with its count.
alter table lastmile.objects add column source_generation bigint;
-- Who follows statuses asks for those of transactions that were not over when it asked last.
alter table lastmile.status add column written xid8 not null default pg_current_xact_id();
create index status_written on lastmile.status (written);
