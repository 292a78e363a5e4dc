/** Set-based SQL of the built-in driver: writing. $1 is always the JSON of the jobs; the events write themselves. */
import { customerColumns, type Kind } from "./fields.ts";

const jobs = `jsonb_to_recordset($1::jsonb)
  as j(key text, tenant text, number text, rest text, action text, patch jsonb, metadata jsonb)`;
const mine = (alias: string): string => `(${alias}.tenant, ${alias}.number) = (j.tenant, j.number)`;

/** The price that is charged today. */
function running(subscription: string): string {
  return `select * from billing.prices p where p.subscription_id = ${subscription}.id and valid_from <= billing.today()
    order by valid_from desc limit 1`;
}

const columns = Object.values(customerColumns).join(", ");
/** What an adopted account says already is taken over where the patch is silent. */
const contactValues = Object.entries(customerColumns)
  .map(([f, c]) => `case when j.patch ? '${f}' then j.patch ->> '${f}' when j.action = 'adopt' then c.${c} end`)
  .join(", ");
const contactUpdates = Object.entries(customerColumns)
  .map(([f, c]) => `${c} = case when j.patch ? '${f}' then j.patch ->> '${f}' else m.${c} end`)
  .join(", ");
const followLead = `select billing.follow_lead(jsonb_agg(jsonb_build_array(j.tenant, j.rest))) from ${jobs}`;

/** Two who leave one account at the same moment must not each take the other for still being there. */
const lockAccounts = `select from billing.customers c where (c.tenant, c.account) in (select j.tenant, j.rest from ${jobs})
   order by c.tenant, c.account for update`;
const customer = [
  `insert into billing.customers (tenant, account) select distinct j.tenant, j.rest from ${jobs}
   where j.action <> 'retire' order by 1, 2 on conflict do nothing`,
  lockAccounts,
  `insert into billing.contacts (tenant, account, number, ${columns})
   select j.tenant, j.rest, j.number, ${contactValues}
   from ${jobs} join billing.customers c on (c.tenant, c.account) = (j.tenant, j.rest)
   where j.action <> 'retire' and not exists (
     select from billing.contacts m where (m.tenant, m.account, m.number) = (j.tenant, j.rest, j.number))`,
  `update billing.contacts m set ${contactUpdates},
     left_at = case when j.action = 'retire' then coalesce(m.left_at, now()) end
   from ${jobs} where (m.tenant, m.account, m.number) = (j.tenant, j.rest, j.number)`,
  followLead,
];

/** Subscriptions of ours take the state that their service gives them. What has ended by itself is charged no longer than its service. */
const follow = `
update billing.subscriptions s set state = w.state,
  effective_from = case when w.begun then coalesce(s.effective_from, billing.today()) else s.effective_from end,
  effective_to = w.until
from (
  select s.id, v.activated_at is not null as begun,
    case when s.cancelled_at is not null then 'CANCELLED'
      else billing.charged(v.state, v.charges, v.activated_at is not null, s.trial) end as state,
    case when v.state = 'CANCELLED' then least(s.effective_to, billing.today())
      when s.cancelled_at is not null then s.effective_to end as until
  from ${jobs} join billing.services v on ${mine("v")} join billing.subscriptions s on ${mine("s")}
  join lastmile.billing_owner o on o.kind = 'subscription' and o.key = s.tenant || ':' || s.number || ':' || s.slot
) w
where w.id = s.id and (s.state <> w.state or s.effective_to is distinct from w.until
  or (w.begun and s.effective_from is null))`;

const service = [
  `insert into billing.services (tenant, number, account)
   select j.tenant, j.number, j.patch ->> 'account' from ${jobs} where j.action = 'create' on conflict do nothing`,
  `update billing.services v set
     account = coalesce(j.patch ->> 'account', v.account),
     plan = case when j.patch ? 'plan' then j.patch ->> 'plan' else v.plan end,
     service_metadata = billing.merge(v.service_metadata, j.metadata),
     state = case when j.action = 'retire' then 'CANCELLED' when j.action = 'restore' and v.state = 'CANCELLED' then 'PENDING'
       else v.state end,
     ended_at = case when j.action = 'retire' then coalesce(v.ended_at, now()) when j.action = 'restore' then null
       else v.ended_at end
   from ${jobs} where ${mine("v")}`,
  follow,
];

const activation = [
  `update billing.services v set state = w.state,
     charges = case when j.patch ? 'charges' then j.patch ->> 'charges' else v.charges end,
     activated_at = case when w.state = 'ACTIVE' then coalesce(v.activated_at, now()) else v.activated_at end,
     suspended_at = case when w.state = 'SUSPENDED' then coalesce(v.suspended_at, now()) end,
     ended_at = case when w.state = 'CANCELLED' then coalesce(v.ended_at, now()) end
   from ${jobs} join billing.services h on ${mine("h")} cross join lateral (select case
     when j.action = 'retire' then 'CANCELLED'
     when j.patch ->> 'state' = 'PENDING' and h.state = 'SUSPENDED' and h.activated_at is not null then 'ACTIVE'
     else coalesce(j.patch ->> 'state', h.state) end as state) w
   where ${mine("v")}`,
  follow,
];

/** The prices that are wanted and are not the last ones already. `back`: the running one is wanted again. */
const wantedPrices = `
wanted as (
  select s.id, w.*, (w.product, w.amount, w.currency, w.period) is not distinct from (r.product, r.amount, r.currency, r.period) as back,
    case when s.effective_from is null then coalesce(n.valid_from, billing.today())
      when r.product is null then billing.today()
      else billing.next_period(s.effective_from, r.period, billing.today()) end as valid_from
  from ${jobs} join billing.subscriptions s on ${mine("s")} and s.slot = j.rest
  left join lateral (select * from billing.prices p where p.subscription_id = s.id order by valid_from desc limit 1) n on true
  left join lateral (${running("s")}) r on true
  cross join lateral (select
    case when j.patch ? 'product' then j.patch ->> 'product' else n.product end as product,
    case when j.patch ? 'amount' then (j.patch ->> 'amount')::numeric(14, 2) else n.amount end as amount,
    case when j.patch ? 'currency' then j.patch ->> 'currency' else n.currency end as currency,
    case when j.patch ? 'period' then j.patch ->> 'period' else n.period end as period) w
  where j.action <> 'retire' and w.product is not null
    and (n.product is null or (w.product, w.amount, w.currency, w.period) is distinct from (n.product, n.amount, n.currency, n.period)))`;

/** Before anything is charged the price is simply the other one; afterwards it waits for the next period. */
const subscription = [
  `insert into billing.subscriptions (tenant, number, slot, trial, state, effective_from)
   select j.tenant, j.number, j.rest, coalesce((j.patch ->> 'trial')::boolean, false),
     billing.charged(v.state, v.charges, v.activated_at is not null, coalesce((j.patch ->> 'trial')::boolean, false)),
     case when v.activated_at is not null then billing.today() end
   from ${jobs} join billing.services v on ${mine("v")} where j.action = 'create' on conflict do nothing`,
  `with ${wantedPrices} delete from billing.prices p using wanted w
   where p.subscription_id = w.id and w.back and p.valid_from > billing.today()`,
  `with ${wantedPrices} insert into billing.prices (subscription_id, valid_from, product, amount, currency, period)
   select id, valid_from, product, amount, currency, period from wanted
   on conflict (subscription_id, valid_from) do update
   set (product, amount, currency, period) = (excluded.product, excluded.amount, excluded.currency, excluded.period)`,
  `update billing.subscriptions s set
     cancelled_at = case when j.action = 'retire' then coalesce(s.cancelled_at, now()) end,
     effective_to = case when j.action = 'retire' then coalesce(s.effective_to,
       case when s.effective_from is null then billing.today() else billing.next_period(s.effective_from, r.period, billing.today()) end) end
   from ${jobs} join billing.subscriptions h on ${mine("h")} and h.slot = j.rest
   left join lateral (${running("h")}) r on true
   where s.id = h.id and (j.action = 'retire' or s.cancelled_at is not null)`,
  follow,
];

export const writes: Readonly<Record<Kind, readonly string[]>> = { customer, service, subscription, activation };

/** Removes what was retired; what the account's other subscribers need stays. */
export const destroys: Readonly<Record<Kind, readonly string[]>> = {
  customer: [
    lockAccounts,
    `delete from billing.contacts m using ${jobs} where (m.tenant, m.account, m.number) = (j.tenant, j.rest, j.number)`,
    `delete from billing.customers c using ${jobs} where (c.tenant, c.account) = (j.tenant, j.rest)
     and not exists (select from billing.contacts m where (m.tenant, m.account) = (c.tenant, c.account))
     and not exists (select from billing.services v where (v.tenant, v.account) = (c.tenant, c.account))`,
    followLead,
  ],
  service: [`delete from billing.services v using ${jobs} where ${mine("v")}`],
  subscription: [`delete from billing.subscriptions s using ${jobs} where ${mine("s")} and s.slot = j.rest`],
  activation: [`update billing.services v set activated_at = null, charges = null from ${jobs} where ${mine("v")}`],
};
