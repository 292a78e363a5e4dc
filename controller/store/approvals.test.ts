import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { type Approvals, openApprovals } from "./approvals.ts";
import { openCalls } from "./calls.ts";

let db: FreshDatabase;
let approvals: Approvals;
beforeAll(async () => {
  db = await freshDatabase();
  approvals = openApprovals(openCalls(db.pool));
});
afterAll(() => db.drop());
beforeEach(() => db.pool.query("truncate lastmile.approvals"));

const now = Date.now();
const by = { whom: "ann", at: now, expires: now + 60_000 };
const tuple = (n: number): string => `radius/account/s${n}|retire|42|d1gest`;

test("what was approved is valid until it expires", async () => {
  await approvals.approve([tuple(1), tuple(1), tuple(2)], by);
  await approvals.approve([tuple(3)], { ...by, expires: now - 1 });
  expect(await approvals.approved()).toEqual(new Set([tuple(1), tuple(2)]));
});

test("approving again renews, revoking ends", async () => {
  await approvals.approve([tuple(1), tuple(2)], { ...by, expires: now - 1 });
  await approvals.approve([tuple(1), tuple(2)], { ...by, whom: "bob", why: "a test" });
  await approvals.revoke([tuple(2)]);
  expect(await approvals.approvals()).toEqual([
    { tuple: tuple(1), by: "bob", at: now, expires: by.expires, changeSet: undefined, why: "a test" },
  ]);
});

test("a change set names the tuples that were approved together", async () => {
  await approvals.approve([tuple(2), tuple(1)], { ...by, changeSet: "cs-1" });
  await approvals.approve([tuple(3)], by);
  expect((await approvals.approvals("cs-1")).map((a) => a.tuple)).toEqual([tuple(1), tuple(2)]);
});
