/** Billing in the whole controller: what starts a bill, what stops it, and what becomes of it when a system is away. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  ExternalSystem,
  LastmileObject,
  ServicePlanSpec,
  SiteSurvey,
  Subscriber,
} from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { NAMESPACE, radius, SYSTEM, sub, suspended, tenant, terminated } from "./objects.ts";
import { Site } from "./site.ts";
import { cutConnections } from "./tables.ts";

const NAME = "billing-1";
let site: Site;
let books: FreshDatabase;
beforeEach(async () => {
  [site, books] = await Promise.all([Site.open(), freshDatabase("template1")]);
  await site.credentials(books.url, NAME);
  await site.controller.endpoints.prepare(system(), AbortSignal.timeout(30_000));
});
afterEach(async () => {
  await site.close();
  await books.drop();
});

function system(): ExternalSystem {
  const address = new URL(books.url);
  address.username = "";
  address.password = "";
  const credentialsRef = { namespace: SYSTEM, name: NAME };
  const limits = { concurrency: 2, requestsPerSecond: 50 };
  return {
    apiVersion: "lastmile.dev/v1alpha1",
    kind: "ExternalSystem",
    metadata: { name: NAME },
    spec: { type: "Billing", mode: "Enforce", paused: false, address: address.href, credentialsRef, limits },
  };
}
const billedBy = { systems: { radius: [{ name: "radius-1" }], billing: [{ name: NAME }] } };
const price = (amount: string) => ({ amount, currency: "EUR", period: "Monthly" as const });
const priced = (product: string, amount: string, more: Partial<ServicePlanSpec> = {}) =>
  plan({ billing: { product, price: price(amount) }, ...more });
const PLAN = priced("res-100", "29.90");
const john = (account = "ACC-1", name = "john"): Subscriber =>
  sub(name, {
    billing: { account },
    customer: { id: "c-1", name: "John Doe", email: "john@example.com", language: "en" },
  });
const base = (...more: readonly LastmileObject[]): readonly LastmileObject[] => [
  tenant(billedBy),
  radius(site.radius.url),
  system(),
  ...(more.some((o) => o.kind === "ServicePlan") ? [] : [PLAN]),
  ...more,
];

const services = async () =>
  (await books.pool.query("select number, account, state, charges from billing.services order by number")).rows.map(
    (r) => [r.number, r.account, r.state, r.charges].filter((v) => v !== null).join(" "),
  );
const subscriptions = async () =>
  (
    await books.pool.query(
      `select s.slot, s.state, p.product, p.amount::text, p.valid_from > billing.today() as waits
       from billing.subscriptions s left join billing.prices p on p.subscription_id = s.id order by slot, valid_from`,
    )
  ).rows.map((r) => [r.slot, r.state, r.product, r.amount, ...(r.waits ? ["waits"] : [])].join(" "));
const one = async (text: string) => (await books.pool.query(text)).rows[0];

/** As a server that is being restarted. */
async function down(database: FreshDatabase, other: FreshDatabase): Promise<() => Promise<unknown>> {
  const name = new URL(database.url).pathname.slice(1);
  await other.pool.query(`alter database "${name}" with allow_connections false`);
  await cutConnections(other.pool, name);
  return () => other.pool.query(`alter database "${name}" with allow_connections true`);
}

describe("the bill starts", () => {
  it("when everything else is in place, and says what was provisioned in the exact keys", async () => {
    const profile = { serviceVlan: 100, innerVlan: 1000, staticIPv4: "10.0.1.100", option82Policy: "Ignore" as const };
    await site.declare(base({ ...john(), spec: { ...john().spec, networkProfile: profile } }));
    expect(await services()).toEqual(["SUB-john ACC-1 ACTIVE"]);
    expect(await subscriptions()).toEqual(["plan ACTIVE res-100 29.90"]);
    expect((await site.status("john"))?.billing?.subscriptions).toMatchObject([
      { product: "res-100", state: "ACTIVE" },
    ]);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
    expect(await site.condition("john", "BillingReady")).toBe("True Converged");
    const { service_metadata } = await one("select service_metadata from billing.services");
    expect(service_metadata).toEqual({
      network_profile: {
        network_profile_id: "john",
        service_vlan: 100,
        inner_vlan: 1000,
        qinq_enabled: true,
        ipv6_assignment_mode: "None",
      },
      allocated_ips: { ipv4: "10.0.1.100", source: "NetworkProfile" },
      devices: { onu_id: john().spec.onu!.serial },
      radius: { username: "john@acme.example" },
      allocation_method: "Static",
    });
  });
  it("not while RADIUS is down: the subscription waits as PENDING, status says for what, and it starts by itself", async () => {
    await site.declare(base());
    const up = await down(site.radius, books);
    await site.submitNow(base(john()));
    await site.until(async () => (await services()).length === 1);
    await site.until(async () => (await site.condition("john", "RADIUSReady")) === "False Unavailable");
    expect(await services()).toEqual(["SUB-john ACC-1 PENDING"]);
    expect(await subscriptions()).toEqual(["plan PENDING res-100 29.90"]);
    expect(await site.condition("john", "BillingReady")).toMatch(/^False /);
    await up();
    await site.settle(60_000);
    expect(await services()).toEqual(["SUB-john ACC-1 ACTIVE"]);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
  });
  it("not before the survey that the tenant requires, which nothing of the subscriber is made before", async () => {
    const careful = tenant(billedBy, { requireSurvey: true });
    const [, ...others] = base(john());
    await site.declare([careful, ...others]);
    expect(await services()).toEqual([]);
    expect((await site.accounts()).size).toBe(0);
    expect(await site.condition("john", "Ready")).toBe("True AwaitingSurvey");
    expect(await site.condition("john", "InService")).toBe("False AwaitingSurvey");
    const survey: SiteSurvey = {
      apiVersion: "lastmile.dev/v1alpha1",
      kind: "SiteSurvey",
      metadata: { name: "survey-1", namespace: NAMESPACE },
      spec: { subscriberRef: { name: "john" }, state: "Completed", serviceability: "Serviceable" },
    };
    await site.declare([careful, ...others, survey]);
    expect(await services()).toEqual(["SUB-john ACC-1 ACTIVE"]);
    await site.declare([careful, ...others]);
    expect(await services(), "a survey that is tidied away ends nobody's bill").toEqual(["SUB-john ACC-1 ACTIVE"]);
  });
  it("nobody who names no account is billed", async () => {
    await site.declare(base(sub("mary")));
    expect(await services()).toEqual([]);
    expect(await site.condition("mary", "Ready")).toBe("True Converged");
  });
});

describe("while it runs", () => {
  beforeEach(() => site.declare(base(john())));

  it("a second look finds nothing to do", async () => {
    const events = await one("select count(*) from billing.events");
    await site.restart();
    expect(await site.scan()).not.toContainEqual(expect.objectContaining({ event: "trouble" }));
    expect(await one("select count(*) from billing.events")).toEqual(events);
    expect(await site.condition("john", "InSync")).toBe("True Converged");
  });
  it.each([
    ["cancels a service", "update billing.services set state = 'CANCELLED'"],
    ["pauses a subscription", "update billing.subscriptions set state = 'PAUSED'"],
    [
      "charges somebody else",
      "insert into billing.customers (tenant, account) values ('acme', 'X'); update billing.services set account = 'X'",
    ],
  ])("a hand that %s is found and put right", async (_, text) => {
    await books.pool.query(text);
    await site.scan();
    expect(await services()).toEqual(["SUB-john ACC-1 ACTIVE"]);
    expect(await subscriptions()).toEqual(["plan ACTIVE res-100 29.90"]);
  });
  it("a suspension is carried out as declared, and also when RADIUS is down", async () => {
    const up = await down(site.radius, books);
    const pausing = suspended(john());
    await site.submitNow(
      base({
        ...pausing,
        spec: { ...pausing.spec, suspension: { reason: "NonPayment", mode: "Reject", billing: "Pause" } },
      }),
    );
    await site.until(async () => (await services())[0] === "SUB-john ACC-1 SUSPENDED Pause");
    expect(await subscriptions()).toEqual(["plan PAUSED res-100 29.90"]);
    await up();
    await site.settle(60_000);
    expect(await site.condition("john", "Ready")).toBe("True Suspended");
    await site.declare(base(john()));
    expect(await services()).toEqual(["SUB-john ACC-1 ACTIVE"]);
    expect(await subscriptions()).toEqual(["plan ACTIVE res-100 29.90"]);
  });
  it("a plan that is lost during a suspension changes nothing of what is charged", async () => {
    const pausing = priced("res-100", "29.90", { suspension: { mode: "Reject", billing: "Pause" } });
    const products = [
      { product: "iptv", trial: false },
      { product: "res-100", trial: false },
    ];
    const spec = { ...suspended(john()).spec, billing: { account: "ACC-1", subscriptions: products } };
    const away: Subscriber = { ...john(), spec: { ...spec, suspension: { reason: "NonPayment" } } };
    await site.declare(base(pausing, away));
    const before = [await services(), await subscriptions()];
    expect(before).toEqual([
      ["SUB-john ACC-1 SUSPENDED Pause"],
      ["addon.iptv PAUSED iptv ", "plan PAUSED res-100 29.90"],
    ]);
    await site.declare(base(pausing, away).filter((o) => o.kind !== "ServicePlan"));
    expect([await services(), await subscriptions()]).toEqual(before);
    await site.scan();
    expect([await services(), await subscriptions()]).toEqual(before);
  });
  it("another plan counts from the next period, and taken back it leaves nothing", async () => {
    const fiber = priced("fiber-1g", "59.90", { speed: { down: "1Gbps", up: "500Mbps" } });
    await site.declare(base(fiber, john()));
    expect(await subscriptions()).toEqual(["plan ACTIVE res-100 29.90", "plan ACTIVE fiber-1g 59.90 waits"]);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
    await site.declare(base(john()));
    expect(await subscriptions()).toEqual(["plan ACTIVE res-100 29.90"]);
  });
  it("a billing database that is restarted holds nothing but billing", async () => {
    const up = await down(books, site.radius);
    await site.submitNow(base(suspended(john())));
    await site.until(
      async () => (await site.accounts()).get("john@acme.example")?.check.includes("Auth-Type := Reject") ?? false,
    );
    await up();
    await site.settle(60_000);
    expect(await services()).toEqual(["SUB-john ACC-1 SUSPENDED Continue"]);
  });
  it("an account that two share ends with the second", async () => {
    await site.declare(base(john(), john("ACC-1", "mary")));
    const open = () => one("select closed_at is null as open from billing.customers");
    await site.declare(base(john("ACC-1", "mary")));
    expect(await open()).toEqual({ open: true });
    await site.declare(base());
    expect(await open()).toEqual({ open: false });
  });
});

describe("the bill ends", () => {
  it.each([
    ["terminated", () => [terminated(john())]],
    ["withdrawn", () => []],
  ])("%s: cancelled at once; back within retention it is the same account and service", async (_, gone) => {
    await site.declare(base(john()));
    const identity = () =>
      one(
        "select v.id, v.activated_at, c.id as customer, s.id as subscription from billing.services v, billing.customers c, billing.subscriptions s",
      );
    const before = await identity();
    await site.declare(base(...gone()));
    expect(await services()).toEqual(["SUB-john ACC-1 CANCELLED"]);
    expect(await subscriptions()).toEqual(["plan CANCELLED res-100 29.90"]);
    await site.declare(base(john()));
    expect(await services()).toEqual(["SUB-john ACC-1 ACTIVE"]);
    expect(await identity()).toEqual(before);
  });
  it("independently of RADIUS", async () => {
    await site.declare(base(john()));
    const up = await down(site.radius, books);
    await site.submitNow(base());
    await site.until(async () => (await services())[0] === "SUB-john ACC-1 CANCELLED");
    await up();
    await site.settle(60_000);
    expect((await site.accounts()).get("john@acme.example")?.retired).toBe(true);
  });
  it("after retention nothing of the customer is left, in billing and in the store", async () => {
    await site.declare(base(john()));
    await site.declare(base());
    await site.endRetention();
    for (const table of ["customers", "contacts", "services", "subscriptions", "prices"])
      expect([table, (await books.pool.query(`select * from billing.${table}`)).rowCount]).toEqual([table, 0]);
    for (const table of ["ledger", "claims"]) expect([table, await site.count(table)]).toEqual([table, 0]);
    expect(await site.count("inventory", "owner like '%/Subscriber/%'")).toBe(0);
  });
});

it("plans and audit rows hold no personal data", async () => {
  await site.declare(base(john()));
  await site.declare(base());
  const audit = await site.store.pool.query("select t::text from lastmile.audit t");
  expect(audit.rowCount).toBeGreaterThan(4);
  for (const value of ["John Doe", "john@example.com"]) {
    expect(JSON.stringify(audit.rows)).not.toContain(value);
    expect(JSON.stringify([...site.reports.values()])).not.toContain(value);
  }
});
