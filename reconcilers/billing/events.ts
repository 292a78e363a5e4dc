/** The billing events: triggers, so that a transition without its event cannot be, whoever makes it. */

/** No personal data: events outlive its erasure. */
const NOTES = `
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
  -- Retired before its service, it ends when that does.
  if tg_op = 'UPDATE' and new.state = old.state and (new.state <> 'CANCELLED' or new.effective_to is not distinct from old.effective_to) then
    return null;
  end if;
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

const TRIGGERS = [
  ["customers", "customer"],
  ["services", "service"],
  ["subscriptions", "subscription"],
  ["prices", "price"],
] as const;

export const EVENTS = [NOTES, ...TRIGGERS.map(([table, noun]) => trigger(table, noun))].join("\n");
