import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { type Budget, openBudget } from "./budget.ts";
import { openCalls } from "./calls.ts";
import { type Leases, openLeases } from "./leases.ts";
import { openStore, type Store } from "./store.ts";

const WINDOW_MS = 86_400_000;
const NOW = 1_700_000_000_000;
let db: FreshDatabase;
let leases: Leases;
let store: Store;
let budget: Budget;
beforeAll(async () => {
  db = await freshDatabase();
  leases = openLeases(openCalls(db.pool), "one");
  store = openStore(db.pool, { leases });
  // 10 % of 50 subscribers, or 2: five places; a suspension costs nobody a place below 100 %.
  budget = openBudget(openCalls(db.pool), leases, (_, impact) => ({
    percent: impact === "suspend" ? 100 : 10,
    floor: 2,
    windowMs: WINDOW_MS,
  }));
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.pool.query("truncate lastmile.inventory, lastmile.ledger, lastmile.budgets, lastmile.reservations");
  await leases.acquire(60_000);
});

const owner = (n: number, tenant = "acme", kind = "Subscriber"): string => `lab/${tenant}/${kind}/acme/s${n}`;
const owners = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => owner(from + i));
const live = (names: readonly string[]): Promise<void> =>
  store.intend(
    names.flatMap((o) => ["a", "b"].map((r) => ({ owner: o, ref: `radius/account/${r}`, needs: [] }))),
    NOW,
  );

describe("destructive budget", () => {
  test("a set that fits is granted whole; asking again is free", async () => {
    await live(owners(1, 50));
    expect((await budget.reserve("acme", "retire", owners(1, 5), NOW)).size).toBe(5);
    expect((await budget.reserve("acme", "retire", owners(1, 5), NOW)).size).toBe(5);
    expect((await budget.reserve("acme", "retire", [owner(6)], NOW)).size).toBe(0);
  });

  test("a set that does not fit is refused whole, takes no place, and stays refused after the window", async () => {
    await live(owners(1, 50));
    expect((await budget.reserve("acme", "retire", owners(1, 6), NOW)).size).toBe(0);
    expect((await budget.reserve("acme", "retire", owners(10, 5), NOW)).size).toBe(5);
    expect((await budget.reserve("acme", "retire", owners(1, 6), NOW + 2 * WINDOW_MS)).size).toBe(0);
  });

  test("each impact and each tenant has a budget of its own", async () => {
    await live([...owners(1, 50), ...Array.from({ length: 50 }, (_, i) => owner(i, "rival"))]);
    expect((await budget.reserve("acme", "retire", owners(1, 5), NOW)).size).toBe(5);
    expect((await budget.reserve("acme", "disrupt", owners(1, 5), NOW)).size).toBe(5);
    expect((await budget.reserve("acme", "suspend", owners(1, 50), NOW)).size).toBe(50);
    expect((await budget.reserve("rival", "retire", [owner(1, "rival")], NOW)).size).toBe(1);
  });

  test("only subscribers that are in service count, not shelves, bare claims, plans or objects", async () => {
    await live([...owners(1, 30), ...Array.from({ length: 100 }, (_, i) => owner(i, "acme", "ServicePlan"))]);
    await store.shelve(
      owners(11, 20).flatMap((o) => ["a", "b"].map((r) => ({ owner: o, ref: `radius/account/${r}` }))),
      NOW,
      1,
    );
    await store.claim(owners(60, 100).map((o) => ({ owner: o, kind: "user", scope: "r", value: o })));
    expect((await budget.reserve("acme", "retire", owners(1, 3), NOW)).size).toBe(0); // 10 % of 10 is 1, the floor is 2
    expect((await budget.reserve("acme", "retire", owners(5, 2), NOW)).size).toBe(2);
  });

  test("the share is of those who were live when the window began, and a spent place stays taken until it ends", async () => {
    await live(owners(1, 50));
    await budget.reserve("acme", "retire", owners(1, 5), NOW);
    await budget.close(owners(1, 5));
    expect(await budget.open("acme")).toEqual([]);
    await live(owners(51, 100));
    expect((await budget.reserve("acme", "retire", [owner(20)], NOW + WINDOW_MS - 1)).size).toBe(0);
    expect((await budget.reserve("acme", "retire", owners(30, 15), NOW + WINDOW_MS)).size).toBe(15);
  });

  test("settling drops a refusal: the next wish is judged anew", async () => {
    await live(owners(1, 50));
    await budget.reserve("acme", "retire", owners(1, 6), NOW);
    expect((await budget.open("acme")).length).toBe(6);
    await budget.close(owners(1, 6));
    expect((await budget.reserve("acme", "retire", owners(1, 5), NOW)).size).toBe(5);
  });

  test("many at once never take more than there is", async () => {
    await live(owners(1, 50));
    const granted = await Promise.all(owners(1, 30).map((o) => budget.reserve("acme", "retire", [o], NOW)));
    expect(granted.filter((g) => g.size === 1)).toHaveLength(5);
  });

  test("the same owner twice in one set needs one place", async () => {
    await live(owners(1, 50));
    expect((await budget.reserve("acme", "retire", [...owners(1, 5), ...owners(1, 5)], NOW)).size).toBe(5);
  });

  test("an old holder reserves nothing and closes nothing", async () => {
    await live(owners(1, 50));
    await budget.reserve("acme", "retire", [owner(1)], NOW);
    await openLeases(openCalls(db.pool), "one").acquire(); // the same name, restarted
    await expect(budget.reserve("acme", "retire", [owner(2)], NOW)).rejects.toMatchObject({ code: "Fenced" });
    await expect(budget.close([owner(1)])).rejects.toMatchObject({ code: "Fenced" });
    expect(await budget.open("acme")).toEqual([owner(1)]);
  });
});
