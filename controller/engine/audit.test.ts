/** Who did what, and what nobody may read. */
import { inspect } from "node:util";
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

/** Each test has a subject of its own: audit rows are never taken back. */
describe("audit", () => {
  test("a hand edit is repaired, and the row shows what it was and what it became", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.subject(101)]);
    const account = [...world.acct.rows.values()][0]!;
    world.acct.rows.set(account.id, { ...account, state: { ...account.state, rate: "1G", comment: "call Ann" } });
    await scene.look();
    expect([...world.acct.rows.values()][0]?.state).toMatchObject({ rate: "100M", comment: "call Ann" });
    const last = (await scene.history(owner(101))).at(-1);
    expect(last).toMatchObject({
      ref: "acct/object/s101@acme.example",
      action: "update",
      changes: [{ field: "rate", before: "1G", after: "100M" }],
      outcome: "Done",
      planId: scene.report(101)?.planId,
    });
  });
  test("every effect of a life has one row, makers first", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.subject(102)]);
    await scene.settle([world.subject(102, { rate: "2M" })]);
    await scene.settle([]);
    await scene.settle([world.subject(102)]);
    await scene.settle([]);
    world.clock.offset = 2 * 3_600_000;
    await scene.engine.purge();
    await scene.engine.settle();
    const rows = await scene.history(owner(102));
    const acts = (system: string): readonly string[] =>
      rows.filter((r) => r.ref.startsWith(system)).map((r) => r.action);
    expect(acts("acct")).toEqual(["create", "update", "retire", "restore", "retire", "destroy"]);
    expect(acts("addr")).toEqual(["create", "retire", "restore", "retire", "destroy"]);
    expect(acts("pon")).toEqual(["create", "update", "retire", "restore", "retire", "destroy"]);
    expect(rows.every((r) => r.outcome === "Done")).toBe(true);
    expect(rows.findIndex((r) => r.ref.startsWith("addr"))).toBeLessThan(
      rows.findIndex((r) => r.ref.startsWith("acct")),
    );
    expect(await world.census()).toMatchObject({ addresses: 0, accounts: 0, onus: 0, claims: 0 });
  });
  test("an effect that the system refused, or whose answer was lost, has its row too, by code", async () => {
    scene = await Scene.open(db.pool);
    scene.faults.dropReply.set("acct.create", 1);
    await scene.settle([scene.world.subject(103)], 1000);
    const rows = (await scene.history(owner(103))).filter((r) => r.ref.startsWith("acct"));
    expect(rows.map((r) => [r.action, r.outcome])).toEqual([["create", "Lost"]]);
    expect(scene.report(103)?.settled).toBe(true); // found by its marker at the next look
  });
  test("a look that finds nothing to do writes nothing", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle([scene.world.subject(104)]);
    const before = (await scene.history(owner(104))).length;
    await scene.look();
    expect(await scene.history(owner(104))).toHaveLength(before);
    expect(scene.report(104)).toMatchObject({ effects: 0, settled: true });
  });
});

describe("secrets", () => {
  test("are in no audit row, report, fault or table, while they are made, changed, lost, spoiled and refused", async () => {
    scene = await Scene.open(db.pool);
    const { world, faults } = scene;
    const said: string[] = [];
    const say = (): void => void said.push(inspect([...scene.reports], { depth: 20, showHidden: true }));
    faults.dropReply.set("acct.create", 1);
    await scene.settle(world.subjects(3), 1000);
    say();
    const account = [...world.acct.rows.values()][0]!;
    world.acct.rows.set(account.id, { ...account, state: { ...account.state, password: "SECRET-by-hand" } });
    await scene.restart({ policy: () => ({ paused: undefined, mode: () => "Observe" }) });
    await scene.look();
    say();
    await scene.restart();
    await scene.look();
    expect([...world.acct.rows.values()][0]?.state["password"]).toBe("SECRET-1");
    world.acct.poison.add("s2@acme.example");
    await scene.look();
    say();
    await scene.settle([], 200);
    say();
    expect(said.join()).toMatch(/password.*\(secret [0-9a-f]{12}\)/s); // it is spoken of
    expect(said.join()).toContain("500 with s2");
    expect(said.join()).not.toContain("SECRET-");
    const tables = await db.pool.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'lastmile' and table_type = 'BASE TABLE'",
    );
    let rows = "";
    for (const { name } of tables.rows)
      rows += JSON.stringify((await db.pool.query(`select * from lastmile."${name}"`)).rows);
    expect(rows).toContain("(secret ");
    expect(rows).not.toContain("SECRET-");
  });
  test("a changed secret shows as another digest, so that a person sees that it changed", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle([world.subject(105)]);
    const account = [...world.acct.rows.values()][0]!;
    world.acct.rows.set(account.id, { ...account, state: { ...account.state, password: "other" } });
    await scene.look();
    const [change] = (await scene.history(owner(105))).at(-1)?.changes ?? [];
    expect(change?.field).toBe("password");
    expect(change?.before).toMatch(/^\(secret [0-9a-f]{12}\)$/);
    expect(change?.after).not.toBe(change?.before);
  });
});
