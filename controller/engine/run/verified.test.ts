/** Of a crowd, who looks as at the last run needs none; who does not, or of whom something else is wanted, has one. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../test/lab/database.ts";
import { Scene } from "../../../test/lab/scene.ts";
import { owner } from "../../../test/lab/world.ts";
import type { Observed } from "../../core/model.ts";
import { Sensitive } from "../../core/sensitive.ts";
import { ahead } from "../ahead.ts";
import { Verified } from "./verified.ts";

/** More than a small edit, of which everybody is looked at in full. */
const CROWD = 12;
let db: FreshDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

describe("a crowd that is looked at again", () => {
  afterEach(() => scene.close());

  /** The kinds of calls that it takes. */
  async function looking(): Promise<readonly string[]> {
    const from = scene.faults.log.length;
    await scene.look();
    return [...new Set(scene.faults.log.slice(from))].sort();
  }
  const runs = () => [...scene.reports.keys()].sort();

  test("asks the systems and nothing else", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(CROWD));
    scene.reports.clear();
    expect(await looking()).toEqual(["acct.observe", "addr.observe", "pon.observe"]);
    expect(runs()).toEqual([]);
    expect([...scene.engine.standing.values()].every((s) => s.settled && s.runs === 2)).toBe(true);
  });

  test.each([
    ["a value is another one", () => patch("s3@acme.example", (r) => ({ state: { ...r.state, rate: "1M" } }))],
    ["a secret is another one", () => patch("s3@acme.example", (r) => ({ state: { ...r.state, password: OTHER } }))],
    ["it is somebody else's", () => patch("s3@acme.example", () => ({ token: "lm_other" }))],
    ["it is gone", () => void scene.world.acct.rows.delete(rowOf("s3@acme.example").id)],
  ])("has a run where %s, and there alone", async (_, spoil) => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(CROWD));
    scene.reports.clear();
    spoil();
    await scene.look();
    expect(runs()).toEqual([owner(3)]);
  });

  test("has a run where something else is wanted by now, whatever it looks like", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    await scene.settle(world.subjects(CROWD));
    const others = world.subjects(CROWD).map((s, n) => (n === 4 ? world.subject(5, { rate: "1G" }) : s));
    await scene.settle(others);
    expect(scene.report(5)?.effects).toBeGreaterThan(0);
    expect(rowOf("s5@acme.example").state).toMatchObject({ rate: "1G" });
  });

  test("has runs where a system cannot be reached, and they say so", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(CROWD));
    scene.reports.clear();
    scene.faults.refuse.set("acct.observe", 1000);
    scene.engine.enqueue([...scene.world.declared.keys()]);
    await scene.engine.settle();
    expect(scene.report(1)).toMatchObject({ settled: false });
    expect(runs()).toHaveLength(CROWD);
  });

  test("has runs where a secret may be another one without a word", async () => {
    scene = await Scene.open(db.pool, {}, { lasting: () => false });
    await scene.settle(scene.world.subjects(CROWD));
    scene.reports.clear();
    await scene.look();
    expect(runs()).toHaveLength(CROWD);
  });

  const OTHER = new Sensitive("another");
  const rowOf = (key: string) => [...scene.world.acct.rows.values()].find((r) => r.key === key)!;
  function patch(key: string, by: (row: ReturnType<typeof rowOf>) => object): void {
    Object.assign(rowOf(key), by(rowOf(key)));
  }
});

describe("what was verified", () => {
  const ref = { system: "acct", resource: "object", key: "s1" };
  const found = (state: Observed["state"]): Observed => ({
    ref,
    id: "7",
    token: "t",
    retired: false,
    state,
    outputs: {},
  });
  const seen = new Map([["acct/object/s1", found({ rate: "1M" })]]);

  test("is not kept when something was declared since it was looked up", () => {
    const verified = new Verified();
    const { turn } = verified;
    verified.forget([owner(2)]);
    verified.keep(owner(1), seen, turn);
    expect(verified.has(owner(1))).toBe(false);
    verified.keep(owner(1), seen, verified.turn);
    expect(verified.has(owner(1))).toBe(true);
  });
  test("is not kept of what is not there", () => {
    const verified = new Verified();
    verified.keep(owner(1), new Map([...seen, ["acct/object/s2", null]]), verified.turn);
    expect(verified.has(owner(1))).toBe(false);
  });
  test("counts by endpoint and resource, and tells values from their neighbours", () => {
    const verified = new Verified();
    verified.keep(owner(1), seen, verified.turn);
    const count = (endpoint: string, resource: string) => verified.count(owner(1), endpoint, new Set([resource]));
    expect([count("acct", "object"), count("acc", "object"), count("acct", "obj")]).toEqual([1, 0, 0]);
    expect(verified.same(owner(1), found({ rate: "1M" }))).toBe(true);
    expect(verified.same(owner(1), found({ rate: "1", m: "M" }))).toBe(false);
    verified.keep(owner(1), new Map([["acct/object/s1", found({ rate: "1M", vlan: "7" })]]), verified.turn);
    expect(verified.same(owner(1), found({ vlan: "7", rate: "1M" }))).toBe(true);
    expect(verified.same(owner(2), found({ rate: "1M" }))).toBe(false);
  });
});

describe("pages", () => {
  async function* counting(to: number, asked: number[]): AsyncGenerator<number> {
    for (let n = 1; n <= to; n++) {
      asked.push(n);
      yield n;
    }
    throw new Error("the end");
  }
  test("are asked for one ahead, and what fails is heard of in its turn", async () => {
    const asked: number[] = [];
    const used: (readonly [number, number])[] = [];
    const all = async (): Promise<void> => {
      for await (const n of ahead(counting(3, asked))) {
        await Promise.resolve();
        used.push([n, asked.length]);
      }
    };
    await expect(all()).rejects.toThrow("the end");
    expect(used).toEqual([
      [1, 2],
      [2, 3],
      [3, 3],
    ]);
  });
});
