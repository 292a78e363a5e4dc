import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { openCalls } from "./calls.ts";
import { type Leases, openLeases } from "./leases.ts";
import { openStore, type Store } from "./store.ts";

let db: FreshDatabase;
let leases: Leases;
let store: Store;
beforeAll(async () => {
  db = await freshDatabase();
  leases = openLeases(openCalls(db.pool), "one");
  store = openStore(db.pool, { leases });
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.pool.query("truncate lastmile.inventory, lastmile.ledger, lastmile.claims");
  await leases.acquire(60_000);
});

const owner = (n: number, tenant = "acme"): string => `lab/${tenant}/Subscriber/acme/s${n}`;
const ref = (n: number): string => `radius/account/s${n}@acme`;
const NOW = 1_700_000_000_123;

describe("inventory", () => {
  test("an intent is remembered with its time and what it stands on, the id only after it is confirmed", async () => {
    const needs = ["netbox/address/a,b", 'quote"d\\and {braced}'];
    await store.intend([{ owner: owner(1), ref: ref(1), needs }], NOW);
    const intended = { ref: ref(1), needs, id: undefined, intentAt: NOW, due: false, shelved: false, adopted: false };
    expect(await store.entries([owner(2), owner(1)], NOW)).toEqual([[], [intended]]);
    await store.confirm([{ owner: owner(1), ref: ref(1), needs: [], id: "42", outputs: {} }]);
    expect(await store.entries([owner(1)], NOW)).toEqual([[{ ...intended, needs: [], id: "42" }]]);
  });

  test("a second intent renews the time and keeps the id", async () => {
    const row = { owner: owner(1), ref: ref(1), needs: [] };
    await store.intend([row], NOW);
    await store.confirm([{ ...row, id: "42", outputs: {} }]);
    await store.intend([row], NOW + 5);
    expect((await store.entries([owner(1)], NOW))[0]).toMatchObject([{ id: "42", intentAt: NOW + 5 }]);
  });

  test("confirm never makes an entry: only an intent does", async () => {
    await store.confirm([{ owner: owner(1), ref: ref(1), needs: [], id: "42", outputs: {} }]);
    expect(await store.entries([owner(1)], NOW)).toEqual([[]]);
  });

  test("on the shelf until purge, due from then on; the first retirement sets the time", async () => {
    await store.intend([{ owner: owner(1), ref: ref(1), needs: [] }], NOW);
    await store.shelve([{ owner: owner(1), ref: ref(1) }], NOW, 1000);
    await store.shelve([{ owner: owner(1), ref: ref(1) }], NOW + 500, 9000);
    expect((await store.entries([owner(1)], NOW + 999))[0]).toMatchObject([{ shelved: true, due: false }]);
    expect(await store.dueOwners(NOW + 999)).toEqual([]);
    expect((await store.entries([owner(1)], NOW + 1000))[0]).toMatchObject([{ shelved: true, due: true }]);
    expect(await store.dueOwners(NOW + 1000)).toEqual([owner(1)]);
    await store.unshelve([{ owner: owner(1), ref: ref(1) }]);
    expect((await store.entries([owner(1)], NOW + 1000))[0]).toMatchObject([{ shelved: false, due: false }]);
  });

  test("forget takes entry and ledger of these rows and of no others", async () => {
    const rows = [1, 2].map((n) => ({ owner: owner(n), ref: ref(n), needs: [] }));
    await store.intend(rows, NOW);
    await store.shelve(rows, NOW, 0);
    await store.forget(rows.slice(0, 1));
    expect(await store.entries([owner(1), owner(2)], NOW)).toMatchObject([[], [{ ref: ref(2), due: true }]]);
    expect(await store.dueOwners(NOW)).toEqual([owner(2)]);
  });

  test("owners of a tenant: live, on the shelf, with a bare claim; another tenant's are not seen", async () => {
    await store.intend(
      [1, 2].map((n) => ({ owner: owner(n), ref: ref(n), needs: [] })),
      NOW,
    );
    await store.intend([{ owner: owner(9, "rival"), ref: ref(9), needs: [] }], NOW);
    await store.shelve([{ owner: owner(2), ref: ref(2) }], NOW, 0);
    await store.claim([{ owner: owner(3), kind: "user", scope: "radius", value: "s3" }]);
    const found = await store.owners("acme");
    expect([...found].map(([o, { live }]) => [o, live]).sort()).toEqual([
      [owner(1), true],
      [owner(2), false],
      [owner(3), false],
    ]);
  });

  test("an empty set asks nothing of the database", async () => {
    const silent = openStore(db.pool, { leases, guard: (name) => Promise.reject(new Error(name)) });
    await silent.intend([], NOW);
    await silent.forget([]);
    expect(await silent.entries([], NOW)).toEqual([]);
  });
});
