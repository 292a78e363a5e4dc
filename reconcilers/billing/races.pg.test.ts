/** Calls that meet in the database: several processes and lanes write at the same time. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { billed, billing } from "../../test/contract/billing.subjects.ts";
import { signal } from "../../test/contract/hand.ts";
import { type Ledger, openLedger, orderFor } from "../../test/lab/billing.ts";
import { database } from "../postgres.ts";
import { addonSlot } from "./keys.ts";
import { postgresDriver } from "./postgres-driver.ts";

let ledger: Ledger;
beforeEach(async () => {
  ledger = await openLedger();
});
afterEach(() => ledger.close());

/** Two on each of a few accounts. */
const couples = [0, 1, 2, 3].flatMap((pair) =>
  [2 * pair + 1, 2 * pair + 2].map(
    (n): ResolvedSubscriber => ({ ...billed(n), state: "Active", billing: billing(n, { account: `ACC-${pair}` }) }),
  ),
);
const count = async (table: string) => (await ledger.rows(`select * from billing.${table}`)).length;

test("two that come to one account at the same moment share it", async () => {
  await Promise.all(couples.map((s) => ledger.declare(s)));
  expect([await count("customers"), await count("contacts"), await count("services")]).toEqual([4, 8, 8]);
  const strays =
    "select from billing.customers c where name is distinct from (select name from billing.contacts m where m.account = c.account order by since, number limit 1)";
  expect(await ledger.rows(strays)).toEqual([]);
});
test("two that leave one account at the same moment leave none behind", async () => {
  for (const s of couples) await ledger.declare(s);
  await Promise.all(couples.map((s) => ledger.retire(s)));
  expect(await ledger.rows("select from billing.customers where closed_at is null")).toEqual([]);
  await Promise.all(couples.map((s) => ledger.purge(s)));
  expect([await count("customers"), await count("contacts"), await count("services")]).toEqual([0, 0, 0]);
});

test("a product that is added while its service is being suspended is charged as its service is", async () => {
  for (const s of couples) await ledger.declare(s);
  const driver = postgresDriver(database(ledger.pool));
  const suspend = couples.map((s) => orderFor(s, "activation", "update", { state: "SUSPENDED", charges: "Pause" }));
  for (let round = 0; round < 10; round++) {
    const addon = { product: `p${round}`, trial: false };
    const add = couples.toReversed().map((s) => orderFor(s, "subscription", "create", addon, addonSlot(addon.product)));
    const resume = suspend.map((o) => ({ ...o, patch: { state: "ACTIVE", charges: null } }));
    await Promise.all([driver.apply("activation", suspend, signal), driver.apply("subscription", add, signal)]);
    const odd = "select state, count(*)::int from billing.subscriptions group by state";
    expect(await ledger.rows(odd)).toEqual([{ state: "PAUSED", count: couples.length * (round + 2) }]);
    await driver.apply("activation", resume, signal);
  }
});
