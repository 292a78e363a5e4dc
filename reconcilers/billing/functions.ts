/** Functions of the billing schema: when periods turn, what a subscription's state is, and how rows are merged. */
import { customerColumns } from "./fields.ts";

const columns = Object.values(customerColumns).join(", ");
const of = (alias: string): string => columns.replaceAll(/\w+/g, `${alias}.$&`);

/** Periods turn at midnight UTC. */
export const FUNCTIONS = `
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
    (${columns}) = (${of("m")}), closed_at = case when m.left_at is not null then coalesce(c.closed_at, now()) end
  from (
    select distinct on (tenant, account) * from billing.contacts
    where (tenant, account) in (select a ->> 0, a ->> 1 from jsonb_array_elements(accounts) a)
    order by tenant, account, left_at is not null, since, number
  ) m
  where (c.tenant, c.account) = (m.tenant, m.account)
    and ((${of("c")}) is distinct from (${of("m")}) or (c.closed_at is null) = (m.left_at is not null))
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
  update billing.services set service_metadata = '{}' where tenant = of_tenant and number = of_number;
  perform billing.follow_lead(coalesce(jsonb_agg(jsonb_build_array(tenant, account)), '[]'))
  from billing.contacts where tenant = of_tenant and number = of_number;
  insert into billing.events (kind, tenant, account, number, after)
  select 'contact', tenant, account, number, 'ERASED' from billing.contacts where tenant = of_tenant and number = of_number;
  return erased;
end $$;`;
