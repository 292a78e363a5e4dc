import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { openCalls } from "./calls.ts";
import { type Leases, openLeases } from "./leases.ts";
import { openStatuses, type Statuses } from "./status.ts";

let db: FreshDatabase;
let leases: Leases;
let statuses: Statuses;
beforeAll(async () => {
  db = await freshDatabase();
  leases = openLeases(openCalls(db.pool), "one");
  statuses = openStatuses(openCalls(db.pool), leases);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.pool.query("truncate lastmile.status");
  await leases.acquire(60_000);
});
const owner = (n: number, tenant = "acme"): string => `lab/${tenant}/Subscriber/acme/s${n}`;

test("a status that is the same is not written, whatever the order of its fields", async () => {
  expect(await statuses.writeStatus([{ owner: owner(1), status: { a: 1, b: [true, null] } }])).toEqual([owner(1)]);
  expect(await statuses.writeStatus([{ owner: owner(1), status: { b: [true, null], a: 1 } }])).toEqual([]);
  const both = [
    { owner: owner(1), status: { a: 2 } },
    { owner: owner(2), status: null },
  ];
  expect(await statuses.writeStatus(both)).toEqual([owner(1), owner(2)]);
  expect(await statuses.statusOf([owner(2), owner(1), owner(3)])).toEqual(
    new Map<string, unknown>([
      [owner(1), { a: 2 }],
      [owner(2), null],
    ]),
  );
});

test("a digest stands until the status is written without one", async () => {
  const status = { a: 1 };
  const digests = async () => [...(await statuses.statusDigests([owner(1), owner(2)]))];
  await statuses.writeStatus([
    { owner: owner(1), status, digest: "of a" },
    { owner: owner(2), status },
  ]);
  expect(await digests()).toEqual([[owner(1), "of a"]]);
  await statuses.writeStatus([{ owner: owner(1), status }]);
  expect(await digests()).toEqual([]);
});

test("of one owner twice in a call the last word counts", async () => {
  await statuses.writeStatus([
    { owner: owner(1), status: 1 },
    { owner: owner(1), status: 2 },
  ]);
  expect((await statuses.statusOf([owner(1)])).get(owner(1))).toBe(2);
});

test("by tenant, ordered by owner, until dropped", async () => {
  await statuses.writeStatus([owner(2), owner(1), owner(9, "rival")].map((o) => ({ owner: o, status: "s" })));
  expect([...(await statuses.statusOfTenant("acme")).keys()]).toEqual([owner(1), owner(2)]);
  await statuses.dropStatus([owner(1)]);
  expect([...(await statuses.statusOfTenant("acme")).keys()]).toEqual([owner(2)]);
});

test("who is not ready, or says nothing of it, is known", async () => {
  const ready = (status: string, reason = "Converged") => ({
    conditions: [
      { type: "InSync", status: "True" },
      { type: "Ready", status, reason },
    ],
  });
  const waits = ready("True", "AwaitingDevice");
  const all = [ready("True"), ready("False"), ready("Unknown"), { conditions: [] }, {}, waits];
  await statuses.writeStatus(all.map((status, n) => ({ owner: owner(n + 1), status })));
  expect(await statuses.notReady()).toEqual([owner(2), owner(3), owner(4), owner(5), owner(6)]);
});

test("an old holder writes no status", async () => {
  await openLeases(openCalls(db.pool), "one").acquire();
  await expect(statuses.writeStatus([{ owner: owner(1), status: 1 }])).rejects.toMatchObject({ code: "Fenced" });
  await expect(statuses.dropStatus([owner(1)])).rejects.toMatchObject({ code: "Fenced" });
});
