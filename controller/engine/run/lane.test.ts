import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { fault } from "../../../reconcilers/errors.ts";
import { type Asking, Lane, type Verb } from "./lane.ts";

const bulk: Asking = { tenant: "acme", small: false, attempts: 0 };
const small: Asking = { ...bulk, small: true };
const turn = (): Promise<void> => sleep(2);

/** Calls that end when the test says so. */
function held(limit = 100) {
  const calls: { readonly items: readonly number[]; readonly end: () => void }[] = [];
  const verb = (name: string): Verb<number, number> => ({
    name,
    limit,
    run: (items) => new Promise((resolve) => calls.push({ items, end: () => resolve(items) })),
  });
  const sizes = (): readonly number[] => calls.map((c) => c.items.length);
  return { calls, verb, sizes };
}
const ask = (lane: Lane, verb: Verb<number, number>, count: number, by: Asking): readonly Promise<number>[] =>
  Array.from({ length: count }, (_, n) => lane.ask(verb, n, by));

describe("calls", () => {
  test("all that becomes ready in one turn travels together, each with its own answer", async () => {
    const lane = new Lane(2);
    const verb: Verb<number, number> = { name: "double", limit: 100, run: async (items) => items.map((i) => i * 2) };
    expect(await Promise.all(ask(lane, verb, 5, bulk))).toEqual([0, 2, 4, 6, 8]);
    expect(lane.count).toEqual({ calls: 1, items: 5 });
  });
  test("bulk calls never take the last slot: an edit goes at once", async () => {
    const [lane, h] = [new Lane(2), held()];
    const v = h.verb("slow");
    ask(lane, v, 1000, bulk);
    await turn();
    expect(h.sizes()).toEqual([100]);
    const edit = lane.ask(v, 7, small);
    await turn();
    expect(h.sizes()).toEqual([100, 1]);
    h.calls[1]?.end();
    expect(await edit).toBe(7);
    await turn();
    expect(h.sizes()).toEqual([100, 1]); // the slot that the edit left is not for the bulk
    h.calls[0]?.end();
    await turn();
    expect(h.sizes()).toEqual([100, 1, 100]);
    expect(lane.backlog()).toBe(800);
  });
  test("a lane of one slot could not keep one free, so there is none", () => {
    expect(() => new Lane(1)).toThrow(RangeError);
  });
  test.each([
    ["the first try fills the call", { ...bulk, attempts: 0 }, [25]],
    ["the second goes in tens: the bad one is among few", { ...bulk, attempts: 1 }, [10, 10, 5]],
    ["from the third each is alone", { ...bulk, attempts: 2 }, new Array(25).fill(1)],
    ["an edit goes in tens: it waits for no big call", small, [10, 10, 5]],
  ])("%s", async (_, by, sizes) => {
    const [lane, h] = [new Lane(100), held()];
    ask(lane, h.verb("v"), 25, by);
    await turn();
    expect(h.sizes()).toEqual(sizes);
  });
  test("a resource that takes few gets few, on every try", async () => {
    const [lane, h] = [new Lane(100), held(3)];
    ask(lane, h.verb("v"), 7, small);
    await turn();
    expect(h.sizes()).toEqual([3, 3, 1]);
  });
});

describe("fairness", () => {
  test("a tenant with ten thousand does not stand before a tenant with one", async () => {
    const [lane, h] = [new Lane(2), held()];
    const v = h.verb("v");
    ask(lane, v, 10_000, bulk);
    const other = lane.ask(v, 42, { ...bulk, tenant: "other" });
    await turn();
    h.calls[0]?.end();
    await turn();
    expect(h.calls[1]?.items).toEqual([42]);
    h.calls[1]?.end();
    expect(await other).toBe(42);
  });
  test("reads and writes take turns, and never share a call", async () => {
    const [lane, h] = [new Lane(2), held(10)];
    const names: string[] = [];
    const named = (name: string): Verb<number, number> => {
      const v = h.verb(name);
      const run: typeof v.run = (items) => {
        names.push(name);
        return v.run(items);
      };
      return { ...v, run };
    };
    ask(lane, named("read"), 30, bulk);
    ask(lane, named("write"), 30, bulk);
    for (let n = 0; n < 6; n++) {
      await turn();
      h.calls[n]?.end();
    }
    expect(names).toEqual(["read", "write", "read", "write", "read", "write"]);
  });
});

describe("answers", () => {
  const some = (run: Verb<number, number>["run"]): Verb<number, number> => ({ name: "v", limit: 100, run });
  test("one bad item fails alone", async () => {
    const verb = some(async (items) => items.map((i) => (i === 1 ? fault("BadValue", "one") : i)));
    const [a, b, c] = await Promise.allSettled(ask(new Lane(2), verb, 3, bulk));
    expect([a?.status, b?.status, c?.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });
  test("a call that fails as a whole fails each, is not sent again, and gives its slot back", async () => {
    const lane = new Lane(2);
    let calls = 0;
    const verb = some(async () => {
      calls++;
      throw fault("Unavailable", "down");
    });
    const answers = await Promise.allSettled(ask(lane, verb, 3, bulk));
    expect(answers.every((a) => a.status === "rejected")).toBe(true);
    expect(calls).toBe(1);
    await expect(lane.ask(verb, 1, bulk)).rejects.toMatchObject({ code: "Unavailable" });
    expect(calls).toBe(2);
  });
});
