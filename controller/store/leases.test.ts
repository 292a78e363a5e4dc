import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { PARTITIONS } from "../core/owner.ts";
import { openCalls } from "./calls.ts";
import { fence, fenced, openLeases, SINGLETON } from "./leases.ts";
import { type Objects, openObjects } from "./objects.ts";
import { openStore } from "./store.ts";

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());
afterEach(() => db.pool.query("truncate lastmile.partitions, lastmile.inventory"));

const ALL = PARTITIONS + 1;
async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
const owner = "lab/acme/Subscriber/acme/s1";
const rows = [{ owner, ref: "radius/account/s1", needs: [] }];
const controller = (name: string) => {
  const leases = openLeases(openCalls(db.pool), name);
  return { leases, store: openStore(db.pool, { leases }) };
};

describe("leases", () => {
  test("one holder at a time: the second gets nothing until the first lets go", async () => {
    const [a, b] = [controller("a"), controller("b")];
    expect(await a.leases.acquire()).toBe(ALL);
    expect(await b.leases.acquire()).toBe(0);
    expect([a.leases.holds(owner), b.leases.holds(owner), b.leases.holdsSingleton()]).toEqual([true, false, false]);
    await a.leases.release();
    expect(a.leases.holds(owner)).toBe(false);
    expect(await b.leases.acquire()).toBe(ALL);
  });

  test("many that start together share no partition, and none is refused", async () => {
    for (let round = 0; round < 20; round++) {
      await db.pool.query("truncate lastmile.partitions"); // nobody was there before: all of them insert
      const many = Array.from({ length: 8 }, (_, i) => controller(`c${i}`));
      const counts = await Promise.all(many.map((c) => c.leases.acquire()));
      expect(counts.reduce((a, b) => a + b)).toBe(ALL);
    }
  });

  test("a renewal keeps the token: statements under way are not refused", async () => {
    const a = controller("a");
    await a.leases.acquire();
    const before = a.leases.proof([owner]);
    await a.leases.acquire();
    expect(a.leases.proof([owner])).toEqual(before);
    await a.store.intend(rows, 0);
  });

  test("the same name after a restart is another holder: what the dead one had sent is refused", async () => {
    const [dead, alive] = [controller("a"), controller("a")];
    await dead.leases.acquire();
    expect(await alive.leases.acquire()).toBe(ALL);
    await expect(dead.store.intend(rows, 0)).rejects.toMatchObject({ name: "StoreError", code: "Fenced" });
    await alive.store.intend(rows, 0);
  });

  test("an old holder is refused by every write, and its next renewal tells it so", async () => {
    const [old, next] = [controller("old"), controller("next")];
    await old.leases.acquire(1);
    await sleep(10);
    await next.leases.acquire();
    await next.store.intend(rows, 0);
    const fenced = { code: "Fenced" };
    await expect(old.store.intend(rows, 0)).rejects.toMatchObject(fenced);
    await expect(old.store.confirm(rows.map((r) => ({ ...r, id: "1", outputs: {} })))).rejects.toMatchObject(fenced);
    await expect(old.store.shelve(rows, 0, 0)).rejects.toMatchObject(fenced);
    await expect(old.store.unshelve(rows)).rejects.toMatchObject(fenced);
    await expect(old.store.forget(rows)).rejects.toMatchObject(fenced);
    await expect(old.store.free(rows)).rejects.toMatchObject(fenced);
    await expect(old.store.release([{ owner, keep: [] }])).rejects.toMatchObject(fenced);
    await expect(old.store.claim([{ owner, kind: "k", scope: "s", value: "v" }])).rejects.toMatchObject(fenced);
    expect(await old.leases.acquire()).toBe(0);
    expect(await next.store.entries([owner], 0)).toMatchObject([[{ id: undefined, shelved: false }]]);
  });

  test("an expired lease is refused even when nobody has taken it over", async () => {
    const a = controller("a");
    await a.leases.acquire(1);
    await sleep(10);
    expect(a.leases.remainingMs()).toBe(0);
    await expect(a.store.intend(rows, 0)).rejects.toMatchObject({ code: "Fenced" });
  });

  test("who never acquired anything writes nothing", async () => {
    await expect(controller("nobody").store.intend(rows, 0)).rejects.toMatchObject({ code: "Fenced" });
  });

  test("a statement under way holds off a new holder, and not a renewal", async () => {
    const [a, b] = [controller("a"), controller("b")];
    await a.leases.acquire(100);
    const writing = await db.pool.connect();
    try {
      await writing.query("begin");
      await writing.query(`with ${fence} select ok from fence`, [...a.leases.proof([owner])]);
      expect(await a.leases.acquire(20)).toBe(ALL); // would wait for ever if it needed the key
      await sleep(40);
      let taken = false;
      const takeOver = b.leases.acquire().then((n) => {
        taken = n === ALL;
      });
      await sleep(100);
      expect(taken).toBe(false);
      await writing.query("commit");
      await takeOver;
      expect(taken).toBe(true);
    } finally {
      writing.release();
    }
  });

  test("work of one process only has a partition of its own", async () => {
    const a = controller("a");
    await a.leases.acquire();
    expect(a.leases.holdsSingleton()).toBe(true);
    expect(a.leases.proofOfSingleton()[0]).toEqual([SINGLETON]);
  });
});

describe("calls under a proof", () => {
  const alone = (name: string) => {
    const { leases } = controller(name);
    const calls = fenced(openCalls(db.pool), () => leases.proofOfSingleton());
    return { leases, calls, objects: openObjects(calls) };
  };
  const object = { key: "Tenant/-/acme", tenant: "acme", sourceId: "k", object: { a: 1 }, origin: { line: 1 } };
  const declared = async () => (await db.pool.query("select key, deleted_at from lastmile.objects")).rows;
  afterEach(() => db.pool.query("truncate lastmile.objects"));

  test("answer as those without", async () => {
    const a = alone("a");
    await a.leases.acquire();
    const plain = openObjects(openCalls(db.pool));
    expect(await a.objects.put([object])).toEqual([object.key]);
    expect(await a.objects.put([object])).toEqual([]);
    for (const ask of [
      (o: Objects) => all(o.load()),
      (o: Objects) => all(o.heads({ sourceId: "k" })),
      (o: Objects) => all(o.since(0)),
      (o: Objects) => o.head(),
      (o: Objects) => o.otherSource(["acme"], "other"),
      (o: Objects) => o.sources(),
    ])
      expect(await ask(a.objects)).toEqual(await ask(plain));
    expect(await a.objects.remove([object.key], 0)).toEqual([object.key]);
  });

  test("are refused once another took the singleton, and nothing of them is written", async () => {
    const [old, next] = [alone("old"), alone("next")];
    await old.leases.acquire(1);
    await sleep(10);
    await next.leases.acquire();
    await next.objects.put([object]);
    const refused = { name: "StoreError", code: "Fenced" };
    await expect(old.objects.put([{ ...object, key: "Tenant/-/b" }])).rejects.toMatchObject(refused);
    await expect(old.objects.remove([object.key], 0)).rejects.toMatchObject(refused);
    await expect(old.objects.again([object.key])).rejects.toMatchObject(refused);
    await expect(old.objects.refuse("k", "1", [])).rejects.toMatchObject(refused);
    const many = Array.from({ length: 1500 }, (_, n) => ({ ...object, key: `Tenant/-/t${n}` }));
    await expect(old.objects.put(many)).rejects.toMatchObject(refused);
    await expect(old.calls.query("q", "select 1 as n")).rejects.toMatchObject(refused);
    await expect(old.calls.rows("r", "select 1 as n")).rejects.toMatchObject(refused);
    expect(await declared()).toEqual([{ key: object.key, deleted_at: null }]);
  });

  test("are refused when the lease ended, though nobody took it", async () => {
    const a = alone("a");
    await a.leases.acquire(1);
    await sleep(10);
    await expect(a.objects.put([object])).rejects.toMatchObject({ code: "Fenced" });
    expect(await declared()).toEqual([]);
  });

  test("hold off a new holder until they are over", async () => {
    const [a, b] = [alone("a"), alone("b")];
    await a.leases.acquire();
    const order: string[] = [];
    const writing = a.calls.transaction("t", async (run) => {
      await a.leases.acquire(20);
      await sleep(40); // the lease has ended, the transaction has not
      const taking = b.leases.acquire().then(() => order.push("taken"));
      await sleep(100);
      await run("select 1");
      order.push("written");
      return { taking };
    });
    await (await writing).taking;
    expect(order).toEqual(["written", "taken"]);
  });
});
