/** The billing schema on a real PostgreSQL, with the other hands that write into it. */
import type pg from "pg";
import { type Desired, isOutput, parseRef, refKey, type State } from "../../controller/core/model.ts";
import { ownerKey, token } from "../../controller/core/owner.ts";
import { desired } from "../../reconcilers/billing/desired.ts";
import type { Kind } from "../../reconcilers/billing/fields.ts";
import { postgresDriver } from "../../reconcilers/billing/postgres-driver.ts";
import { resource } from "../../reconcilers/billing/resources.ts";
import { ensureSchema } from "../../reconcilers/billing/schema.ts";
import { type Database, database } from "../../reconcilers/postgres.ts";
import { freshDatabase } from "../lab/database.ts";
import { billed, CUSTOMER, owner } from "./billing.subjects.ts";
import { guarded } from "./guarded.ts";
import { signal } from "./hand.ts";
import type { MakeRig, Rig } from "./rig.ts";

const ENDPOINT = "billing-1";
/** As many as a law makes at once. */
const MANY = 100;
type Hands = Rig["byHand"];

/** What the parents of an object give it is told by their names. */
function object(n: number, kind: Kind, edited = false): Desired {
  const found = desired(billed(n, edited), ENDPOINT).find((d) => d.ref.resource === kind);
  if (!found) throw new Error(`no ${kind}`);
  const spec = Object.entries(found.spec).map(([field, v]) => {
    if (!isOutput(v)) return [field, v];
    const { key } = parseRef(v.$output);
    return [field, v.path === "account" ? decodeURIComponent(key.split(":")[2]!) : key];
  });
  return { ref: found.ref, spec: Object.fromEntries(spec) };
}

const create = (n: number, d: Desired) => {
  const by = ownerKey(owner(n));
  const patch = d.spec as State;
  return { ref: d.ref, action: "create" as const, token: token(by, refKey(d.ref)), owner: by, id: undefined, patch };
};

/** `parents`: what must stand first, made once; `reset`: takes the objects away and leaves their parents as they were. */
interface Part {
  readonly kind: Kind;
  readonly parents: readonly Kind[];
  readonly reset: string;
  readonly hands: (pool: pg.Pool) => Hands;
}
const rig =
  ({ kind, parents, reset, hands }: Part): MakeRig =>
  async (faults) => {
    const { pool, drop } = await freshDatabase("template1");
    const plain = database(pool);
    await ensureSchema(plain, signal);
    const over = (db: Database, of: Kind) => resource(postgresDriver(db), ENDPOINT, of);
    for (const p of parents) {
      const all = Array.from({ length: MANY }, (_, n) => create(n + 1, object(n + 1, p)));
      await over(plain, p).apply(all, signal);
    }
    return {
      resource: over(guarded(plain, faults, "billing"), kind),
      calls: { read: "billing.read", write: "billing.write" },
      owner,
      desired: (n, edited) => object(n, kind, edited),
      broken: wireErrors.map(({ what, error }) => ({ what, resource: over(database(failing(error)), kind) })),
      byHand: hands(pool),
      secrets: kind === "customer" ? PERSONAL.map((field) => CUSTOMER(1)[field]) : ["hunter2"],
      async reset() {
        await pool.query(`delete from lastmile.billing_owner where kind = '${kind}'; ${reset}`);
      },
      close: drop,
    };
  };
const PERSONAL = ["name", "email", "phone", "address"] as const;

const wire = (code: string) => Object.assign(new Error("value hunter2 of a row"), { code });
const wireErrors = [
  { what: "wrong password", error: wire("28P01") },
  { what: "no right to read", error: wire("42501") },
  { what: "no such table", error: wire("42P01") },
  { what: "shut down", error: wire("57P01") },
  { what: "connection refused", error: wire("ECONNREFUSED") },
  { what: "half an answer", error: new Error("Connection terminated unexpectedly") },
];
const failing = (error: Error) => ({ connect: () => Promise.reject(error), end: async () => undefined });

type Statement = (n: number) => Promise<void>;
/** `$1`: the n-th subscriber's number, or its account. */
const statements = (pool: pg.Pool, name: (n: number) => string) => {
  const run =
    (text: string): Statement =>
    async (n) => {
      await pool.query(text, [name(n)]);
    };
  const count =
    (text: string) =>
    async (n: number): Promise<number> =>
      (await pool.query(text, [name(n)])).rowCount ?? 0;
  return { run, count };
};
const number = (n: number): string => billed(n).number;
const account = (n: number): string => billed(n).billing.account ?? "";

export const customerRig = rig({
  kind: "customer",
  parents: [],
  reset: "delete from billing.customers",
  hands: (pool) => {
    const { run, count } = statements(pool, account);
    const noted = count("select from billing.customers where account = $1 and note = 'by hand'");
    return {
      make: run("insert into billing.customers (tenant, account, name) values ('acme', $1, 'somebody')"),
      annotate: run("update billing.customers set note = 'by hand' where account = $1"),
      annotated: async (n) => (await noted(n)) === 1,
      count: count("select from billing.customers where account = $1"),
      spoil: {
        "another name": run("update billing.customers set name = 'Nobody' where account = $1"),
        "no phone": run("update billing.customers set phone = null where account = $1"),
        "another language": run("update billing.customers set language = 'xx' where account = $1"),
        "no contact": run("delete from billing.contacts where account = $1"),
        "no row at all": run("delete from billing.customers where account = $1"),
      },
    };
  },
});

export const serviceRig = rig({
  kind: "service",
  parents: ["customer"],
  reset: "delete from billing.services",
  hands: (pool) => {
    const { run, count } = statements(pool, number);
    const metadata = (text: string) => run(`update billing.services set service_metadata = ${text} where number = $1`);
    const noted = count(`select from billing.services where number = $1 and note = 'by hand'
    and service_metadata @> '{"theirs": 1, "devices": {"theirs": [null]}}'`);
    return {
      make: run("insert into billing.services (tenant, number, account) values ('acme', $1, 'ACC-1')"),
      annotate: run(`update billing.services set note = 'by hand',
      service_metadata = service_metadata || '{"theirs": 1}' || jsonb_build_object('devices',
        coalesce(service_metadata -> 'devices', '{}') || '{"theirs": [null]}') where number = $1`),
      annotated: async (n) => (await noted(n)) === 1,
      count: count("select from billing.services where number = $1"),
      spoil: {
        "another account": run("update billing.services set account = 'ACC-7' where number = $1"),
        "another plan": run("update billing.services set plan = 'free' where number = $1"),
        "another VLAN": metadata(`jsonb_set(service_metadata, '{network_profile,service_vlan}', '666')`),
        "a VLAN as a text": metadata(`jsonb_set(service_metadata, '{network_profile,service_vlan}', '"100"')`),
        "a block that is no object": metadata(`jsonb_set(service_metadata, '{allocated_ips}', '"10.0.0.1"')`),
        "an address that is an object": metadata(`jsonb_set(service_metadata, '{allocated_ips,ipv4}', '{"a": 1}')`),
        "metadata that are no object": metadata("'[]'"),
        "no metadata": metadata("'{}'"),
      },
    };
  },
});

export const subscriptionRig = rig({
  kind: "subscription",
  parents: ["customer", "service"],
  reset: "delete from billing.subscriptions",
  hands: (pool) => {
    const { run, count } = statements(pool, number);
    const plan = "number = $1 and slot = 'plan'";
    const price = (text: string) =>
      run(
        `update billing.prices set ${text} where subscription_id = (select id from billing.subscriptions where ${plan})`,
      );
    const noted = count(`select from billing.subscriptions where ${plan} and note = 'by hand'`);
    return {
      make: run("insert into billing.subscriptions (tenant, number, slot) values ('acme', $1, 'plan')"),
      annotate: run(`update billing.subscriptions set note = 'by hand' where ${plan}`),
      annotated: async (n) => (await noted(n)) === 1,
      count: count(`select from billing.subscriptions where ${plan}`),
      spoil: {
        "a state ahead of its service": run(`update billing.subscriptions set state = 'ACTIVE' where ${plan}`),
        "another product": price("product = 'gold'"),
        "another price": price("amount = 0"),
        "another currency": price("currency = 'XXX'"),
        "no price": run(
          `delete from billing.prices where subscription_id = (select id from billing.subscriptions where ${plan})`,
        ),
      },
    };
  },
});

export const activationRig = rig({
  kind: "activation",
  parents: ["customer", "service", "subscription"],
  reset: `update billing.services set state = 'PENDING', charges = null, activated_at = null, note = null;
    update billing.subscriptions set state = 'TRIAL', effective_from = null, effective_to = null`,
  hands: (pool) => {
    const { run, count } = statements(pool, number);
    const noted = count("select from billing.services where number = $1 and note = 'by hand'");
    return {
      make: run("update billing.services set state = 'ACTIVE', activated_at = now() where number = $1"),
      annotate: run("update billing.services set note = 'by hand' where number = $1"),
      annotated: async (n) => (await noted(n)) === 1,
      count: count(`select from billing.services v where number = $1 and exists (
      select from lastmile.billing_owner o where o.kind = 'activation' and o.key = 'acme:' || v.number)`),
      spoil: {
        "cancelled by hand": run("update billing.services set state = 'CANCELLED' where number = $1"),
        "resumed by hand": run("update billing.services set state = 'ACTIVE' where number = $1"),
        "charged in another way": run("update billing.services set charges = 'Continue' where number = $1"),
        "back to the beginning": run("update billing.services set state = 'PENDING' where number = $1"),
      },
    };
  },
});
