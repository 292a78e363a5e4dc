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
    expect(await scene.world.census()).toMatchObject({ live: "0/0/0" }); // what cannot be marked was as declared, and is theirs again
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

describe("a fallback", () => {
  const fallback = { field: "address", vrf: "global", prefix: "10.100.0.0/29", gateway: "None" } as const;
  const bridged = (count: number) =>
    scene.world.subjects(count).map((s) => ({
      ...s,
      desired: s.desired.map((d) => (d.ref.system === "addr" ? { ...d, fallback } : d)),
    }));
  const silent = (...keys: readonly string[]) => {
    for (const key of keys) scene.world.addr.poison.add(key);
  };

  test("serves while the system is down, each address once, and is imported when it is back", async () => {
    scene = await Scene.open(db.pool);
    silent("s1-v4", "s2-v4", "s3-v4");
    await scene.declare(bridged(3));
    await expect
      .poll(() => [1, 2, 3].map((n) => inAccount(n)).sort())
      .toEqual(["10.100.0.1", "10.100.0.2", "10.100.0.3"]);
    const given = [1, 2, 3].map((n) => inAccount(n));
    scene.world.addr.poison.clear();
    await scene.engine.settle(5000);
    expect([1, 2, 3].map((n) => addressRow(n).address)).toEqual(given);
    expect([1, 2, 3].map((n) => inAccount(n))).toEqual(given);
    expect(scene.report(1)?.settled).toBe(true);
  });
  test("gives nothing that another holds, and is empty in the end: those wait as they would without it", async () => {
    scene = await Scene.open(db.pool);
    const other = { owner: "lab/acme/Subscriber/acme/other", scope: "global" };
    await scene.store.store.claim([
      { ...other, kind: "ipv4", value: "10.100.0.1" },
      { ...other, kind: "prefix", value: "10.100.0.2/31" }, // routed to him
    ]);
    silent(...Array.from({ length: 7 }, (_, n) => `s${n + 1}-v4`));
    await scene.declare(bridged(7));
    const served = () => [...scene.world.acct.rows.values()].map((r) => r.state["address"]).sort();
    await expect.poll(served).toEqual([4, 5, 6].map((n) => `10.100.0.${n}`));
    scene.world.addr.poison.clear();
    await scene.engine.settle(5000);
    expect(served()).toHaveLength(7);
  });
  test("is left for nobody while the system only answers slowly or refuses", async () => {
    scene = await Scene.open(db.pool, { latencyMs: 30 });
    await scene.settle(bridged(2));
    expect([1, 2].map((n) => inAccount(n)).filter((a) => String(a).startsWith("10.100."))).toEqual([]);
  });
});
