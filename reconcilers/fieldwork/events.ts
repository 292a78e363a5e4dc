/** Triggers: what follows from a ticket's state follows whoever changes it, and no transition is without its event. */

/**
 * `lastmile.quiet` is set by Lastmile's own writes, of which it need not be told. A ticket that is closed keeps a record of
 * what was declared then: its columns follow the declaration also afterwards.
 */
const FOLLOW = `
create or replace function fieldwork.follow_ticket() returns trigger language plpgsql as $$
begin
  if new.state is distinct from old.state then
    new.completed_at := case when new.state = 'Completed' then coalesce(new.completed_at, now()) end;
    new.cancelled_at := case when new.state = 'Cancelled' then coalesce(new.cancelled_at, now()) end;
    new.record := case when new.state <> 'Scheduled' then
      to_jsonb(new) - array['key', 'rules', 'record', 'changed', 'left_at', 'forgotten', 'name', 'phone', 'address', 'notes'] end;
  end if;
  if coalesce(current_setting('lastmile.quiet', true), '') <> 'on' then new.changed := pg_current_xact_id(); end if;
  return new;
end $$;
create or replace trigger follow_ticket before update on fieldwork.tickets
  for each row execute function fieldwork.follow_ticket();
create or replace function fieldwork.free_hour() returns trigger language plpgsql as $$
begin
  if new.state = 'Cancelled' and old.state <> 'Cancelled' then delete from fieldwork.bookings where ticket = new.id; end if;
  return null;
end $$;
create or replace trigger free_hour after update on fieldwork.tickets for each row execute function fieldwork.free_hour();`;

/** No personal data: events outlive its erasure. */
const NOTES = `
create or replace function fieldwork.note_ticket() returns trigger language plpgsql as $$
begin
  insert into fieldwork.events (number, tenant, subscriber, what, before, after)
  select new.number, new.tenant, new.subscriber, what, before, after from (values
    ('state', case when tg_op = 'UPDATE' then old.state end, new.state),
    ('scheduled_at', case when tg_op = 'UPDATE' then fieldwork.utc(old.scheduled_at) end, fieldwork.utc(new.scheduled_at)),
    ('priority', case when tg_op = 'UPDATE' then old.priority end, new.priority)
  ) e(what, before, after) where before is distinct from after;
  return null;
end $$;
create or replace trigger note_ticket after insert or update on fieldwork.tickets
  for each row execute function fieldwork.note_ticket();
create or replace function fieldwork.note_booking() returns trigger language plpgsql as $$
begin
  insert into fieldwork.events (number, tenant, subscriber, what, before, after)
  select t.number, t.tenant, t.subscriber, 'technician', case when tg_op = 'DELETE' then old.technician end,
    case when tg_op = 'INSERT' then new.technician end
  from fieldwork.tickets t where t.id = coalesce(new.ticket, old.ticket);
  if coalesce(current_setting('lastmile.quiet', true), '') <> 'on' then
    update fieldwork.tickets set changed = pg_current_xact_id() where id = coalesce(new.ticket, old.ticket);
  end if;
  return null;
end $$;
create or replace trigger note_booking after insert or delete on fieldwork.bookings
  for each row execute function fieldwork.note_booking();`;

const FUNCTIONS = `
create or replace function fieldwork.utc(moment timestamptz) returns text language sql immutable as $$
  select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;
create or replace function fieldwork.erase(of_tenant text, of_subscriber text) returns integer language plpgsql as $$
declare
  erased integer;
begin
  if exists (select from fieldwork.tickets where tenant = of_tenant and subscriber = of_subscriber and state = 'Scheduled') then
    raise exception 'subscriber % has an open ticket: withdraw or terminate it first', of_subscriber using errcode = 'check_violation';
  end if;
  update fieldwork.tickets set name = null, phone = null, address = null, notes = null, result = null
  where tenant = of_tenant and subscriber = of_subscriber;
  get diagnostics erased = row_count;
  return erased;
end $$;`;

export const EVENTS = [FUNCTIONS, FOLLOW, NOTES].join("\n");
