/** Set-based SQL of the built-in driver: owning and reading. Ownership is written in the same transaction as the rows. */
import { customerColumns, IN_STEP, type Kind, metadataPaths } from "./fields.ts";

/** The objects that a call is about; every statement begins with them. */
const asked = "unnest($1::text[], $2::text[], $3::text[], $4::text[]) as a(key, tenant, number, rest)";

const pairs = (columns: Readonly<Record<string, string>>): string =>
  Object.entries(columns)
    .map(([field, sql]) => `'${field}', ${sql}`)
    .join(", ");
const metadata = Object.fromEntries(
  Object.entries(metadataPaths).map(([field, path]) => [field, `v.service_metadata #> '{${path.join(",")}}'`]),
);

interface Read {
  /** The rows of the object, beginning with the alias `a`. */
  readonly from: string;
  /** Whether it stands although nobody of ours owns it. */
  readonly stands: string;
  readonly id: string;
  readonly retired: string;
  readonly state: Readonly<Record<string, string>>;
  /** What never changes: the inventory remembers what it was told first. */
  readonly outputs: Readonly<Record<string, string>>;
}
const service = "join billing.services v on (v.tenant, v.number) = (a.tenant, a.number)";
const reads: Readonly<Record<Kind, Read>> = {
  // The account shows what its first living subscriber says; what the others say is kept for when they become the first.
  customer: {
    from: `join billing.customers c on (c.tenant, c.account) = (a.tenant, a.rest)
      left join billing.contacts m on (m.tenant, m.account, m.number) = (a.tenant, a.rest, a.number)
      left join lateral (
        select l.number from billing.contacts l where (l.tenant, l.account) = (a.tenant, a.rest)
        order by l.left_at is not null, l.since, l.number limit 1
      ) lead on true`,
    stands: "lead.number is null",
    id: "c.id",
    retired: "o.retired",
    state: Object.fromEntries(
      Object.entries(customerColumns).map(([field, column]) => [
        field,
        `case when o.key is null or lead.number = a.number then c.${column} else m.${column} end`,
      ]),
    ),
    outputs: { account: "c.account" },
  },
  service: {
    from: service,
    stands: "true",
    id: "v.id",
    // A mark alone ends nothing: what charges again is not retired.
    retired: "(o.retired and v.state = 'CANCELLED')",
    state: { account: "v.account", plan: "v.plan", ...metadata },
    outputs: { key: "a.key" },
  },
  subscription: {
    from: `${service} join billing.subscriptions s on (s.tenant, s.number, s.slot) = (a.tenant, a.number, a.rest)
      left join lateral (
        select p.* from billing.prices p where p.subscription_id = s.id order by p.valid_from desc limit 1
      ) p on true`,
    stands: "true",
    id: "s.id",
    retired: "(o.retired and s.state = 'CANCELLED')",
    state: {
      service: "a.tenant || ':' || a.number",
      state: `case when s.state = billing.charged(v.state, v.charges, v.activated_at is not null, s.trial)
        then '${IN_STEP}' else s.state end`,
      product: "p.product",
      amount: "p.amount::text",
      currency: "p.currency",
      period: "p.period",
      trial: "s.trial",
    },
    outputs: { product: "p.product", state: "s.state" },
  },
  activation: {
    from: service,
    stands: "v.state in ('ACTIVE', 'SUSPENDED')",
    id: "v.id",
    retired: "o.retired",
    state: { service: "a.tenant || ':' || a.number", state: "v.state", charges: "v.charges" },
    outputs: {
      state: "v.state",
      activatedAt: `to_char(v.activated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
    },
  },
};

const ownerOf = (kind: Kind): string => `left join lastmile.billing_owner o on o.kind = '${kind}' and o.key = a.key`;

/** key, id, token, retired, state, outputs; the last two as JSON. */
export const read = (kind: Kind): string => {
  const r = reads[kind];
  return `select a.key, ${r.id}::text, o.token, coalesce(${r.retired}, false)::text,
    jsonb_build_object(${pairs(r.state)})::text, jsonb_strip_nulls(jsonb_build_object(${pairs(r.outputs)}))::text
  from ${asked} ${r.from} ${ownerOf(kind)} where o.key is not null or ${r.stands}`;
};

/** One page of what a tenant owns, as key and owner: $1 scope, $2 the last key of the page before, $3 size. */
export const page = (kind: Kind): string => `
select key, owner from lastmile.billing_owner where kind = '${kind}' and scope = $1 and key > $2 order by key limit $3`;

/**
 * Takes the keys that we may write and locks them until the commit. A key is ours, or nobody's; a create takes it only
 * where nothing stands, and what belongs to a service only beside one of the same owner. Not in the answer: refused.
 * $5 tokens, $6 owners, $7 actions.
 */
export const own = (kind: Kind): string => `
with o as (
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    as u(key, tenant, number, rest, token, owner, action)),
made as (
  insert into lastmile.billing_owner as w (kind, key, token, owner)
  select '${kind}', key, token, owner from o
  where ${belongs(kind)} and (action = 'adopt' or (action = 'create' and (
    exists (select from lastmile.billing_owner x where x.kind = '${kind}' and x.key = o.key)
    or not exists (select from (select o.key, o.tenant, o.number, o.rest) a ${reads[kind].from} where ${reads[kind].stands}))))
  order by key
  on conflict (kind, key) do update set retired = false where w.token = excluded.token
  returning w.key),
turned as (
  update lastmile.billing_owner w set retired = (o.action = 'retire') from o
  where w.kind = '${kind}' and w.key = o.key and w.token = o.token
    and (o.action in ('retire', 'restore') or (o.action = 'update' and w.retired))
  returning w.key),
held as (
  select w.key from lastmile.billing_owner w join o on w.key = o.key
  where w.kind = '${kind}' and w.token = o.token and (o.action = 'destroy' or (o.action = 'update' and not w.retired))
  order by w.key for update of w)
select key from made union all select key from turned union all select key from held`;

function belongs(kind: Kind): string {
  if (kind === "service") return "true";
  const whose =
    kind === "customer"
      ? // An account is shared within a tenant of one installation, and with nobody else.
        `not exists (select from billing.contacts m join lastmile.billing_owner x
          on x.kind = 'service' and x.key = m.tenant || ':' || m.number
          where (m.tenant, m.account) = (o.tenant, o.rest)
            and x.scope <> split_part(o.owner, '/', 1) || '/' || split_part(o.owner, '/', 2))`
      : `exists (select from lastmile.billing_owner x
          where x.kind = 'service' and x.key = o.tenant || ':' || o.number and x.owner = o.owner)`;
  return whose;
}

/** Whoever writes into a service holds it until the commit, in one order: so no two calls wait for each other. */
export const lockServices = `
select v.tenant || ':' || v.number from billing.services v join ${asked} on (v.tenant, v.number) = (a.tenant, a.number)
order by v.tenant, v.number for update of v`;

/** The keys of services whose subscriptions or activation are still owned. */
export const stillUsed = `
select distinct a.key from ${asked} join billing.subscriptions s on (s.tenant, s.number) = (a.tenant, a.number)
join lastmile.billing_owner o on o.kind = 'subscription' and o.key = s.tenant || ':' || s.number || ':' || s.slot
union select a.key from ${asked} join lastmile.billing_owner o on o.kind = 'activation' and o.key = a.key`;

/** $1 keys. */
export const forget = (kind: Kind): string =>
  `delete from lastmile.billing_owner where kind = '${kind}' and key = any($1::text[])`;

/** The accounts that their owner has, kept from being removed until the commit. $1 keys, $2 tenants, $3 accounts, $4 owners. */
export const holdAccounts = `
select a.key from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as a(key, tenant, account, owner)
join billing.customers c on (c.tenant, c.account) = (a.tenant, a.account)
join lastmile.billing_owner o on o.kind = 'customer' and o.key = a.key and o.owner = a.owner
order by c.tenant, c.account for key share of c`;

/** Version, and whether every right is there. */
export const version = `
select current_setting('server_version'), (
  select bool_and(has_table_privilege('billing.' || t, p))
  from unnest(array['customers', 'contacts', 'services', 'subscriptions', 'prices']) t,
    unnest(array['select', 'insert', 'update', 'delete']) p
) and has_table_privilege('billing.events', 'insert') and (
  select bool_and(has_table_privilege('lastmile.billing_owner', p)) from unnest(array['select', 'insert', 'update', 'delete']) p
)`;
