import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { type Abandoning, openAbandoning } from "./abandon.ts";
import { openCalls } from "./calls.ts";
import { openLeases } from "./leases.ts";
import { openStore, type Store } from "./store.ts";

let db: FreshDatabase;
let store: Store;
let abandoning: Abandoning;
const owner = (n: number): string => `lab/acme/Subscriber/acme/s${n}`;
const account = (n: number, system = "radius") => ({ owner: owner(n), ref: `${system}/account/s${n}`, needs: [] });
beforeAll(async () => {
  db = await freshDatabase();
  const calls = openCalls(db.pool);
  const leases = openLeases(calls, "one");
  await leases.acquire(60_000);
  store = openStore(db.pool, { leases });
  abandoning = openAbandoning(calls);
  await store.intend([account(1), account(2), account(1, "radius-2"), account(1, "netbox")], 1000);
  await store.shelve([account(2)], 2000, 1000);
});
afterAll(() => db.drop());

test("what is remembered in a system is forgotten, and nothing of one whose name begins alike; each owner's history says so", async () => {
  const all = { owners: 2, objects: 2, live: 1 };
  expect(await abandoning.remains("radius")).toEqual(all);
  expect(await abandoning.abandon("radius", "ops", 5000)).toEqual(all);
  expect(await abandoning.remains("radius")).toEqual({ owners: 0, objects: 0, live: 0 });
  const left = await store.entries([owner(1), owner(2)], 9000);
  expect(left.map((of) => of.map((e) => e.ref).sort())).toEqual([["netbox/account/s1", "radius-2/account/s1"], []]);
  expect(await store.dueOwners(9000), "the ledger too").toEqual([]);
  expect(await store.history(owner(2))).toMatchObject([
    { ref: "radius/account/s2", action: "abandon", outcome: "Done", at: 5000, by: { author: "ops" } },
  ]);
});
test("a system in which nothing is remembered names nobody", async () => {
  expect([await store.isNamed("radius"), await store.isNamed("radius-2"), await store.isNamed("rad")]).toEqual([
    false,
    true,
    false,
  ]);
});
