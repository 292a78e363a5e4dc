import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { openCalls } from "./calls.ts";
import type { OwnedClaim } from "./claims.ts";
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
  await db.pool.query("truncate lastmile.claims, lastmile.inventory, lastmile.ledger");
  await leases.acquire(60_000);
});

const owner = (n: number): string => `lab/acme/Subscriber/acme/s${n}`;
const user = (n: number, value = `u${n}`): OwnedClaim => ({ owner: owner(n), kind: "user", scope: "radius", value });
const holders = async (): Promise<string[]> =>
  (
    await db.pool.query<{ line: string }>("select value || ' ' || owner as line from lastmile.claims order by 1")
  ).rows.map((r) => r.line);

describe("claims", () => {
  test("what is free is taken, what is ours stays ours, what is taken is refused with the holder's name", async () => {
    expect(await store.claim([user(1), user(2)])).toEqual([]);
    expect(await store.claim([user(1), user(3), user(4, "u2")])).toEqual([{ ...user(4, "u2"), holder: owner(2) }]);
    expect(await holders()).toEqual([`u1 ${owner(1)}`, `u2 ${owner(2)}`, `u3 ${owner(3)}`]);
  });

  test.each([
    ["as asked", [1, 2]],
    ["the other way round", [2, 1]],
  ])("in one call the lesser owner wins: %s", async (_, order) => {
    expect(await store.claim(order.map((n) => user(n, "same")))).toEqual([{ ...user(2, "same"), holder: owner(1) }]);
    expect(await holders()).toEqual([`same ${owner(1)}`]);
  });

  test("the holder wins over a lesser owner that comes later", async () => {
    await store.claim([user(2, "same")]);
    expect(await store.claim([user(1, "same")])).toMatchObject([{ holder: owner(2) }]);
  });

  test("kind and scope separate: one value may be held in each", async () => {
    const other = [
      { ...user(2, "u1"), scope: "radius-2" },
      { ...user(3, "u1"), kind: "onu" },
    ];
    expect(await store.claim([user(1), ...other])).toEqual([]);
  });

  test("the same claim twice in one call is one claim", async () => {
    expect(await store.claim([user(1), user(1)])).toEqual([]);
    expect(await holders()).toHaveLength(1);
  });

  test("many callers, one value each time: exactly one holder, and everybody is told the same name", async () => {
    for (let round = 0; round < 20; round++) {
      const asked = Array.from({ length: 8 }, (_, n) => [user(n, `v${round}`), user(n, `w${round}`)]);
      const refused = (await Promise.all(asked.map((rows, n) => store.claim(n % 2 ? rows : rows.toReversed())))).flat();
      expect(refused).toHaveLength(14);
      for (const value of [`v${round}`, `w${round}`]) {
        const named = refused.filter((r) => r.value === value);
        expect(new Set(named.map((r) => r.holder)).size).toBe(1);
        expect(named.map((r) => r.owner)).not.toContain(named[0]?.holder);
      }
    }
  });

  test("release drops what is no longer wanted, of these owners only", async () => {
    await store.claim([user(1, "old"), user(1, "new"), user(2, "other")]);
    await store.release([{ owner: owner(1), keep: [user(1, "new")] }]);
    expect(await holders()).toEqual([`new ${owner(1)}`, `other ${owner(2)}`]);
    await store.release([{ owner: owner(1), keep: [] }]);
    expect(await holders()).toEqual([`other ${owner(2)}`]);
  });

  test("devices go to the next customer while everything else of their owner stays", async () => {
    const serial = (kind: string, value: string) => ({ ...user(1), kind, scope: "-", value });
    await store.claim([user(1), serial("cpeSerial", "OLD"), serial("cpeSerial", "NEW"), serial("onuSerial", "ONU")]);
    await store.letGo([{ owner: owner(1), keep: [serial("cpeSerial", "NEW")] }]);
    expect(await holders()).toEqual([`NEW ${owner(1)}`, `u1 ${owner(1)}`]);
  });

  test("free spares whoever still owns something", async () => {
    await store.claim([user(1), user(2)]);
    const row = { owner: owner(1), ref: "radius/account/u1" };
    await store.intend([{ ...row, needs: [] }], 0);
    await store.free([{ owner: owner(1) }, { owner: owner(2) }]);
    expect(await holders()).toEqual([`u1 ${owner(1)}`]);
    await store.forget([row]);
    await store.free([{ owner: owner(1) }]);
    expect(await holders()).toEqual([]);
  });

  test("what owners hold can be listed", async () => {
    await store.claim([user(2), user(1)]);
    expect(await store.claimsOf([owner(1), owner(2), owner(3)])).toEqual([user(1), user(2)]);
  });

  test("of several user names the one in service comes last, else the unused one, else the one that was retired last", async () => {
    const named = (value: string): OwnedClaim => ({ ...user(1, value), kind: "userName" });
    const account = (name: string) => ({ owner: owner(1), ref: `radius/account/${name}` });
    const listed = async () => (await store.claimsOf([owner(1)])).map((c) => `${c.value} ${c.service ?? "unused"}`);
    await store.claim(["b/d", "a", "c", "d"].map(named));
    await store.intend(
      ["a", "b/d", "c"].map((n) => ({ ...account(n), needs: [] })),
      0,
    );
    await store.shelve([account("c")], 1000, 0);
    await store.shelve([account("a")], 2000, 0);
    expect(await listed()).toEqual(["c retired", "a retired", "d unused", "b/d live"]);
    await store.shelve([account("b/d")], 1500, 0);
    expect(await listed()).toEqual(["c retired", "b/d retired", "a retired", "d unused"]);
  });
});
