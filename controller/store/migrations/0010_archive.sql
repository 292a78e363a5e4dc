-- What was seen last of an object when it was declared no longer: its status goes with the last trace in the systems.
alter table lastmile.objects add column archived jsonb;
-- When somebody asked for its personal data to be erased, and when that was done.
alter table lastmile.objects add column erase_at timestamptz;
alter table lastmile.objects add column erased_at timestamptz;
create index objects_archive on lastmile.objects (deleted_at) where deleted_at is not null and erased_at is null;

-- Audit rows are never changed, but for one thing: whose data is erased keeps what was done, when and by whom, without values.
create or replace function lastmile.append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('lastmile.erasing', true) = 'yes' then
    return null;
  end if;
  raise exception 'audit rows are never changed' using errcode = 'LM002';
end $$;
create function lastmile.erased_only() returns trigger language plpgsql as $$
begin
  if (new.id, new.at, new.owner, new.action, new.plan_id, new.outcome, new.source, new.revision, new.author, new.file)
    is distinct from (old.id, old.at, old.owner, old.action, old.plan_id, old.outcome, old.source, old.revision, old.author, old.file) then
    raise exception 'audit rows are never changed' using errcode = 'LM002';
  end if;
  return new;
end $$;
create trigger erased_only before update on lastmile.audit for each row execute function lastmile.erased_only();
