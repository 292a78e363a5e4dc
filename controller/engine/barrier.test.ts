/** Nobody waits for more than his own inputs. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { Scene } from "../../test/lab/scene.ts";
import { owner } from "../../test/lab/world.ts";

let db: FreshDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await freshDatabase();
});
afterEach(() => scene.close());
afterAll(() => db.drop());

describe("no barrier", () => {
  test("the first subjects have their account while the last still wait for an address", async () => {
    scene = await Scene.open(db.pool, { limit: 50 });
    const { addr, acct } = scene.world;
    addr.poison.add("s600-v4");
    await scene.declare(scene.world.subjects(600));
    await expect.poll(() => acct.rows.size, { timeout: 20_000 }).toBeGreaterThan(0);
    expect([...addr.rows.values()].some((r) => r.key === "s600-v4")).toBe(false);
    addr.poison.clear();
    await scene.engine.settle(10_000);
    expect(await scene.world.census()).toMatchObject({ live: "600/600/600", bound: 600, distinct: 600 });
  });
  test("six hundred subjects are some tens of calls", async () => {
    scene = await Scene.open(db.pool, { limit: 100 });
    await scene.settle(scene.world.subjects(600));
    expect(scene.faults.calls).toBeLessThan(100);
  });
  test("a slow system keeps no other waiting, not even for its first look", async () => {
    scene = await Scene.open(db.pool);
    const { engine, world, faults } = scene;
    const slow = world.pon.session(async (name, call) => {
      await sleep(150);
      return faults.guard(name, call);
    });
    engine.ports.open("pon", slow);
    await scene.settle(world.subjects(1));
    expect(faults.log.indexOf("acct.create")).toBeGreaterThan(0);
    expect(faults.log.indexOf("acct.create")).toBeLessThan(faults.log.indexOf("pon.observe"));
    expect(scene.report(1)?.settled).toBe(true);
  });
  test("a small edit does not queue behind a big one", async () => {
    scene = await Scene.open(db.pool, { limit: 20, latencyMs: 20 });
    const big = scene.world.subjects(1000);
    await scene.declare(big);
    await sleep(100);
    scene.world.declared.set(owner(5000), scene.world.subject(5000));
    scene.engine.enqueue([owner(5000)]);
    while (!scene.report(5000)?.settled) await sleep(5);
    expect(scene.reports.size).toBeLessThan(500);
    scene.engine.close();
    await scene.engine.settle();
  });
});

describe("edits while something runs", () => {
  test("an edit that arrives in flight runs again, and the newest wins", async () => {
    scene = await Scene.open(db.pool, { latencyMs: 20 });
    await scene.declare(scene.world.subjects(1));
    await sleep(30);
    expect(scene.engine.queue.counts().inFlight).toBe(1);
    await scene.declare(scene.world.subjects(1, { rate: "900M" }));
    await scene.engine.settle();
    expect(await scene.world.census()).toMatchObject({ addresses: 1, rates: "900M", live: "1/1/1" });
  });
  test("two edits within a millisecond: the last one wins, and neither is lost", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(20));
    const first = scene.declare(scene.world.subjects(20, { rate: "1M" }));
    const second = scene.declare(scene.world.subjects(21, { rate: "2M" }));
    await Promise.all([first, second]);
    await scene.engine.settle();
    expect(await scene.world.census()).toMatchObject({ rates: "2M", live: "21/21/21" });
  });
  test("a user name that is taken back a millisecond later is not held against its subject", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.subject(1)]);
    const wrong = world.declare([world.subject(1), world.subject(2, { user: "s1@acme.example" })]);
    const right = world.declare([world.subject(1), world.subject(2)]);
    await Promise.all([scene.engine.accept(() => wrong), scene.engine.accept(() => right)]);
    await scene.engine.settle();
    expect(scene.report(2)?.settled).toBe(true);
    expect(await world.census()).toMatchObject({ accounts: 2 });
  });
});
