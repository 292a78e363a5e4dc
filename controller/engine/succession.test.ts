/** What follows what: a new name after an old one, a new claim after an old one, a new process after an old one. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { Scene } from "../../test/lab/scene.ts";
import { HOUR } from "../../test/lab/world.ts";
import type { Subject } from "../core/model.ts";

let db: FreshDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await freshDatabase();
});
afterEach(() => scene.close());
afterAll(() => db.drop());

const serial = (s: Subject, value: string): Subject => ({
  ...s,
  claims: [...s.claims.filter((c) => c.kind !== "serial"), { kind: "serial", scope: "-", value }],
});

describe("a claim beyond what is wanted", () => {
  test("goes when the new state is in place: a replaced device serves the next customer", async () => {
    scene = await Scene.open(db.pool);
    const [a, b] = scene.world.subjects(2) as [Subject, Subject];
    await scene.settle([serial(a, "OLD")]);
    await scene.settle([serial(a, "NEW")]);
    await scene.settle([serial(a, "NEW"), serial(b, "OLD")]);
    expect(scene.holds(2)).not.toContain("IdentityConflict");
    expect(await scene.world.census()).toMatchObject({ accounts: 2, claims: 6 });
  });
  test("stays while what it was for is only retired, and goes with its purge", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle([scene.world.subject(1, { user: "old@acme.example" })]);
    await scene.settle([scene.world.subject(1, { user: "new@acme.example" })]);
    expect(await scene.world.census()).toMatchObject({ accounts: 2, claims: 3 });
    scene.world.clock.offset += 2 * HOUR;
    await scene.engine.purge();
    await scene.engine.settle();
    expect(await scene.world.census()).toMatchObject({ accounts: 1, claims: 2 });
  });
});

describe("a new user name", () => {
  test("that is refused leaves the customer with the old one", async () => {
    scene = await Scene.open(db.pool);
    const two = scene.world.subject(2);
    await scene.settle([scene.world.subject(1), two]);
    await scene.settle([scene.world.subject(1, { user: "s2@acme.example" }), two]);
    expect(scene.holds(1)).toEqual(expect.arrayContaining(["IdentityConflict", "Blocked"]));
    const old = [...scene.world.acct.rows.values()].find((r) => r.key === "s1@acme.example");
    expect(old?.retired).toBe(false);
  });
  test("is in place before the old one is rejected", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle([scene.world.subject(1)]);
    const before = scene.faults.log.length;
    await scene.settle([scene.world.subject(1, { user: "next@acme.example" })]);
    const calls = scene.faults.log.slice(before).filter((c) => c.startsWith("acct.") && c !== "acct.observe");
    expect(calls).toEqual(["acct.create", "acct.update"]);
  });
});

test("two customers who share a password do not share its digest", async () => {
  scene = await Scene.open(db.pool);
  const shown = async (n: number) => {
    const rows = await scene.store.store.history(`lab/acme/Subscriber/acme/s${n}`);
    return rows.flatMap((r) => r.changes).find((c) => c.field === "password")?.after;
  };
  const alike = (n: number): Subject => {
    const [one, other] = [scene.world.subject(1), scene.world.subject(n)];
    const password = one.desired[0]?.spec["password"] ?? null;
    return { ...other, desired: other.desired.map((d, i) => (i === 0 ? { ...d, spec: { ...d.spec, password } } : d)) };
  };
  await scene.settle([alike(1), alike(2)]);
  expect(await shown(1)).toMatch(/secret/);
  expect(await shown(1)).not.toBe(await shown(2));
});

test("nothing is begun when the lease is about to end", async () => {
  scene = await Scene.open(db.pool, {}, { aliveMs: () => 100 });
  await scene.settle([scene.world.subject(1)]);
  expect(scene.report(1)?.settled).toBe(false);
  expect(await scene.world.census()).toMatchObject({ accounts: 0, addresses: 0, onus: 0 });
});
