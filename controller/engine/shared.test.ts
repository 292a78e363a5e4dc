/** Objects that several subjects stand on, subjects that cannot be told, and everything that stands still on purpose. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { Scene } from "../../test/lab/scene.ts";
import { owner } from "../../test/lab/world.ts";
import { ownerKey } from "../core/owner.ts";

let db: FreshDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await freshDatabase();
});
afterEach(() => scene.close());
afterAll(() => db.drop());

const planKey = () => ownerKey(scene.world.plan("fiber").owner);
const keys = (): readonly string[] => [...scene.world.acct.rows.values()].map((r) => r.key);

describe("shared objects", () => {
  test("a subscriber waits for the group of its plan, and goes on when it is in place", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.subject(1, { plan: "fiber" })]);
    const account = scene.report(1)?.plan.changes.find((c) => c.ref.system === "acct");
    expect(account?.hold).toEqual({ code: "Blocked", message: "waits for acct/object/group:fiber" });
    expect(await world.census()).toMatchObject({ live: "1/0/1" }); // what does not stand on it goes
    await scene.settle([world.subject(1, { plan: "fiber" }), world.plan("fiber")]);
    expect(scene.report(1)?.settled).toBe(true);
    expect(keys()).toEqual(["group:fiber", "s1@acme.example"]);
  });
  test("in a snapshot plans go first, wherever they stand, and nobody runs twice for it", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([...world.subjects(30, { plan: "fiber" }), world.plan("fiber")]);
    expect(keys()[0]).toBe("group:fiber");
    expect(await world.census()).toMatchObject({ live: "30/31/30" });
    expect([...scene.engine.standing.values()].every((s) => s.settled && s.runs === 1)).toBe(true);
  });
  test("a group that fails holds its subscribers, not those of another plan, and they go on when it is mended", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    world.acct.poison.add("group:fiber");
    const other = { ...world.subject(2, { plan: "copper" }) };
    await scene.settle([world.plan("fiber"), world.plan("copper"), world.subject(1, { plan: "fiber" }), other], 300);
    expect(scene.holds(1)).toContain("Blocked");
    expect(scene.report(2)?.settled).toBe(true);
    world.acct.poison.clear();
    await scene.engine.settle(2000);
    expect(scene.report(1)?.settled).toBe(true);
  });
  test("a group that is spoiled is not in place until it is repaired", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.plan("fiber")]);
    scene.faults.refuse.set("acct.observe", 1);
    await scene.look([planKey()]);
    await scene.settle([world.plan("fiber"), world.subject(1, { plan: "fiber" })]);
    await scene.engine.settle(2000);
    expect(scene.report(1)?.settled).toBe(true);
  });
  test("who is taken away waits for no group", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.plan("fiber"), world.subject(1, { plan: "fiber" })]);
    await scene.restart(); // nothing is known to be in place
    await scene.settle([]);
    expect(await world.census()).toMatchObject({ live: "0/0/0" });
  });
});

describe("what cannot be told", () => {
  const blocked = { reason: "PlanMissing", message: "plan fiber does not exist" };
  test("changes nothing and takes nothing away, claims included, and says why", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.subject(1)]);
    const before = { ...(await world.census()), calls: writes() };
    await scene.settle([{ ...world.subject(1), desired: [], claims: [], blocked: [blocked] }]);
    expect({ ...(await world.census()), calls: writes() }).toEqual(before);
    expect(scene.report(1)?.settled).toBe(false);
    expect(scene.report(1)?.plan.changes.map((c) => c.hold?.message)).toEqual(Array(3).fill(blocked.message));
    await scene.settle([world.subject(1, { rate: "2M" })]);
    expect(await world.census()).toMatchObject({ rates: "2M", live: "1/1/1" });
  });
  test("makes nothing either", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle([{ ...scene.world.subject(1), desired: [], blocked: [blocked] }]);
    expect(await scene.world.census()).toMatchObject({ live: "0/0/0", inventory: 0, claims: 2 });
    expect(scene.report(1)?.settled).toBe(false);
  });
});
const writes = (): number => scene.faults.log.filter((n) => /\.(create|update|destroy)$/.test(n)).length;

describe("on purpose", () => {
  const open = { paused: undefined, mode: () => "Enforce" as const };
  test("a pause blocks every effect, deletion included, and what was held goes when it ends", async () => {
    let paused: string | undefined;
    scene = await Scene.open(db.pool, {}, { policy: () => ({ ...open, paused }) });
    const { world } = scene;
    await scene.settle(world.subjects(3));
    const before = writes();
    paused = "stocktaking";
    await scene.settle([world.subject(1), world.subject(2, { rate: "9M" }), world.subject(4)]);
    expect(writes()).toBe(before);
    expect([scene.held("Paused"), scene.report(1)?.settled]).toEqual([3, true]);
    paused = undefined;
    await scene.look([1, 2, 3, 4].map((n) => owner(n)));
    expect(await world.census()).toMatchObject({ live: "3/3/3", rates: "100M,9M" });
  });
  test("Observe sees drift in one system, says so, corrects nothing there, and is no settled subject", async () => {
    const mode = (system: string) => (system === "pon" ? "Observe" : "Enforce");
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle(world.subjects(1));
    await scene.restart({ policy: () => ({ ...open, mode }) });
    await scene.settle(world.subjects(1, { rate: "9M" }));
    expect([...world.pon.rows.values()][0]?.state["rate"]).toBe("100M");
    expect([...world.acct.rows.values()][0]?.state["rate"]).toBe("9M");
    const onu = scene.report(1)?.plan.changes.find((c) => c.ref.system === "pon");
    expect(onu).toMatchObject({
      action: "update",
      hold: { code: "ObserveOnly" },
      fields: [{ before: "100M", after: "9M" }],
    });
    expect(scene.report(1)?.settled).toBe(false);
    await scene.settle([]);
    expect(await world.census()).toMatchObject({ live: "0/0/1" });
  });
});
