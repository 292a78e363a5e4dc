/** Several controllers on one store: who lost his lease writes nothing, and who took it over finishes the work. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { Crash, Faults } from "../../test/lab/faults.ts";
import { Scene } from "../../test/lab/scene.ts";
import { openTestStore } from "../../test/lab/store.ts";
import { owner, type World } from "../../test/lab/world.ts";
import { StoreError } from "../store/errors.ts";
import type { Leases } from "../store/leases.ts";
import type { Options } from "./engine.ts";

let db: FreshDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await freshDatabase();
});
afterEach(() => scene.close());
afterAll(() => db.drop());

const TTL = 300;
/** As the process knows it: held, and not run out. */
const held = (leases: Leases) => (key: string) => leases.holds(key) && leases.remainingMs() > 0;
async function controller(
  world: World,
  holder: string,
  ttlMs: number,
  faults = new Faults(),
  extra: Partial<Options> = {},
) {
  let mine: (key: string) => boolean = () => false;
  const c = await world.controller(
    faults,
    { mine: (key) => mine(key), onError: () => "retry", ...extra },
    { holder, ttlMs },
  );
  mine = held(c.store.leases);
  return { ...c, faults };
}
const external = (name: string): boolean => /^(addr|acct|pon)\.(create|update|destroy)$/.test(name);

describe("a process that lost its lease", () => {
  test("begins nothing, and changes nothing outside", async () => {
    scene = await Scene.open(db.pool);
    scene.close();
    await db.pool.query("truncate lastmile.partitions");
    const { world } = scene;
    const old = await controller(world, "old", TTL);
    await old.engine.accept(() => world.declare(world.subjects(3)));
    await old.engine.settle();
    await sleep(TTL + 20);
    const before = old.faults.calls;
    world.declare(world.subjects(3, { rate: "2M" }));
    old.engine.enqueue([1, 2, 3].map((n) => owner(n)));
    await old.engine.settle();
    expect(old.faults.calls).toBe(before);
    const next = await controller(world, "next", TTL);
    next.engine.enqueue([1, 2, 3].map((n) => owner(n)));
    await next.engine.settle();
    expect(await world.census()).toMatchObject({ rates: "2M", live: "3/3/3" });
    old.engine.close();
    next.engine.close();
  });
  test.each([
    ["a change", { rate: "2M" }],
    ["a retirement", undefined],
  ])("in the middle of a run makes no effect any more: %s", async (_, facts) => {
    scene = await Scene.open(db.pool);
    scene.close();
    await db.pool.query("truncate lastmile.partitions");
    const { world } = scene;
    let lost = false;
    const faults = new Faults();
    const old = await world.controller(faults, { mine: () => !lost, onError: () => "retry" });
    await old.engine.accept(() => world.declare(world.subjects(3)));
    await old.engine.settle();
    const edits = world.declare(facts ? world.subjects(3, facts) : []);
    const { guard } = faults;
    faults.guard = async (name, call) => {
      const result = await guard(name, call);
      if (name.endsWith(".observe")) lost = true; // while the answer was on its way
      return result;
    };
    for (const m of ["addr", "acct", "pon"] as const) old.engine.ports.open(m, world[m].session(faults.guard));
    const before = faults.log.filter(external).length;
    await old.engine.accept(() => edits);
    await old.engine.settle(500);
    expect(faults.log.filter(external)).toHaveLength(before);
    expect(await world.census()).toMatchObject({ live: "3/3/3", rates: "100M" });
    old.engine.close();
  });
  test("is refused by the store even where it does not know", async () => {
    scene = await Scene.open(db.pool);
    scene.close();
    await db.pool.query("truncate lastmile.partitions");
    const { world } = scene;
    const errors: unknown[] = [];
    const onError: Options["onError"] = (_, e) => (errors.push(e) > 2 ? "stop" : "retry");
    const old = await world.controller(new Faults(), { onError }, { holder: "old", ttlMs: 1 });
    await sleep(5);
    await openTestStore(db.pool, new Faults().guard, { holder: "next" });
    world.declare(world.subjects(1));
    old.engine.enqueue([owner(1)]);
    await expect(old.engine.settle(1000)).rejects.toMatchObject({ code: "Fenced" });
    expect(errors.every((e) => e instanceof StoreError)).toBe(true);
    expect(await world.census()).toMatchObject({ inventory: 0, live: "0/0/0" });
    old.engine.close();
  });
});

describe("two controllers", () => {
  /** Whose calls touched which key, so that two at once would be seen. */
  function watch(world: World, log: string[]) {
    return (name: string): Partial<Options> => ({
      subject: async (key) => {
        log.push(`${name} ${key}`);
        return world.declared.get(key) ?? Promise.reject(new Error("nobody"));
      },
    });
  }
  test("that share the partitions share the work: each key has one of them, and all converge", async () => {
    scene = await Scene.open(db.pool);
    scene.close();
    await db.pool.query("truncate lastmile.partitions");
    const { world } = scene;
    const log: string[] = [];
    const as = watch(world, log);
    const a = await controller(world, "a", 60_000, new Faults(), as("a"));
    await db.pool.query("delete from lastmile.partitions where partition % 2 = 0");
    const b = await controller(world, "b", 60_000, new Faults(), as("b"));
    await a.store.leases.acquire(60_000);
    const edits = world.declare(world.subjects(80));
    await Promise.all([a.engine.accept(() => edits), b.engine.accept(() => edits)]);
    await Promise.all([a.engine.settle(2000), b.engine.settle(2000)]);
    expect(await world.census()).toMatchObject({ live: "80/80/80", distinct: 80, addresses: 80, inventory: 240 });
    const workers = Map.groupBy(log, (l) => l.split(" ")[1]);
    expect(workers.size).toBe(80);
    for (const w of workers.values()) expect(new Set(w.map((l) => l[0])).size).toBe(1);
    expect(new Set(log.map((l) => l[0]))).toEqual(new Set(["a", "b"]));
    a.engine.close();
    b.engine.close();
  });
  test.each([8, 20, 30])(
    "one is killed at call %i: the other takes over after the lease, with no duplicate",
    async (at) => {
      scene = await Scene.open(db.pool);
      scene.close();
      await db.pool.query("truncate lastmile.partitions");
      const { world } = scene;
      const dying = new Faults();
      const a = await controller(world, "a", TTL, dying, { onError: () => "stop" });
      const b = await controller(world, "b", TTL);
      expect(b.store.leases.holds(owner(1))).toBe(false);
      dying.crash = { at: dying.calls + at, where: "after" };
      const edits = world.declare(world.subjects(30));
      await expect(a.engine.accept(() => edits).then(() => a.engine.settle())).rejects.toBeInstanceOf(Crash);
      a.engine.close();
      while ((await b.store.leases.acquire(60_000)) === 0) await sleep(20);
      await b.engine.accept(() => edits);
      await b.engine.settle(2000);
      expect(await world.census()).toMatchObject({
        live: "30/30/30",
        distinct: 30,
        addresses: 30,
        inventory: 90,
        claims: 60,
      });
      b.engine.close();
    },
  );
});
