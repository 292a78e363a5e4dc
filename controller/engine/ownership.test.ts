/** Who may touch an object, and who holds a name. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import type { Memory } from "../../test/lab/memory.ts";
import { Scene } from "../../test/lab/scene.ts";
import { HOUR, owner } from "../../test/lab/world.ts";

let db: FreshDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await freshDatabase();
});
afterEach(() => scene.close());
afterAll(() => db.drop());

/** An object that was there before us; an empty token is nobody's. */
function place(m: Memory, key: string, token: string): void {
  const row = {
    id: `theirs-${key}`,
    key,
    token,
    owner: "",
    retired: false,
    state: { rate: "7M" },
    address: "192.0.2.1",
    at: 0,
  };
  m.rows.set(row.id, row);
}
const ACCOUNT = "s1@acme.example";

describe("what is there already", () => {
  test("a foreign object is NotOwned and untouched, and holds nothing that does not need it", async () => {
    scene = await Scene.open(db.pool, {}, { adoption: () => "Always" });
    place(scene.world.acct, ACCOUNT, "lm_somebody-else");
    await scene.settle(scene.world.subjects(1));
    expect(scene.holds(1)).toContain("NotOwned");
    expect([...scene.world.acct.rows.values()]).toMatchObject([{ token: "lm_somebody-else", state: { rate: "7M" } }]);
    expect(await scene.world.census()).toMatchObject({ live: "1/1/1" });
    await scene.settle([]);
    expect([...scene.world.acct.rows.values()]).toMatchObject([{ retired: false, state: { rate: "7M" } }]);
  });
  test("an unmarked one is adopted where the policy says so", async () => {
    scene = await Scene.open(db.pool, {}, { adoption: () => "Always" });
    place(scene.world.acct, ACCOUNT, "");
    await scene.settle(scene.world.subjects(1));
    expect(scene.report(1)?.settled).toBe(true);
    expect(await scene.world.census()).toMatchObject({ accounts: 1, rates: "100M", inventory: 3 });
  });
  test.each(["acct", "pon"] as const)("and nowhere else: %s", async (system) => {
    scene = await Scene.open(db.pool);
    place(scene.world[system], system === "acct" ? ACCOUNT : "ALCL1", "");
    await scene.settle(scene.world.subjects(1));
    expect(scene.holds(1)).toContain("NotOwned");
    expect([...scene.world[system].rows.values()]).toMatchObject([{ owner: "", state: { rate: "7M" } }]);
    expect(await scene.world.census()).toMatchObject({ inventory: 2 });
  });
  test("where nothing there can hold a marker, the intent proves that it is ours, also to the next process", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(1));
    await scene.restart();
    await scene.settle(scene.world.subjects(1, { rate: "2M" }));
    expect([...scene.world.pon.rows.values()]).toMatchObject([{ state: { rate: "2M" } }]);
  });
});

describe("claims", () => {
  const user = "s1@acme.example";
  test("the holder wins, and the newcomer is refused by name and makes nothing", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.subject(1)]);
    await scene.settle([world.subject(1), world.subject(2, { user })]);
    expect(scene.report(1)?.settled).toBe(true);
    expect(scene.report(2)?.plan.changes.map((c) => c.hold?.message)).toContain(`user ${user} is held by ${owner(1)}`);
    expect(scene.holds(2)).not.toContain(undefined);
    expect(await world.census()).toMatchObject({ live: "1/1/1" });
  });
  test("a restart does not forget the refusal", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.subject(1)]);
    await scene.settle([world.subject(1), world.subject(2, { user })]);
    await scene.restart();
    await scene.settle([...world.declared.values()]);
    expect(scene.holds(2)).toContain("IdentityConflict");
    expect(await world.census()).toMatchObject({ live: "1/1/1" });
  });
  test("in one snapshot the lesser name wins, whatever the order", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle([scene.world.subject(2, { user }), scene.world.subject(1)]);
    expect(scene.report(1)?.settled).toBe(true);
    expect(scene.holds(2)).toContain("IdentityConflict");
  });
  test("the newcomer gets it after the holder is gone for good, and not while it is kept", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.subject(1), world.subject(2, { user })]);
    await scene.settle([world.subject(2, { user })]);
    expect(scene.holds(2)).toContain("IdentityConflict");
    world.clock.offset = 2 * HOUR;
    await scene.engine.purge();
    await scene.engine.settle(1000);
    await scene.look([owner(2)]);
    expect(scene.report(2)?.settled).toBe(true);
    expect(await world.census()).toMatchObject({ live: "1/1/1", claims: 2 });
  });
  test("who gives a name up and goes back to his own is served", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.subject(1), world.subject(2, { user })]);
    await scene.settle([world.subject(1), world.subject(2)]);
    expect(scene.report(2)?.settled).toBe(true);
    expect(await world.census()).toMatchObject({ live: "2/2/2" });
  });
  test("a name that was changed is free again once the object of that name is gone", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.subject(1)]);
    await scene.settle([world.subject(1, { user: "new@acme.example" })], 1000);
    expect(await world.census()).toMatchObject({ accounts: 2, claims: 3 });
    world.clock.offset = 2 * HOUR;
    await scene.engine.purge();
    await scene.engine.settle(1000);
    expect(await world.census()).toMatchObject({ accounts: 1, claims: 2, inventory: 3, ledger: 0 });
    await scene.settle([...world.declared.values(), world.subject(2, { user })]);
    expect(scene.report(2)?.settled).toBe(true);
  });
  test("a claim of nobody any more goes with its owner, even where nothing was ever made", async () => {
    scene = await Scene.open(db.pool);
    for (const m of ["addr", "acct", "pon"]) scene.faults.refuse.set(`${m}.observe`, 1000);
    await scene.settle([scene.world.subject(1)]);
    expect(await scene.world.census()).toMatchObject({ claims: 2, inventory: 0 });
    await scene.settle([]);
    expect(await scene.world.census()).toMatchObject({ claims: 0 });
  });
});
