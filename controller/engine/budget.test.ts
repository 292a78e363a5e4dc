/** How many customers may lose service in a day, and who decides about the rest. Ten of a hundred, of each kind. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { Scene } from "../../test/lab/scene.ts";
import { owner } from "../../test/lab/world.ts";
import type { Subject } from "../core/model.ts";

let db: FreshDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await freshDatabase();
});
afterEach(() => scene.close());
afterAll(() => db.drop());

const DAY = 86_400_000;
const all = (): readonly Subject[] => scene.world.subjects(100);
/** The last ones are gone. */
const first = (n: number): readonly Subject[] => scene.world.subjects(n);
const retired = (): number => [...scene.world.acct.rows.values()].filter((r) => r.retired).length;
const held = (): number => scene.held("DestructiveLimit");
async function hundred(): Promise<void> {
  scene = await Scene.open(db.pool, { percent: 10, limit: 100 });
  await scene.settle(all(), 1000);
}

describe("a set of losses", () => {
  test("that exceeds the budget waits as a whole, and no number of days or restarts lets it through", async () => {
    await hundred();
    await scene.settle(first(70));
    for (let day = 0; day < 4; day++) {
      scene.world.clock.offset += DAY + 1;
      await scene.restart();
      await scene.engine.sweep("acme", (key) => scene.world.declared.has(key));
      await scene.settle(first(70));
    }
    expect([retired(), held()]).toEqual([0, 30]);
    expect(await scene.world.census()).toMatchObject({ live: "100/100/100" });
  });
  test("that fits goes, and what comes after it in the window does not; the next window is another", async () => {
    await hundred();
    await scene.settle(first(92));
    await scene.settle(first(88));
    expect([retired(), held()]).toEqual([8, 4]);
    scene.world.clock.offset += DAY + 1;
    await scene.settle([...first(88), ...all().slice(88, 92)]);
    await scene.settle(first(88));
    expect([retired(), held()]).toEqual([12, 0]);
  });
  test("that is accepted while some of it is in flight is not let through one by one", async () => {
    await hundred();
    const { world, engine, faults } = scene;
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    engine.ports.open(
      "addr",
      world.addr.session((name, call) => gate.then(() => faults.guard(name, call))),
    );
    engine.enqueue([71, 72, 73].map((n) => owner(n)));
    await sleep(20); // they look at what was declared before, and wait for an answer
    await scene.declare(first(70));
    go();
    await engine.settle();
    expect([retired(), held()]).toEqual([0, 30]);
  });
  test("that is still being accepted is not begun by a look at some of it", async () => {
    await hundred();
    const accepted = scene.declare(first(70));
    scene.engine.enqueue([71, 72, 73].map((n) => owner(n)));
    await accepted;
    await scene.engine.settle();
    expect([retired(), held()]).toEqual([0, 30]);
  });
  test("that is retired already costs nothing again, however often the controller starts", async () => {
    await hundred();
    await scene.settle(first(95));
    for (let i = 0; i < 3; i++) {
      await scene.restart();
      await scene.engine.sweep("acme", (key) => scene.world.declared.has(key));
      await scene.settle(first(95));
    }
    await scene.settle(first(90));
    expect([retired(), held()]).toEqual([10, 0]);
  });
  test("that was declared again and never came back costs nothing either", async () => {
    await hundred();
    await scene.settle(first(95));
    let paused: string | undefined = "stocktaking";
    await scene.restart({ policy: () => ({ paused, mode: () => "Enforce" }) });
    await scene.settle(all());
    await scene.settle(first(90));
    paused = undefined;
    await scene.look(all().map((_, i) => owner(i + 1)));
    expect([retired(), held()]).toEqual([10, 0]);
  });
  test("is released by the declaration's return, which gives nothing away", async () => {
    await hundred();
    await scene.settle(first(70));
    await scene.settle(all());
    expect(held()).toBe(0);
    await scene.settle(first(90));
    expect([retired(), held()]).toEqual([10, 0]);
    await scene.settle(first(89));
    expect([retired(), held()]).toEqual([10, 1]);
  });
  test("survives the process that reserved it: the next one spends no second place", async () => {
    await hundred();
    await scene.settle(first(93));
    await scene.restart();
    await scene.engine.sweep("acme", (key) => scene.world.declared.has(key));
    await scene.settle(first(90));
    expect([retired(), held()]).toEqual([10, 0]);
  });
});

describe("the three kinds", () => {
  const change = (from: number, to: number, f: Parameters<typeof scene.world.subject>[1]): readonly Subject[] =>
    all().map((s, i) => (i >= from && i < to ? scene.world.subject(i + 1, f) : s));
  const vlans = (v: string): number => [...scene.world.pon.rows.values()].filter((r) => r.state["vlan"] === v).length;
  const rejects = (): number =>
    [...scene.world.acct.rows.values()].filter((r) => r.state["access"] === "Reject").length;

  test("are counted apart: ten retired, ten suspended and ten disturbed on one day", async () => {
    await hundred();
    const next = all().map((s, i) => {
      if (i < 10) return scene.world.subject(i + 1, { access: "Reject" });
      return i < 20 ? scene.world.subject(i + 1, { vlan: "200" }) : s;
    });
    await scene.settle(next.slice(0, 90));
    expect([retired(), rejects(), vlans("200"), held()]).toEqual([10, 10, 10, 0]);
  });
  test("disruptive edits are a set before anything was observed", async () => {
    await hundred();
    await scene.settle(change(0, 100, { vlan: "200" }));
    expect([vlans("100"), held()]).toEqual([100, 100]);
  });
  test("suspensions are a set too, and a resume is never held, whatever was used up", async () => {
    await hundred();
    await scene.settle(change(0, 11, { access: "Reject" }));
    expect([rejects(), held()]).toEqual([0, 11]);
    await scene.settle(all());
    await scene.settle(change(0, 10, { access: "Reject" }));
    expect([rejects(), held()]).toEqual([10, 0]);
    await scene.settle(all());
    expect([rejects(), held()]).toEqual([0, 0]);
  });
  test("a restore is never held", async () => {
    await hundred();
    await scene.settle(first(90));
    await scene.settle(all());
    expect([retired(), held()]).toEqual([0, 0]);
  });
  test("what is not costly goes, beside what waits", async () => {
    await hundred();
    await scene.settle(scene.world.subjects(100, { vlan: "200" }));
    await scene.settle(scene.world.subjects(100, { vlan: "200", rate: "9M" }));
    expect(await scene.world.census()).toMatchObject({ rates: "9M", vlans: "100" });
  });
});

describe("approval", () => {
  const approve = (ns: readonly number[]): Promise<void> => {
    const tuples = ns.flatMap((n) => scene.report(n)?.plan.changes.flatMap((c) => c.tuple ?? []) ?? []);
    return scene.store.store.approve(tuples, { whom: "ann", at: Date.now(), expires: Date.now() + DAY });
  };
  test("of tuples lets exactly them through", async () => {
    await hundred();
    await scene.settle(first(70));
    await approve([71, 72]);
    await scene.engine.refreshApprovals();
    await scene.look([71, 72, 73].map((n) => owner(n)));
    expect([retired(), held()]).toEqual([2, 28]);
    expect(scene.world.acct.rows.size).toBe(100);
  });
  test("is for what was seen: an object that has changed since is asked about again", async () => {
    await hundred();
    await scene.settle(first(70));
    await approve([71]);
    const onu = [...scene.world.pon.rows.values()].find((r) => r.key === "ALCL71");
    if (onu) onu.state = { ...onu.state, vlan: "77" };
    await scene.engine.refreshApprovals(); // who is held runs again at once
    await scene.look([owner(71)]);
    expect([retired(), held()]).toEqual([0, 30]);
  });
  test("that was not read yet lets nothing through", async () => {
    await hundred();
    await scene.settle(first(70));
    await approve([71]);
    await scene.look([owner(71)]);
    expect(retired()).toBe(0);
  });
});

describe("what stands still for another reason", () => {
  test.each([
    ["a pause", { paused: "stocktaking", mode: () => "Enforce" as const }],
    ["Observe", { paused: undefined, mode: () => "Observe" as const }],
  ])("%s takes no place from those who may go", async (_, policy) => {
    await hundred();
    const still = (key: string): boolean => Number(key.split("/s")[1]) <= 50;
    const open = { paused: undefined, mode: () => "Enforce" as const };
    await scene.restart({ policy: (key) => (still(key) ? policy : open) });
    await scene.settle(all());
    // Drift that nobody declared: another VLAN on all of the first fifty, and on ten of the others.
    for (const r of scene.world.pon.rows.values())
      if (Number(r.key.slice(4)) <= 60) r.state = { ...r.state, vlan: "666" };
    await scene.look();
    expect([...scene.world.pon.rows.values()].filter((r) => r.state["vlan"] === "666")).toHaveLength(50);
    expect(held()).toBe(0);
  });
});
