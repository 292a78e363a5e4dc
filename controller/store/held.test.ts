import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { type Approvals, openApprovals } from "./approvals.ts";
import { openCalls } from "./calls.ts";
import { type HeldPlans, type HeldRow, openHeld } from "./held.ts";
import { type Leases, openLeases } from "./leases.ts";

let db: FreshDatabase;
let leases: Leases;
let held: HeldPlans;
let approvals: Approvals;
beforeAll(async () => {
  db = await freshDatabase();
  leases = openLeases(openCalls(db.pool), "one");
  held = openHeld(openCalls(db.pool), leases);
  approvals = openApprovals(openCalls(db.pool));
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.pool.query("truncate lastmile.held, lastmile.approvals");
  await leases.acquire(60_000);
});

const owner = (n: number, tenant = "acme"): string => `lab/${tenant}/Subscriber/isp/s${String(n).padStart(2, "0")}`;
const row = (n: number, more: Partial<HeldRow> = {}, tenant?: string): HeldRow => ({
  owner: owner(n, tenant),
  planId: `p${n}`,
  reason: "DestructiveLimit",
  impact: "retire",
  tuples: [`radius/account/s${n}|retire|4,"2"|d1gest`, `voltha/onu/s${n}|retire|7|d1gest`],
  said: [`retire radius/account/s${n}`, `retire voltha/onu/s${n}`],
  ...more,
});
const ids = async (...tenants: readonly string[]) =>
  (await held.heldSets(tenants.length > 0 ? tenants : ["acme"])).map((s) => s.changeSet);
const approve = (tuples: readonly string[], expires = Date.now() + 60_000) =>
  approvals.approve(tuples, { whom: "ann", at: Date.now(), expires });

test("a row comes back as it was written, and the last word of one call counts", async () => {
  await held.writeHeld([row(1, { planId: "older" }), row(1), row(2)]);
  expect(await held.heldPlans()).toEqual([row(1), row(2)]);
  await held.dropHeld([owner(1)]);
  expect(await held.heldPlans()).toEqual([row(2)]);
});

describe("a set", () => {
  test("counts those of one tenant, reason and impact, and shows the first ten", async () => {
    const twelve = Array.from({ length: 12 }, (_, n) => row(n + 1));
    await held.writeHeld([...twelve, row(20, { impact: "suspend" }), row(1, {}, "rival")]);
    const sets = await held.heldSets(["acme"]);
    expect(sets.map((s) => [s.tenant, s.impact, s.subscribers, s.changes])).toEqual([
      ["acme", "retire", 12, 24],
      ["acme", "suspend", 1, 2],
    ]);
    expect(sets[0]?.examples).toHaveLength(10);
    expect(sets[0]?.examples[0]).toEqual({ owner: owner(1), said: row(1).said });
    expect(sets[0]?.changeSet).toMatch(/^[0-9a-f]{12}$/);
    expect(await held.heldIn(sets[0]?.changeSet ?? "")).toEqual(twelve);
  });

  const same: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["a row is written again", () => held.writeHeld([row(1)])],
    [
      "something else of the declaration changed, which nobody has to approve",
      () => held.writeHeld([row(1, { planId: "x" })]),
    ],
    ["another tenant's is held too", () => held.writeHeld([row(5, {}, "rival")])],
    ["others are held for another reason", () => held.writeHeld([row(5, { reason: "NeedsApproval" })])],
  ];
  test.each(same)("keeps its name when %s", async (_, happens) => {
    await held.writeHeld([row(1), row(2)]);
    const [before] = await ids();
    await happens();
    expect(await ids()).toContain(before);
  });
  const other: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["one more is held", () => held.writeHeld([row(3)])],
    ["one is held no longer", () => held.dropHeld([owner(2)])],
    [
      "something else is found in a system",
      () => held.writeHeld([row(1, { tuples: ["radius/account/s1|retire|42|other"] })]),
    ],
    ["some of it was approved", () => approve(row(2).tuples)],
  ];
  test.each(other)("has another name when %s", async (_, happens) => {
    await held.writeHeld([row(1), row(2)]);
    const [before] = await ids();
    await happens();
    expect(await ids()).toHaveLength(1);
    expect(await ids()).not.toContain(before);
    expect(await held.heldIn(before ?? "")).toEqual([]);
  });

  test("waits no more when all of it is approved, and again when that is over", async () => {
    await held.writeHeld([row(1)]);
    const before = await ids();
    await approve(row(1).tuples.slice(1));
    expect(await ids()).toEqual(before); // in part is not enough: they go together
    await approve(row(1).tuples);
    expect(await ids()).toEqual([]);
    await approve(row(1).tuples, Date.now() - 1);
    expect(await ids()).toEqual(before);
  });
  test("tells since when the first of it has waited, whatever is written of it since", async () => {
    await held.writeHeld([row(1)]);
    await db.pool.query("update lastmile.held set since = '2026-01-01T00:00:00Z'");
    await held.writeHeld([row(1, { planId: "x" }), row(2)]);
    expect((await held.heldSets(["acme"]))[0]?.since).toBe(Date.UTC(2026, 0, 1));
  });
});

test("an old holder writes nothing", async () => {
  await openLeases(openCalls(db.pool), "one").acquire();
  await expect(held.writeHeld([row(1)])).rejects.toMatchObject({ code: "Fenced" });
  await expect(held.dropHeld([owner(1)])).rejects.toMatchObject({ code: "Fenced" });
});
