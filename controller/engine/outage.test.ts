/** An endpoint that is down is spared, and who waited for it goes on when it is back. Calls are counted, never time. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { fault } from "../../reconcilers/errors.ts";
import type { Session } from "../../reconcilers/system.ts";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { Scene } from "../../test/lab/scene.ts";
import { owner } from "../../test/lab/world.ts";
import { Backoff } from "../queue/backoff.ts";
import { type Breaker, THRESHOLD } from "../queue/breaker.ts";
import type { Options } from "./engine.ts";

let db: FreshDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await freshDatabase();
});
afterEach(() => scene.close());
afterAll(() => db.drop());

const SLOTS = 4;
/** The ONUs' system, which can be taken down, pings included. */
async function stage(extra: Partial<Options> = {}) {
  const states: Breaker["state"][] = [];
  const begun: string[] = [];
  let told = (): void => {};
  const onBreaker: Options["onBreaker"] = (endpoint, { state }) => {
    expect(endpoint).toBe("pon");
    states.push(state);
    told();
  };
  scene = await Scene.open(db.pool, { limit: 100 }, { onBreaker, onBegin: (key) => void begun.push(key), ...extra });
  const line = { isDown: true, pings: 0 };
  const direct = scene.world.pon.session(scene.faults.guard);
  const session: Session = {
    ...direct,
    ping: async () => {
      line.pings++;
      if (line.isDown) throw fault("Unavailable", "pon cannot be reached");
      return { version: "1" };
    },
  };
  scene.engine.ports.open("pon", session);
  const calls = () => scene.faults.log.filter((name) => name.startsWith("pon.")).length;
  const down = () => {
    line.isDown = true;
    scene.faults.refuse.set("pon.observe", Number.POSITIVE_INFINITY);
  };
  const up = () => {
    line.isDown = false;
    scene.faults.refuse.clear();
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise<void>((resolve) => (told = resolve));
  };
  down();
  return { line, states, begun, calls, down, up, until };
}

describe("an endpoint that is down", () => {
  const MANY = 2000;
  test("is called a few times, however many need it and however often they try; then all go on, in bulk", async () => {
    const { line, states, calls, up, until } = await stage(); // each tries twenty times a second
    await scene.declare(scene.world.subjects(MANY));
    await until(() => line.pings >= 3 && states.at(-1) === "Open");
    expect(calls()).toBeLessThan(THRESHOLD + SLOTS);
    expect(line.pings).toBe(3);
    const before = calls();
    up();
    await until(() => states.at(-1) === "Closed");
    await scene.engine.settle(60_000);
    expect(await scene.world.census()).toMatchObject({ live: `${MANY}/${MANY}/${MANY}` });
    // Alone, as one travels who failed often, they would be 2,000 looks and as many creates.
    expect(calls() - before).toBeLessThan(MANY / 4);
    expect(states.at(-1)).toBe("Closed");
  });
  test("says why to those who were not asked for, as it would to those who were", async () => {
    const { until, line } = await stage();
    await scene.settle(scene.world.subjects(THRESHOLD)); // one at a time: each is an edit
    await until(() => line.pings > 0 && scene.engine.ports.breakers().get("pon") === "Open");
    await scene.settle(scene.world.subjects(THRESHOLD + 1));
    const faults = [...(scene.report(THRESHOLD + 1)?.faults.values() ?? [])];
    expect(faults).toMatchObject([{ kind: "Transient", code: "Unavailable", message: "pon cannot be reached" }]);
    expect(scene.report(THRESHOLD + 1)?.retryAt).toBeGreaterThan(Date.now());
  });
});

describe("an endpoint that is back", () => {
  const HOUR = 3_600_000;
  test("who waited for it goes on at once, whatever their own wait; edits before the crowd", async () => {
    const { states, begun, up, until } = await stage({ backoff: new Backoff(HOUR, HOUR) });
    await scene.settle(scene.world.subjects(1000));
    await scene.look([owner(777)]); // one: an edit
    await until(() => states.length > 2 && states.at(-1) === "Open");
    begun.length = 0;
    up();
    await until(() => states.at(-1) === "Closed");
    await scene.engine.settle();
    expect(begun[0]).toBe(owner(777));
    expect(await scene.world.census()).toMatchObject({ live: "1000/1000/1000" });
  });
  test("who waits for another system still waits", async () => {
    const { states, up, until } = await stage({ backoff: new Backoff(HOUR, HOUR) });
    scene.faults.refuse.set("addr.observe", 1);
    await scene.settle([scene.world.subject(1)]);
    await scene.settle(scene.world.subjects(THRESHOLD * 100));
    await until(() => states.length > 2 && states.at(-1) === "Open");
    up();
    await until(() => states.at(-1) === "Closed");
    await scene.engine.settle();
    expect(scene.report(1)?.retryAt).toBeGreaterThan(Date.now() + HOUR / 2);
    expect(scene.report(2)?.settled).toBe(true);
  });
});
