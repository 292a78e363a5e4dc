/** Prices and products change from the next period, and never in the running one. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ResolvedBilling, ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { billed, billing } from "../../test/contract/billing.subjects.ts";
import { type Ledger, openLedger } from "../../test/lab/billing.ts";

let ledger: Ledger;
beforeEach(async () => {
  ledger = await openLedger();
});
afterEach(() => ledger.close());

const at = (amount: string, product = "res-100", more: Partial<ResolvedBilling> = {}): ResolvedSubscriber => ({
  ...billed(1),
  state: "Active",
  billing: billing(1, {
    subscriptions: [],
    product,
    price: { amount, currency: "EUR", period: "Monthly" },
    ...more,
  }),
});
const pending = (s: ResolvedSubscriber): ResolvedSubscriber => ({
  ...s,
  billing: { ...s.billing, surveyPassed: false },
});
const prices = async () =>
  (
    await ledger.rows(
      `select product, amount::text, case when valid_from <= billing.today() then 'now' else valid_from::text end as from_
       from billing.prices order by valid_from`,
    )
  ).map((p) => [p["product"], p["amount"], p["from_"]].join(" "));
/** As if it had begun that many days ago. */
const age = async (days: number) => {
  await ledger.pool.query(`update billing.subscriptions set effective_from = effective_from - $1::int`, [days]);
  await ledger.pool.query(`update billing.prices set valid_from = valid_from - $1::int`, [days]);
};
const next = async () =>
  (
    await ledger.rows(
      "select billing.next_period(effective_from, 'Monthly', billing.today())::text as d from billing.subscriptions",
    )
  )[0]!["d"];

test("before anything is charged the price is simply another one", async () => {
  await ledger.declare(pending(at("29.90")));
  await ledger.declare(pending(at("39.90", "fiber-1g")));
  expect(await prices()).toEqual(["fiber-1g 39.90 now"]);
});
describe("once it is charged", () => {
  beforeEach(async () => {
    await ledger.declare(at("29.90"));
    await age(10);
  });
  test("a new price waits for the next period, and the running one stays", async () => {
    await ledger.declare(at("39.90"));
    expect(await prices()).toEqual(["res-100 29.90 now", `res-100 39.90 ${await next()}`]);
  });
  test("so does another product, in the same subscription", async () => {
    const id = await ledger.rows("select id from billing.subscriptions");
    await ledger.declare(at("59.90", "fiber-1g"));
    expect(await prices()).toEqual(["res-100 29.90 now", `fiber-1g 59.90 ${await next()}`]);
    expect(await ledger.rows("select id from billing.subscriptions")).toEqual(id);
  });
  test("said twice it is one, with one event", async () => {
    await ledger.declare(at("39.90"));
    const before = await ledger.events();
    await ledger.declare(at("39.90"));
    expect(await ledger.events()).toEqual(before);
    expect(before.at(-1)).toBe("price plan >SCHEDULED");
  });
  test("another mind before the period starts: only the last one waits", async () => {
    await ledger.declare(at("39.90"));
    await ledger.declare(at("49.90"));
    expect(await prices()).toEqual(["res-100 29.90 now", `res-100 49.90 ${await next()}`]);
  });
  test("taken back before the period starts, nothing waits", async () => {
    await ledger.declare(at("39.90"));
    await ledger.declare(at("29.90"));
    expect(await prices()).toEqual(["res-100 29.90 now"]);
    expect((await ledger.events()).slice(-2)).toEqual(["price plan >SCHEDULED", "price plan SCHEDULED>"]);
  });
  test("taken back after the period started, it waits like any other", async () => {
    await ledger.declare(at("39.90"));
    await age(31);
    await ledger.declare(at("29.90"));
    expect(await prices()).toEqual(["res-100 29.90 now", "res-100 39.90 now", `res-100 29.90 ${await next()}`]);
  });
  test("a plan that names no price any more leaves the price to the billing people", async () => {
    await ledger.declare(at("29.90", "res-100", { price: undefined }));
    expect(await prices()).toEqual(["res-100 29.90 now", `res-100  ${await next()}`]);
  });
  test("the same amount in another spelling is the same", async () => {
    await ledger.declare(at("029.90"));
    expect(await prices()).toEqual(["res-100 29.90 now"]);
  });
  test("a price edited by hand is put right from the next period: what was charged is not rewritten", async () => {
    await ledger.pool.query("update billing.prices set amount = 1");
    await ledger.declare(at("29.90"));
    expect(await prices()).toEqual(["res-100 1.00 now", `res-100 29.90 ${await next()}`]);
  });
});

describe("a period begins", () => {
  test.each<[string, string | null, string, string, string]>([
    ["2026-01-31", "Monthly", "2026-02-01", "2026-02-28", "the last day of a shorter month"],
    ["2026-01-31", "Monthly", "2026-02-28", "2026-03-31", "and the 31st again after it"],
    ["2026-01-15", "Monthly", "2026-01-15", "2026-02-15", "the first day is in the first period"],
    ["2026-01-15", "Monthly", "2026-02-14", "2026-02-15", "the day before"],
    ["2026-01-15", "Quarterly", "2026-06-01", "2026-07-15", "three months"],
    ["2024-02-29", "Annual", "2026-03-01", "2027-02-28", "a leap day"],
    ["2026-01-01", "Weekly", "2026-01-08", "2026-01-15", "seven days"],
    ["2026-05-01", "Monthly", "2026-01-01", "2026-05-01", "not before it began"],
    ["2026-01-15", null, "2026-01-20", "2026-02-15", "without a period: a month"],
  ])("%s %s after %s: %s, %s", async (anchor, period, after, expected) => {
    const [row] = await ledger.rows(
      "select billing.next_period($1::date, $2, $3::date)::text as d",
      anchor,
      period,
      after,
    );
    expect(row!["d"]).toBe(expected);
  });
});
