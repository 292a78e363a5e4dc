/** What a system chose stays: over restarts, hand edits, deletions there, and a lost store. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { Scene } from "../../test/lab/scene.ts";
import { clearStore } from "../../test/lab/store.ts";
import { HOUR } from "../../test/lab/world.ts";

let db: FreshDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await freshDatabase();
});
afterEach(() => scene.close());
afterAll(() => db.drop());

const addressRow = (n = 1) => [...scene.world.addr.rows.values()].find((r) => r.key === `s${n}-v4`)!;
const inAccount = (n = 1) =>
  [...scene.world.acct.rows.values()].find((r) => r.key === `s${n}@acme.example`)?.state["address"];

describe("a chosen address", () => {
  test("that was changed by hand is held for approval, and the account keeps what was given", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(2));
    const given = addressRow().address;
    scene.world.addr.rows.set(addressRow().id, { ...addressRow(), address: "10.9.9.9" });
    await scene.look();
    expect(scene.holds(1)).toContain("NeedsApproval");
    expect([addressRow().address, inAccount()]).toEqual(["10.9.9.9", given]);

    const tuple = scene.report(1)?.plan.changes.find((c) => c.approval)?.tuple;
    const at = Date.now();
    await scene.store.store.approve([tuple!], { whom: "a person", at, expires: at + HOUR });
    await scene.engine.refreshApprovals();
    await scene.engine.settle();
    expect([addressRow().address, inAccount()]).toEqual([given, given]);
    expect(scene.report(1)?.settled).toBe(true);
  });
  test("whose object is gone there is made again with the same value, also by the next process", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(3));
    const given = addressRow(3).address;
    scene.world.addr.rows.delete(addressRow(1).id);
    scene.world.addr.rows.delete(addressRow(3).id);
    await scene.restart();
    await scene.look();
    expect([addressRow(3).address, inAccount(3)]).toEqual([given, given]);
  });
  test("is found by its marker after the store is lost, and goes with its owner", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(3));
    const given = addressRow(3).address;
    await clearStore(db.pool);
    await scene.restart();
    await scene.look();
    expect([addressRow(3).address, inAccount(3)]).toEqual([given, given]);
    expect(await scene.world.census()).toMatchObject({ addresses: 3, accounts: 3 });
    await scene.settle([]);
    expect(await scene.world.census()).toMatchObject({ live: "0/0/3" }); // who cannot be marked there cannot be found again
  });
  test("is enough for what stands on it while the system is down", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(1));
    scene.world.addr.poison.add("s1-v4");
    await scene.declare(scene.world.subjects(1, { rate: "50M" }));
    await expect.poll(() => [...scene.world.acct.rows.values()][0]?.state["rate"]).toBe("50M");
    scene.world.addr.poison.clear();
    await scene.engine.settle();
  });
});
