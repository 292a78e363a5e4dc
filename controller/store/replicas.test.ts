/** Replicas that stay: each ends with its share, what is laid down is nobody else's until it is released, and nothing moves without need. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { PARTITIONS, partition } from "../core/owner.ts";
import { openCalls } from "./calls.ts";
import { fence, type Leases, openLeases, SINGLETON } from "./leases.ts";
import { openStore } from "./store.ts";

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());
afterEach(() => db.pool.query("truncate lastmile.partitions, lastmile.replicas, lastmile.inventory"));

const ALL = PARTITIONS + 1;
const replica = (name: string): Leases => openLeases(openCalls(db.pool), name);
/** One renewal of each, and what was laid down is released at once: nothing is under way. */
async function turn(...all: readonly Leases[]): Promise<void> {
  for (const l of all) {
    await l.share();
    await l.release(l.leaving());
  }
}
const held = (...all: readonly Leases[]): readonly number[] =>
  all.map((l) => [...l.tokens().keys()].filter((p) => p !== SINGLETON).length);
async function settled(...all: readonly Leases[]): Promise<readonly number[]> {
  for (let n = 0; n < 3; n++) await turn(...all);
  return held(...all);
}
const singles = (...all: readonly Leases[]): number => all.filter((l) => l.holdsSingleton()).length;
/** As a process that was killed: its leases run out. */
const dies = (name: string) =>
  db.pool.query(
    `with r as (update lastmile.replicas set until = now() - interval '1 ms' where holder = '${name}')
    update lastmile.partitions set until = now() - interval '1 ms' where holder = '${name}'`,
  );

describe("replicas", () => {
  test("one alone holds everything", async () => {
    const a = replica("a");
    await a.share();
    expect([a.held(), a.leaving().size]).toEqual([ALL, 0]);
  });

  test("one that comes later gets half, and only what the first has released", async () => {
    const [a, b] = [replica("a"), replica("b")];
    await turn(a, b);
    expect(held(a, b)).toEqual([64, 0]);
    await a.share();
    const laid = new Set(a.leaving());
    expect(laid.size).toBe(32);
    await b.share();
    expect([b.held(), a.held()]).toEqual([0, ALL]);
    await a.release(a.leaving());
    await b.share();
    expect(new Set(b.tokens().keys())).toEqual(laid);
    expect([...held(a, b), singles(a, b)]).toEqual([32, 32, 1]);
  });

  test("what is laid down is still ours to write, though nothing of it is begun", async () => {
    const [a, b] = [replica("a"), replica("b")];
    const { intend } = openStore(db.pool, { leases: a });
    await turn(a, b);
    await a.share();
    const owners = Array.from({ length: 200 }, (_, n) => `lab/acme/Subscriber/acme/s${n}`);
    const owner = owners.find((o) => a.leaving().has(partition(o))) ?? "";
    expect([a.holds(owner), a.tends(owner)]).toEqual([true, false]);
    const rows = [{ owner, ref: "radius/account/s1", needs: [] }];
    await intend(rows, 0);
    await a.share(); // keeps it, however long it takes
    await intend(rows, 0);
    await a.release(a.leaving());
    expect(a.holds(owner)).toBe(false);
    await expect(intend(rows, 0)).rejects.toMatchObject({ code: "Fenced" });
  });

  test("what is laid down is released even if it is wanted again: its new token says that it was away", async () => {
    const [a, b] = [replica("a"), replica("b")];
    await turn(a, b);
    await a.share();
    const before = a.tokens();
    const laid = new Set(a.leaving());
    await b.release();
    await a.share();
    expect(a.leaving()).toEqual(laid);
    await turn(a, a);
    expect(held(a)).toEqual([64]);
    for (const p of laid) expect(a.tokens().get(p)).not.toBe(before.get(p));
  });

  test("three come, one dies, one ends, one comes back: always even, the singleton with one, and then all rests", async () => {
    const [a, b, c, d] = [replica("a"), replica("b"), replica("c"), replica("d")];
    expect((await settled(a, b, c)).toSorted()).toEqual([21, 21, 22]);
    const tokens = [a, b, c].map((l) => new Map(l.tokens()));
    await settled(c, b, a);
    expect([a, b, c].map((l) => l.tokens())).toEqual(tokens); // no flapping
    await dies("a");
    expect(await settled(b, c)).toEqual([32, 32]);
    expect(singles(b, c)).toBe(1);
    await c.release();
    await turn(b);
    expect([...held(b), singles(b)]).toEqual([64, 1]); // at once, not when the lease would have ended
    const kept = new Map(b.tokens());
    expect(await settled(b, d)).toEqual([32, 32]);
    for (const [p, token] of b.tokens()) expect(token).toBe(kept.get(p)); // who stays loses what he gives, and nothing else
    await a.share(); // it slept, and finds nothing of its own
    expect(a.held()).toBe(0);
    expect((await settled(a, b, d)).toSorted()).toEqual([21, 21, 22]);
    expect(singles(a, b, d)).toBe(1);
  });

  test("many that start together share no partition, and end evenly", async () => {
    for (let round = 0; round < 5; round++) {
      await db.pool.query("truncate lastmile.partitions, lastmile.replicas");
      const many = Array.from({ length: 8 }, (_, i) => replica(`c${i}`));
      for (let n = 0; n < 12; n++) {
        await Promise.all(many.map((l) => turn(l)));
        const all = many.flatMap((l) => [...l.tokens().keys()]);
        expect(new Set(all).size).toBe(all.length);
      }
      expect([...held(...many), singles(...many)]).toEqual([...Array(8).fill(8), 1]);
    }
  });

  test("a statement under way keeps its partition from a new holder, and holds up nothing else", async () => {
    const [a, b] = [replica("a"), replica("b")];
    const owner = "lab/acme/Subscriber/acme/s1";
    await a.share();
    const writing = await db.pool.connect();
    try {
      await writing.query("begin");
      await writing.query(`with ${fence} select ok from fence`, [...a.proof([owner])]);
      await dies("a");
      await b.share();
      expect([b.held(), b.holds(owner)]).toEqual([ALL - 1, false]);
      await writing.query("commit");
      await b.share();
      expect([b.held(), b.holds(owner)]).toEqual([ALL, true]);
    } finally {
      writing.release();
    }
  });

  test("a name that starts again takes what it held, under new tokens", async () => {
    const [dead, alive] = [replica("a"), replica("a")];
    await dead.share();
    await alive.share();
    expect(alive.held()).toBe(ALL);
    await dead.share();
    expect([...alive.tokens()].filter(([p, token]) => dead.tokens().get(p) === token)).toEqual([]);
  });

  test("a command that wants all gets what is left, and the others go on when it has let go", async () => {
    const [a, command] = [replica("a"), replica("command")];
    await a.share();
    expect(await command.acquire()).toBe(0);
    await a.release();
    expect(await command.acquire()).toBe(ALL);
    await a.share();
    expect(a.held()).toBe(0);
    await command.release();
    await a.share();
    expect(a.held()).toBe(ALL);
  });

  test("a renewal that answers late brings nothing back that was released meanwhile", async () => {
    const [a, b] = [replica("a"), replica("b")];
    await turn(a, b);
    await a.share();
    const laid = new Set(a.leaving());
    await Promise.all([a.share(), a.release(laid), a.share()]);
    expect([...a.tokens().keys()].filter((p) => laid.has(p))).toEqual([]);
    await sleep(1);
    await b.share();
    expect(held(b)).toEqual([32]);
  });
});
