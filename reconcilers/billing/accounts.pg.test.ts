/** Several subscribers on one account, and what becomes of personal data. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { billed, billing, CUSTOMER } from "../../test/contract/billing.subjects.ts";
import { signal } from "../../test/contract/hand.ts";
import { type Ledger, openLedger, orderFor } from "../../test/lab/billing.ts";
import { database } from "../postgres.ts";
import { addonSlot } from "./keys.ts";
import { postgresDriver } from "./postgres-driver.ts";
import { resource } from "./resources.ts";

let ledger: Ledger;
beforeEach(async () => {
  ledger = await openLedger();
});
afterEach(() => ledger.close());

/** The n-th subscriber, on a shared account. */
const sub = (n: number, account = "ACC-1"): ResolvedSubscriber => ({
  ...billed(n),
  state: "Active",
  billing: billing(n, { account }),
});
const accounts = async () =>
  (await ledger.rows("select account, name, closed_at is null as open from billing.customers order by account")).map(
    (c) => `${c["account"]} ${c["name"] ?? "-"} ${c["open"] ? "open" : "closed"}`,
  );
const name = (n: number): string => CUSTOMER(n).name;

describe("a shared account", () => {
  test("says what its first subscriber says, and nobody fights over it", async () => {
    await ledger.declare(sub(1));
    await ledger.declare(sub(2));
    const events = await ledger.events();
    for (const n of [1, 2, 1, 2]) await ledger.declare(sub(n));
    expect(await accounts()).toEqual([`ACC-1 ${name(1)} open`]);
    expect(await ledger.events()).toEqual(events);
  });
  test("goes on with the next when the first leaves, and ends only with its last", async () => {
    await ledger.declare(sub(1));
    await ledger.declare(sub(2));
    await ledger.retire(sub(1));
    expect(await accounts()).toEqual([`ACC-1 ${name(2)} open`]);
    await ledger.purge(sub(1));
    expect(await accounts()).toEqual([`ACC-1 ${name(2)} open`]);
    await ledger.retire(sub(2));
    expect(await accounts()).toEqual([`ACC-1 ${name(2)} closed`]);
    await ledger.purge(sub(2));
    expect(await accounts()).toEqual([]);
  });
  test("is open again as the same one when any of them returns", async () => {
    await ledger.declare(sub(1));
    await ledger.declare(sub(2));
    const id = await ledger.rows("select id from billing.customers");
    for (const n of [1, 2]) await ledger.retire(sub(n));
    await ledger.declare(sub(2));
    expect(await accounts()).toEqual([`ACC-1 ${name(2)} open`]);
    expect(await ledger.rows("select id from billing.customers")).toEqual(id);
  });
  test("a subscriber that moves to another account takes its service along", async () => {
    await ledger.declare(sub(1));
    await ledger.declare(sub(2));
    await ledger.declare(sub(2, "ACC-2"));
    expect(await accounts()).toEqual([`ACC-1 ${name(1)} open`, `ACC-2 ${name(2)} open`]);
    expect(await ledger.rows("select number, account, state from billing.services order by 1")).toEqual([
      { number: "S-1", account: "ACC-1", state: "ACTIVE" },
      { number: "S-2", account: "ACC-2", state: "ACTIVE" },
    ]);
  });
  test("is not shared with another installation", async () => {
    await ledger.declare(sub(1));
    const theirs = { ...sub(2), owner: { ...sub(2).owner, installation: "other" } };
    await expect(ledger.declare(theirs)).rejects.toMatchObject({ code: "NotOwned" });
    expect(await accounts()).toEqual([`ACC-1 ${name(1)} open`]);
  });
  test("shows whether any of its services is connected", async () => {
    const shown = async () =>
      (await ledger.rows("select installation, connection, services::int from billing.connections"))[0];
    await ledger.declare({ ...sub(1), billing: { ...sub(1).billing, surveyPassed: false } });
    expect(await shown()).toEqual({ installation: "Pending", connection: "Inactive", services: 1 });
    await ledger.declare(sub(2));
    expect(await shown()).toEqual({ installation: "Completed", connection: "Active", services: 2 });
  });
});

describe("an account that somebody else made", () => {
  beforeEach(async () => {
    await ledger.rows("insert into billing.customers (tenant, account, name) values ('acme', 'ACC-1', 'Theirs')");
  });
  test("is seen, and gives nothing that a service could be built on", async () => {
    const customer = resource(postgresDriver(database(ledger.pool)), "billing-1", "customer");
    const { ref, token } = orderFor(sub(1), "customer", "adopt", {}, "ACC-1");
    const look = async () =>
      [...(await customer.observe([{ ref, token, id: undefined }], signal)).values()].map((o) => [o.token, o.outputs]);
    expect(await look()).toEqual([[undefined, {}]]);
    await customer.apply([orderFor(sub(1), "customer", "adopt", {}, "ACC-1")], signal);
    expect(await look()).toEqual([[token, { account: "ACC-1" }]]);
  });
  test("has no service booked on it by whoever looked before", async () => {
    const driver = postgresDriver(database(ledger.pool));
    const order = orderFor(sub(1), "service", "create", { account: "ACC-1" });
    expect(await driver.apply("service", [order], signal)).toMatchObject([{ kind: "Conflict", code: "NoAccount" }]);
    expect(await ledger.rows("select number from billing.services")).toEqual([]);
  });
});

describe("beside a service of somebody else", () => {
  const thief = { ...sub(1), owner: { ...sub(1).owner, name: "thief" } };
  test.each(["create", "adopt"] as const)("nothing can be charged: %s", async (action) => {
    await ledger.declare(sub(1));
    const driver = postgresDriver(database(ledger.pool));
    const addon = orderFor(thief, "subscription", action, { product: "iptv" }, addonSlot("iptv"));
    expect(await driver.apply("subscription", [addon], signal)).toMatchObject([
      { kind: "Conflict", code: "NoService" },
    ]);
    const suspend = orderFor(thief, "activation", action, { state: "SUSPENDED" });
    expect(await driver.apply("activation", [suspend], signal)).toMatchObject([{ kind: "Conflict", code: "NotOwned" }]);
    expect(await ledger.rows("select state from billing.subscriptions")).toEqual([{ state: "ACTIVE" }]);
  });
});

describe("erasure of personal data", () => {
  const personal = async () =>
    JSON.stringify(await ledger.rows("select * from billing.customers c, billing.contacts m, billing.services s"));
  const erase = (n: number) => ledger.rows("select billing.erase('acme', $1) as erased", `S-${n}`);

  test("leaves nothing of the person, and one event", async () => {
    await ledger.declare(sub(1));
    await ledger.retire(sub(1));
    expect(await erase(1)).toEqual([{ erased: 1 }]);
    for (const field of ["name", "email", "phone", "address"] as const)
      expect(await personal()).not.toContain(CUSTOMER(1)[field]);
    expect(await personal(), "the user name is in the metadata").not.toContain("s1@acme.example");
    expect((await ledger.events()).at(-1)).toBe("contact >ERASED");
  });
  test("is refused while the subscriber is served", async () => {
    await ledger.declare(sub(1));
    await expect(erase(1)).rejects.toThrow("withdraw or terminate it first");
    expect(await accounts()).toEqual([`ACC-1 ${name(1)} open`]);
  });
  test("leaves the others of the account alone", async () => {
    await ledger.declare(sub(1));
    await ledger.declare(sub(2));
    await ledger.retire(sub(1));
    await erase(1);
    expect(await accounts()).toEqual([`ACC-1 ${name(2)} open`]);
    expect(await personal()).not.toContain(CUSTOMER(1).email);
  });
  test("who comes back is written anew", async () => {
    await ledger.declare(sub(1));
    await ledger.retire(sub(1));
    await erase(1);
    await ledger.declare(sub(1));
    expect(await accounts()).toEqual([`ACC-1 ${name(1)} open`]);
  });
});
