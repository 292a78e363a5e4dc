import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { openCalls } from "./calls.ts";
import { type Leases, openLeases } from "./leases.ts";
import { type Json, openStatuses, type Statuses } from "./status.ts";

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

describe("what was written since a mark", () => {
  const since = async (mark: string): Promise<readonly (readonly string[])[]> => {
    const pages: string[][] = [];
    for await (const rows of statuses.statusSince(mark)) pages.push(rows.map((r) => r.owner));
    return pages;
  };
  const write = (n: number, status: Json) => statuses.writeStatus([{ owner: owner(n), status }]);

  test("is told with its content; what did not change since is not", async () => {
    await write(1, { a: 1 });
    await write(2, { a: 1 });
    const mark = await statuses.statusMark();
    expect(await since(mark)).toEqual([]);
    await write(2, { a: 2 });
    await write(1, { a: 1 }); // the same
    await write(3, null);
    const rows = [];
    for await (const page of statuses.statusSince(mark)) rows.push(...page);
    expect(rows).toEqual([
      { owner: owner(2), status: { a: 2 } },
      { owner: owner(3), status: null },
    ]);
    expect((await since("0")).flat()).toEqual([owner(1), owner(2), owner(3)]);
  });

  test("comes in pages, each owner once", async () => {
    const owners = Array.from({ length: 1201 }, (_, n) => owner(n)).sort();
    await statuses.writeStatus(owners.map((o) => ({ owner: o, status: 1 })));
    const pages = await since("0");
    expect(pages.map((p) => p.length)).toEqual([500, 500, 201]);
    expect(pages.flat().toSorted()).toEqual(owners);
  });

  test("is not lost where its transaction ends after later ones, and after the mark was taken", async () => {
    const late = await db.pool.connect();
    try {
      await late.query("begin");
      await late.query("insert into lastmile.status (owner, status) values ($1, '{}')", [owner(1)]);
      await write(2, {});
      const mark = await statuses.statusMark();
      expect((await since("0")).flat()).toEqual([owner(2)]);
      await write(3, {});
      const next = await statuses.statusMark();
      await late.query("commit");
      expect((await since(mark)).flat()).toContain(owner(1));
      expect((await since(next)).flat()).toContain(owner(1));
      expect((await since(await statuses.statusMark())).flat()).toEqual([]);
    } finally {
      late.release();
    }
  });

  test("whoever looks again and again has in the end what is there, whatever others write meanwhile", async () => {
    const seen = new Map<string, Json>();
    let writing = true;
    const writers = Promise.all(
      [1, 2, 3].map(async (w) => {
        for (let n = 0; n < 40; n++)
          await statuses.writeStatus([5, 2, 8].map((o) => ({ owner: owner(o * w), status: { w, n } })));
      }),
    ).then(() => {
      writing = false;
    });
    let mark = "0";
    for (let over = false; !over; ) {
      over = !writing;
      const next = await statuses.statusMark();
      for await (const rows of statuses.statusSince(mark)) for (const r of rows) seen.set(r.owner, r.status);
      mark = next;
    }
    await writers;
    expect(seen).toEqual(await statuses.statusOfTenant("acme"));
  });
});

test("how many stand on a plan is counted beside whatever else is said of it", async () => {
  const [plan, same, none] = [owner(1), owner(2), owner(3)];
  const status = { rollout: { state: "Rolling", released: 2 }, subscribers: 5 };
  await statuses.writeStatus([plan, same].map((o) => ({ owner: o, status, digest: "d" })));
  const mark = await statuses.statusMark();
  await statuses.recount(
    new Map([
      [plan, 4],
      [same, 5],
      [none, 1],
    ]),
  );
  expect(await statuses.statusOf([plan, same, none])).toEqual(
    new Map([
      [plan, { ...status, subscribers: 4 }],
      [same, status],
    ]),
  );
  const told: string[] = [];
  for await (const rows of statuses.statusSince(mark)) told.push(...rows.map((r) => r.owner));
  expect([told, await statuses.statusDigests([plan, same])]).toEqual([[plan], new Map([[same, "d"]])]);
});

test("an old holder writes no status", async () => {
  await openLeases(openCalls(db.pool), "one").acquire();
  await expect(statuses.writeStatus([{ owner: owner(1), status: 1 }])).rejects.toMatchObject({ code: "Fenced" });
  await expect(statuses.dropStatus([owner(1)])).rejects.toMatchObject({ code: "Fenced" });
});
