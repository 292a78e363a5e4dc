import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { openCalls } from "./calls.ts";
import { type DeclaredObject, type Objects, openObjects, type StoredObject } from "./objects.ts";

let db: FreshDatabase;
let objects: Objects;
beforeAll(async () => {
  db = await freshDatabase();
  objects = openObjects(openCalls(db.pool));
});
afterAll(() => db.drop());
beforeEach(() => db.pool.query("truncate lastmile.objects"));

const object = (name: string, rate = 1, more: Partial<DeclaredObject> = {}): DeclaredObject => ({
  key: `Subscriber/acme/${name}`,
  tenant: "acme",
  sourceId: "dir:examples",
  object: { spec: { rate, nested: { a: [1, null, "x"] } } },
  origin: { file: "acme.yaml", line: 3 },
  ...more,
});
const key = (name: string): string => `Subscriber/acme/${name}`;
async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
const one = async (name: string): Promise<StoredObject | undefined> =>
  (await all(objects.load({ keys: [key(name)], deleted: true })))[0];

describe("declared objects", () => {
  test("what was put comes back whole", async () => {
    expect(await objects.put([object("a")])).toEqual([key("a")]);
    const stored = {
      ...object("a"),
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      generation: 1,
      deletedAt: undefined,
      seq: await objects.head(),
    };
    expect(await all(objects.load())).toEqual([stored]);
  });

  test("only another content is a change: not the order of fields, a moved line or a new revision", async () => {
    await objects.put([object("a")]);
    const reordered = { spec: { nested: { a: [1, null, "x"] }, rate: 1 } };
    expect(await objects.put([object("a", 1, { object: reordered, origin: { file: "acme.yaml", line: 9 } })])).toEqual(
      [],
    );
    expect(await one("a")).toMatchObject({ generation: 1, origin: { line: 9 } });
    expect(await objects.put([object("a", 2), object("b")])).toEqual([key("a"), key("b")]);
    expect(await one("a")).toMatchObject({ generation: 2, object: { spec: { rate: 2 } } });
  });

  describe("the generation of a source that counts itself", () => {
    const counted = (name: string, generation: number, rate = 1): DeclaredObject =>
      object(name, rate, { sourceGeneration: generation });
    test("is told as it counts, beside objects that the store counts", async () => {
      await objects.put([counted("a", 7), object("b")]);
      expect([await one("a"), await one("b")]).toMatchObject([{ generation: 7 }, { generation: 1 }]);
      await objects.put([counted("a", 9, 2), object("b", 2)]);
      expect([await one("a"), await one("b")]).toMatchObject([{ generation: 9 }, { generation: 2 }]);
    });
    test("that alone moved is a change: whoever shows a status names it", async () => {
      await objects.put([counted("a", 1)]);
      const head = await objects.head();
      expect(await objects.put([counted("a", 2)])).toEqual([key("a")]);
      expect((await all(objects.since(head))).map((o) => [o.key, o.generation])).toEqual([[key("a"), 2]]);
      expect(await objects.put([counted("a", 2, 1)])).toEqual([]);
    });
    test("begins anew when the object was made again, and is forgotten with the source that counted", async () => {
      await objects.put([counted("a", 5)]);
      expect(await objects.put([counted("a", 1)])).toEqual([key("a")]);
      expect(await one("a")).toMatchObject({ generation: 1 });
      expect(await objects.put([object("a", 2)])).toEqual([key("a")]);
      expect(await one("a")).toMatchObject({ generation: 2 });
    });
  });

  test("a move to another source keeps the generation", async () => {
    await objects.put([object("a")]);
    expect(await objects.put([object("a", 1, { sourceId: "git:main" })])).toEqual([]);
    expect(await one("a")).toMatchObject({ generation: 1, sourceId: "git:main" });
  });

  test("removed is kept with its time, is told once, and going and coming back are changes of their own", async () => {
    await objects.put([object("a"), object("b")]);
    const by = { revision: "8", author: "bert" };
    expect(await objects.remove([key("a"), key("unknown")], 5000, by)).toEqual([key("a")]);
    expect(await objects.remove([key("a")], 6000)).toEqual([]);
    expect((await all(objects.load())).map((o) => o.key)).toEqual([key("b")]);
    expect(await one("a")).toMatchObject({ deletedAt: 5000, generation: 2, origin: { file: "acme.yaml", ...by } });
    expect(await objects.put([object("a")])).toEqual([key("a")]);
    expect(await one("a")).toMatchObject({ deletedAt: undefined, generation: 3 });
  });

  test("another word about what is deleted is told, and what is the same is not; it stays deleted", async () => {
    await objects.put([object("a"), object("b")]);
    await objects.remove([key("a")], 5000);
    const seq = await objects.head();
    await objects.revise([object("a"), object("b")]);
    expect(await all(objects.since(seq))).toEqual([]);
    await objects.revise([object("a", 2), { ...object("b", 2), sourceGeneration: 9 }, object("unknown")]);
    expect(await all(objects.since(seq))).toMatchObject([
      { key: key("a"), deletedAt: 5000, object: object("a", 2).object },
      { key: key("b"), deletedAt: undefined, object: object("b", 2).object, generation: 9 },
    ]);
  });

  test("load filters by tenant, source, kind and key", async () => {
    const rival = object("r", 1, { tenant: "rival", sourceId: "git:main" });
    const plan = object("", 1, { key: "ServicePlan/acme/fast" });
    await objects.put([object("a"), rival, plan]);
    const keys = async (f: Parameters<Objects["load"]>[0]) => (await all(objects.load(f))).map((o) => o.key);
    expect(await keys({ tenant: "rival" })).toEqual([rival.key]);
    expect(await keys({ sourceId: "git:main" })).toEqual([rival.key]);
    expect(await keys({ kind: "ServicePlan" })).toEqual([plan.key]);
    expect(await keys({ keys: [key("a"), key("zz")] })).toEqual([key("a")]);
    expect(await all(objects.heads({ keys: [rival.key, key("a"), key("zz")] }))).toEqual([
      { key: key("a"), tenant: "acme", sourceId: "dir:examples" },
      { key: rival.key, tenant: "rival", sourceId: "git:main" },
    ]);
    expect(await objects.sources()).toEqual([
      { tenant: "acme", sourceId: "dir:examples", objects: 2 },
      { tenant: "rival", sourceId: "git:main", objects: 1 },
    ]);
  });

  test.each([
    ["a lesser name of a source", "git:main", "dir:examples"],
    ["a greater name of a source", "dir:examples", "git:main"],
  ])("another source that declares the tenant is found, and no withdrawn object is: %s", async (_, ours, theirs) => {
    const one = object("a", 1, { sourceId: theirs });
    await objects.put([object("b", 1, { sourceId: ours }), one, object("r", 1, { tenant: "rival", sourceId: theirs })]);
    expect(await objects.otherSource(["acme"], ours)).toEqual({ tenant: "acme", sourceId: theirs });
    expect(await objects.otherSource(["nobody"], ours)).toBeUndefined();
    await objects.remove([one.key], 5);
    expect(await objects.otherSource(["acme"], ours)).toBeUndefined();
  });

  test("pages: thousands come in order, each once, by load and by since", async () => {
    const names = Array.from({ length: 2500 }, (_, i) => `s${String(i).padStart(5, "0")}`);
    const before = await objects.head();
    expect(await objects.put(names.map((n) => object(n)))).toHaveLength(2500);
    for (const pages of [objects.load(), objects.since(before)]) {
      expect((await all(pages)).map((o) => o.key)).toEqual(names.map(key));
    }
  });

  test("since tells each change once, deletions included, and nothing of what did not change", async () => {
    await objects.put([object("a"), object("b"), object("c")]);
    const seen = await objects.head();
    await objects.put([object("a"), object("b", 2)]);
    await objects.remove([key("c")], 7);
    const changes = await all(objects.since(seen));
    expect(changes.map((o) => [o.key, o.deletedAt])).toEqual([
      [key("b"), undefined],
      [key("c"), 7],
    ]);
    expect(await all(objects.since(changes.at(-1)?.seq ?? 0))).toEqual([]);
  });

  test("a reader that follows since misses nothing of many writers, whatever the order of their commits", async () => {
    let seen = await objects.head();
    const heard = new Set<string>();
    const follow = async (): Promise<void> => {
      for (const o of await all(objects.since(seen))) {
        heard.add(o.key);
        seen = o.seq;
      }
    };
    const slow = await db.pool.connect();
    await slow.query("begin");
    await slow.query("update lastmile.head set seq = seq + 1"); // a writer that has its number and has not committed
    const writers = Array.from({ length: 6 }, (_, w) =>
      objects.put(Array.from({ length: 20 }, (_, n) => object(`w${w}-${n}`))),
    );
    await follow();
    expect(heard.size).toBe(0); // nobody got past the slow one
    await slow.query("commit");
    slow.release();
    while (heard.size < 120) await follow();
    await Promise.all(writers);
  });
});
