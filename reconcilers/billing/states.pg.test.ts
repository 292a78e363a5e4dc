/** A subscriber's service and subscriptions from registration to removal, and the events that they leave. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ResolvedBilling, ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { billed, billing } from "../../test/contract/billing.subjects.ts";
import { type Ledger, openLedger } from "../../test/lab/billing.ts";

let ledger: Ledger;
beforeEach(async () => {
  ledger = await openLedger();
});
afterEach(() => ledger.close());

const sub = (more: Partial<ResolvedBilling> = {}, rest: Partial<ResolvedSubscriber> = {}): ResolvedSubscriber => ({
  ...billed(1),
  state: "Active",
  billing: billing(1, { subscriptions: [], ...more }),
  ...rest,
});
const unsurveyed = sub({ surveyPassed: false });
const suspended = (mode: ResolvedBilling["suspended"]) => sub({ suspended: mode }, { state: "Suspended" });
const withAddon = sub({
  subscriptions: [
    { product: "res-100", trial: false },
    { product: "iptv", trial: false },
  ],
});

const states = async () => {
  const [service] = await ledger.rows("select state, charges from billing.services");
  const subs = await ledger.rows("select slot, state from billing.subscriptions order by slot desc");
  return [service?.["state"], service?.["charges"], ...subs.map((s) => `${s["slot"]} ${s["state"]}`)];
};
const times = async () =>
  (
    await ledger.rows(
      "select id, activated_at is not null as activated, suspended_at is not null as suspended, ended_at is not null as ended from billing.services",
    )
  )[0];

describe("before the facts are observed", () => {
  test("it is registered, and nothing is charged", async () => {
    await ledger.declare(unsurveyed);
    expect(await states()).toEqual(["PENDING", null, "plan PENDING"]);
    expect(await times()).toMatchObject({ activated: false });
  });
  test("a trial says so until it begins, and is active then", async () => {
    const trial = (more: Partial<ResolvedBilling>) =>
      sub({ subscriptions: [{ product: "res-100", trial: true }], ...more });
    await ledger.declare(trial({ surveyPassed: false }));
    expect(await states()).toEqual(["PENDING", null, "plan TRIAL"]);
    await ledger.declare(trial({}));
    expect(await states()).toEqual(["ACTIVE", null, "plan ACTIVE"]);
  });
  test("who is active stays so when another survey is due, such as for a house move", async () => {
    await ledger.declare(sub());
    await ledger.declare(unsurveyed);
    expect(await states()).toEqual(["ACTIVE", null, "plan ACTIVE"]);
  });
  test("who is suspended before it ever began is not charged", async () => {
    await ledger.declare(suspended("Continue"));
    expect(await states()).toEqual(["SUSPENDED", "Continue", "plan PENDING"]);
    await ledger.declare(unsurveyed);
    expect(await states()).toEqual(["PENDING", null, "plan PENDING"]);
  });
  test("withdrawn while RADIUS is away and declared again, it waits as before", async () => {
    await ledger.register(sub());
    await ledger.retire(sub());
    expect(await states()).toEqual(["CANCELLED", null, "plan CANCELLED"]);
    await ledger.register(sub());
    expect(await states()).toEqual(["PENDING", null, "plan PENDING"]);
  });
  test("withdrawn before it began, it is cancelled, and begins anew", async () => {
    await ledger.declare(unsurveyed);
    await ledger.retire(unsurveyed);
    expect(await states()).toEqual(["CANCELLED", null, "plan CANCELLED"]);
    await ledger.declare(unsurveyed);
    expect(await states()).toEqual(["PENDING", null, "plan PENDING"]);
  });
});

describe("suspended", () => {
  test.each([
    ["Continue", "ACTIVE"],
    ["Pause", "PAUSED"],
    ["ReducedFee", "REDUCED"],
  ] as const)("%s: the subscription is %s, and active again when resumed", async (mode, state) => {
    await ledger.declare(sub());
    const since = await times();
    await ledger.declare(suspended(mode));
    expect(await states()).toEqual(["SUSPENDED", mode, `plan ${state}`]);
    expect(await times()).toEqual({ ...since, suspended: true });
    await ledger.declare(sub());
    expect(await states()).toEqual(["ACTIVE", null, "plan ACTIVE"]);
    expect(await times()).toEqual(since);
  });
  test("resumed while a survey is due: it was active, so it is", async () => {
    await ledger.declare(sub());
    await ledger.declare(suspended("Pause"));
    await ledger.declare(unsurveyed);
    expect(await states()).toEqual(["ACTIVE", null, "plan ACTIVE"]);
  });
  test("what is added meanwhile is charged alike", async () => {
    await ledger.declare(sub());
    await ledger.declare(suspended("Pause"));
    await ledger.declare({ ...withAddon, state: "Suspended" });
    expect(await states()).toEqual(["SUSPENDED", "Pause", "plan PAUSED", "addon.iptv PAUSED"]);
  });
});

describe("ended", () => {
  const until = async () =>
    (
      await ledger.rows(
        "select slot, effective_to::text as to, effective_to = billing.today() as now from billing.subscriptions order by slot desc",
      )
    ).map((s) => [s["slot"], s["to"] === null ? "open" : s["now"] ? "today" : "period"]);

  test("terminated: cancelled at once, and charged no longer than today", async () => {
    await ledger.declare(withAddon);
    await ledger.retire(withAddon);
    expect(await states()).toEqual(["CANCELLED", null, "plan CANCELLED", "addon.iptv CANCELLED"]);
    expect(await until()).toEqual([
      ["plan", "today"],
      ["addon.iptv", "today"],
    ]);
  });
  test("one product taken away is charged to the end of its period; the service's own end comes first", async () => {
    await ledger.declare(withAddon);
    await ledger.declare(sub());
    expect(await states()).toEqual(["ACTIVE", null, "plan ACTIVE", "addon.iptv CANCELLED"]);
    expect(await until()).toEqual([
      ["plan", "open"],
      ["addon.iptv", "period"],
    ]);
    await ledger.declare(suspended("Pause"));
    expect((await states()).at(-1), "what has ended follows nobody").toBe("addon.iptv CANCELLED");
    await ledger.retire(sub());
    expect((await until())[1]).toEqual(["addon.iptv", "today"]);
  });
  test("back within retention it is the same account, service and subscription, active since the first day", async () => {
    await ledger.declare(sub());
    const ids =
      "select s.id, v.id as service, c.id as customer, v.activated_at, s.effective_from, s.effective_to, c.closed_at from billing.subscriptions s, billing.services v, billing.customers c";
    const before = await ledger.rows(ids);
    await ledger.retire(sub());
    expect(await ledger.rows(ids)).not.toEqual(before);
    await ledger.declare(sub());
    expect(await ledger.rows(ids)).toEqual(before);
    expect(await states()).toEqual(["ACTIVE", null, "plan ACTIVE"]);
  });
  test("after retention nothing is left but the events", async () => {
    await ledger.declare(withAddon);
    await ledger.retire(withAddon);
    await ledger.purge(withAddon);
    for (const table of [
      "billing.customers",
      "billing.contacts",
      "billing.services",
      "billing.subscriptions",
      "billing.prices",
      "lastmile.billing_owner",
    ])
      expect([table, await ledger.rows(`select * from ${table}`)]).toEqual([table, []]);
  });
  test("what is charged again by hand after its end is not taken for ended", async () => {
    await ledger.declare(sub());
    await ledger.retire(sub());
    await ledger.pool.query("update billing.services set state = 'ACTIVE'");
    await ledger.retire(sub());
    expect(await states()).toEqual(["CANCELLED", null, "plan CANCELLED"]);
  });
});

describe("events", () => {
  test("one for each transition, in order, and none for what changes nothing", async () => {
    await ledger.declare(unsurveyed);
    await ledger.declare(sub());
    await ledger.declare(sub());
    await ledger.declare(suspended("Pause"));
    await ledger.declare(suspended("ReducedFee"));
    await ledger.declare(sub());
    await ledger.retire(sub());
    await ledger.retire(sub());
    await ledger.purge(sub());
    expect(await ledger.events()).toEqual([
      "customer >OPEN",
      "service >PENDING",
      "subscription plan >PENDING",
      "price plan >CURRENT",
      "service PENDING>ACTIVE",
      "subscription plan PENDING>ACTIVE",
      "service ACTIVE>SUSPENDED",
      "subscription plan ACTIVE>PAUSED",
      "service SUSPENDED>SUSPENDED",
      "subscription plan PAUSED>REDUCED",
      "service SUSPENDED>ACTIVE",
      "subscription plan REDUCED>ACTIVE",
      "service ACTIVE>CANCELLED",
      "subscription plan ACTIVE>CANCELLED",
      "customer OPEN>CLOSED",
      "subscription plan CANCELLED>",
      "service CANCELLED>",
      "customer CLOSED>",
    ]);
  });
  test("a hand that changes a state leaves one too, and what follows it", async () => {
    await ledger.declare(sub());
    await ledger.pool.query("update billing.services set state = 'SUSPENDED', charges = 'Pause'");
    await ledger.declare(sub());
    expect((await ledger.events()).slice(-4)).toEqual([
      "service ACTIVE>SUSPENDED",
      "subscription plan ACTIVE>PAUSED",
      "service SUSPENDED>ACTIVE",
      "subscription plan PAUSED>ACTIVE",
    ]);
  });
  test("an end that moves leaves another one: a subscription that is retired before its service ends when that does", async () => {
    await ledger.declare(sub());
    await ledger.pool.query(
      "update billing.subscriptions set state = 'CANCELLED', effective_to = billing.today() + 20",
    );
    await ledger.retire(sub());
    const told = await ledger.rows(
      "select detail ->> 'effective_to' as until from billing.events where after = 'CANCELLED' and kind = 'subscription' order by id",
    );
    const [today] = await ledger.rows("select billing.today()::text as until");
    expect(told).toHaveLength(2);
    expect(told.at(-1)).toEqual(today);
  });
  test("none holds personal data", async () => {
    await ledger.declare(sub());
    await ledger.retire(sub());
    const text = JSON.stringify(await ledger.rows("select * from billing.events"));
    for (const value of ["John", "example.com", "+49", "Main St"]) expect(text).not.toContain(value);
  });
});
