import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { openCalls } from "./calls.ts";
import { type Leases, openLeases } from "./leases.ts";
import { openRequests, type Requests } from "./requests.ts";

let db: FreshDatabase;
let leases: Leases;
let requests: Requests;
beforeAll(async () => {
  db = await freshDatabase();
  leases = openLeases(openCalls(db.pool), "one");
  requests = openRequests(openCalls(db.pool), leases);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.pool.query("truncate lastmile.requests");
  await leases.acquire(60_000);
});

const KEY = "lab/acme/Tenant/-/acme";
const named = (...changeSets: readonly string[]) => changeSets.map((changeSet) => ({ tenant: "acme", changeSet }));
const asked = async (...changeSets: readonly string[]) =>
  Object.fromEntries((await requests.ask([KEY], ["acme"], named(...changeSets))).map((a) => [a.changeSet, a.used]));

test("a word is used once, and stays so for as long as it is left standing", async () => {
  expect(await asked("a", "b")).toEqual({ a: false, b: false });
  await requests.use(KEY, { tenant: "acme", changeSet: "a" });
  expect(await asked("a", "b")).toEqual({ a: true, b: false });
  expect(await asked("a")).toEqual({ a: true });
});
test("a word that was taken away and comes back is a new one", async () => {
  await asked("a");
  await requests.use(KEY, { tenant: "acme", changeSet: "a" });
  expect(await asked()).toEqual({});
  expect(await asked("a")).toEqual({ a: false });
});
test("it is known since when a word has been standing", async () => {
  await asked("a");
  await db.pool.query("update lastmile.requests set since = '2026-01-01T00:00:00Z'");
  expect(await requests.ask([KEY], ["acme"], named("a"))).toEqual([
    { tenant: "acme", changeSet: "a", used: false, since: Date.UTC(2026, 0, 1) },
  ]);
});
test("what other tenants name stands", async () => {
  await asked("a");
  await requests.ask(["lab/rival/Tenant/-/rival"], ["rival"], []);
  expect((await db.pool.query("select tenant from lastmile.requests")).rows).toEqual([{ tenant: "acme" }]);
});
test("an old holder hears and writes nothing", async () => {
  await openLeases(openCalls(db.pool), "one").acquire();
  await expect(requests.ask([KEY], ["acme"], named("a"))).rejects.toMatchObject({ code: "Fenced" });
  await expect(requests.use(KEY, { tenant: "acme", changeSet: "a" })).rejects.toMatchObject({ code: "Fenced" });
});
