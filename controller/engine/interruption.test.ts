/** A store that fails in the middle, and an end in the middle: nothing is lost and nothing is done twice. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "../../reconcilers/system.ts";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { Faults } from "../../test/lab/faults.ts";
import { Scene } from "../../test/lab/scene.ts";
import { HOUR, owner } from "../../test/lab/world.ts";
import { StoreError } from "../store/errors.ts";

let db: FreshDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await freshDatabase();
});
afterEach(() => scene.close());
afterAll(() => db.drop());

/** The database is restarted: the n-th call of this name fails, `before` or `after` it took effect. */
function restarting(name: string, at: number, where: "before" | "after"): Faults & { happened: number } {
  const faults = Object.assign(new Faults(), { happened: 0 });
  const { guard } = faults;
  let seen = 0;
  faults.guard = async (call, body) => {
    const hit = call === name && ++seen === at;
    if (hit) faults.happened++;
    if (hit && where === "before") throw new StoreError("Unavailable", `${name}: connection terminated`);
    const result = await guard(call, body);
    if (hit) throw new StoreError("Unavailable", `${name}: connection terminated`);
    return result;
  };
  return faults;
}
/** Acceptance is repeated by who asked for it. */
async function patiently(act: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await act();
    } catch (e) {
      if (!(e instanceof StoreError) || tries > 3) throw e;
    }
  }
}
async function life(): Promise<void> {
  const { world, engine } = scene;
  const accept = (edits: ReturnType<typeof world.declare>) =>
    patiently(() => engine.accept(() => edits).then(() => undefined));
  await accept(world.declare(world.subjects(20)));
  await engine.settle(3000);
  expect(await world.census()).toMatchObject({ live: "20/20/20", bound: 20, distinct: 20, inventory: 60, claims: 40 });
  await accept(world.declare(world.subjects(20, { vlan: "200", rate: "2M" })));
  await engine.settle(3000);
  expect(await world.census()).toMatchObject({ vlans: "200", rates: "2M", openReservations: 0 });
  await accept(world.declare([]));
  await engine.settle(3000);
  expect(await world.census()).toMatchObject({ live: "0/0/0", ledger: 60 });
  await accept(world.declare(world.subjects(20)));
  await engine.settle(3000);
  expect(await world.census()).toMatchObject({ live: "20/20/20", addresses: 20, ledger: 0 });
  await accept(world.declare([]));
  await engine.settle(3000);
  world.clock.offset = 2 * HOUR;
  await patiently(() => engine.purge());
  await engine.settle(3000);
  expect(await world.census()).toMatchObject({
    addresses: 0,
    accounts: 0,
    onus: 0,
    inventory: 0,
    ledger: 0,
    claims: 0,
  });
}

describe("the database is restarted in the middle of a batch", () => {
  const verbs = [
    "entries",
    "intend",
    "confirm",
    "audit",
    "shelve",
    "unshelve",
    "forget",
    "free",
    "claim",
    "reserve",
    "close",
  ];
  const cases = verbs.flatMap((verb) =>
    [1, 2].flatMap(
      (at) =>
        [
          [verb, at, "before"],
          [verb, at, "after"],
        ] as const,
    ),
  );
  test.each(cases)("%s, call %i, %s its effect: every key is tried again and none is lost", async (verb, at, where) => {
    scene = await Scene.open(db.pool);
    const faults = restarting(verb, at, where);
    const errors: unknown[] = [];
    await scene.restart({ onError: (_, e) => (errors.push(e) ? "retry" : "stop") }, faults);
    await life();
    expect(faults.happened).toBeGreaterThanOrEqual(at === 1 ? 1 : 0); // one call may have been enough for all
    expect(errors.every((e) => e instanceof StoreError)).toBe(true);
  });
  test("who did not ask for a retry hears of it", async () => {
    scene = await Scene.open(db.pool);
    await scene.restart({}, restarting("intend", 1, "before"));
    await scene.declare(scene.world.subjects(3));
    await expect(scene.engine.settle()).rejects.toBeInstanceOf(StoreError);
  });
  test("the retry does not meet the effects of the run that broke", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    const faults = restarting("confirm", 1, "before");
    await scene.restart({ onError: () => "retry" }, faults);
    // An address takes long to make, and the confirmation of the ONU beside it breaks the run.
    const { session, twice } = slow(world.addr.session(faults.guard));
    scene.engine.ports.open("addr", session);
    await scene.settle([world.subject(1)], 2000);
    expect(faults.happened).toBe(1);
    expect(twice).toEqual([]);
    expect(await world.census()).toMatchObject({ addresses: 1, live: "1/1/1" });
  });
});
/** Takes its time, and notes the keys that it was asked for twice at once. */
function slow(session: Session) {
  const running = new Set<string>();
  const twice: string[] = [];
  const resources = session.resources.map((r) => ({
    ...r,
    apply: async (...args: Parameters<typeof r.apply>) => {
      const keys = new Set(args[0].map((o) => o.ref.key));
      twice.push(...keys.intersection(running));
      for (const k of keys) running.add(k);
      await sleep(60);
      const out = await r.apply(...args);
      for (const k of keys) running.delete(k);
      return out;
    },
  }));
  return { session: { ...session, resources }, twice };
}

describe("closing in flight", () => {
  test.each([5, 25, 60, 100])(
    "after %i ms: no call to a system is begun any more, and the next controller finishes",
    async (ms) => {
      scene = await Scene.open(db.pool, { latencyMs: 15, settleMs: 50 });
      const { world, faults, engine } = scene;
      await scene.declare(world.subjects(40));
      await sleep(ms);
      const begun = faults.log.filter(external).length;
      engine.close();
      await engine.settle();
      await sleep(60);
      expect(faults.log.filter(external)).toHaveLength(begun);
      expect(engine.queue.counts()).toEqual({ ready: 0, inFlight: 0, waiting: 0 });
      await scene.restart();
      await scene.settle(world.subjects(40), 3000);
      expect(await world.census()).toMatchObject({ live: "40/40/40", distinct: 40, addresses: 40, bound: 40 });
      expect(scene.report(1)?.settled).toBe(true);
      expect(scene.reports.has(owner(40))).toBe(true);
    },
  );
});
const external = (name: string): boolean => /^(addr|acct|pon)\./.test(name);
