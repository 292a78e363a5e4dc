import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyQueue, SMALL_EDIT } from "./keys.ts";

/** Runs that end when the test says so. */
function bench(window = 100, shared: (key: string) => boolean = () => false) {
  const log: string[] = [];
  const running = new Map<string, { end: () => void; fail: (e: unknown) => void }>();
  const queue = new KeyQueue(
    window,
    (key, small) => {
      if (running.has(key)) throw new Error(`${key} runs beside itself`);
      log.push(small ? `${key}!` : key);
      return new Promise<void>((resolve, reject) => {
        running.set(key, { end: resolve, fail: reject });
      }).finally(() => running.delete(key));
    },
    shared,
  );
  const turn = (): Promise<void> => sleep(1);
  const end = async (...keys: readonly string[]): Promise<void> => {
    for (const k of keys) running.get(k)?.end();
    await turn();
  };
  return { queue, log, running, end, turn };
}
const step = fc.record({ key: fc.constantFrom("a", "b", "c", "p"), small: fc.boolean(), end: fc.boolean() });
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Edits and endings in any order; then everything ends. Counts the edits of each key, and those its last run could see. */
async function storm(steps: readonly { readonly key: string; readonly small: boolean; readonly end: boolean }[]) {
  const begun = new Map<string, number>();
  const edits = new Map<string, number>();
  const ends = new Map<string, () => void>();
  const run = (key: string): Promise<void> => {
    if (ends.has(key)) throw new Error(`${key} runs beside itself`);
    begun.set(key, edits.get(key) ?? 0);
    return new Promise<void>((resolve) => ends.set(key, resolve)).finally(() => ends.delete(key));
  };
  const queue = new KeyQueue(2, run, (key) => key === "p");
  for (const s of steps) {
    edits.set(s.key, (edits.get(s.key) ?? 0) + 1);
    queue.add([s.key], s.small);
    if (!s.end) continue;
    ends.get(s.key)?.();
    await nextTurn();
  }
  while (!queue.idle()) {
    for (const end of ends.values()) end();
    await nextTurn();
  }
  return { begun, edits };
}
const many = (n: number, prefix = "k"): string[] => Array.from({ length: n }, (_, i) => `${prefix}${i}`);

describe("what keys waited for has come before its time", () => {
  test("edits go on first, whatever their order; who did not wait has nothing to do", async () => {
    const { queue, log, end } = bench();
    queue.later("crowd", 3_600_000, false);
    queue.later("edit", 3_600_000, true);
    queue.wake(["crowd", "stranger", "edit"]);
    expect(log).toEqual(["edit!", "crowd"]);
    await end("edit", "crowd");
    expect(queue.counts()).toEqual({ ready: 0, inFlight: 0, waiting: 0 });
  });
  test("who is just ending a run runs again, as what it was: that run may not have seen it", async () => {
    const { queue, log, end } = bench();
    queue.add(["edit"], true);
    queue.add(["crowd"], false);
    queue.wake(["crowd", "edit"]);
    await end("crowd", "edit");
    expect(log.toSorted()).toEqual(["crowd", "crowd", "edit!", "edit!"]);
    await end("crowd", "edit");
  });
});

describe("no key runs beside itself, and no edit is lost", () => {
  test("an edit in flight runs again afterwards, once, however many there were", async () => {
    const { queue, log, end } = bench();
    queue.add(["a"]);
    queue.add(["a"]);
    queue.add(["a"]);
    expect(log).toEqual(["a!"]);
    await end("a");
    expect(log).toEqual(["a!", "a!"]);
    await end("a");
    expect(queue.idle()).toBe(true);
  });
  test("an edit that waits for its place in the window is not run twice", async () => {
    const { queue, log, end } = bench(1);
    queue.add(["a", "b"], false);
    queue.add(["b"], false);
    await end("a");
    await end("b");
    expect(log).toEqual(["a", "b"]);
    expect(queue.idle()).toBe(true);
  });
  test("an edit takes the place of the retry that its key waits for", async () => {
    const { queue, log, end } = bench();
    queue.later("a", 10_000, false);
    expect(queue.counts()).toEqual({ ready: 0, inFlight: 0, waiting: 1 });
    queue.add(["a"]);
    await end("a");
    expect([log, queue.counts().waiting]).toEqual([["a!"], 0]);
  });
  test("a retry whose time comes while its key runs again waits for the end of that run", async () => {
    const { queue, log, end } = bench();
    queue.add(["a"]);
    queue.later("a", 1, true);
    await sleep(10);
    expect(log).toEqual(["a!"]);
    await end("a");
    expect(log).toEqual(["a!", "a!"]);
    await end("a");
  });
  test("any storm of edits and endings: after its last edit every key has run, never beside itself", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { begun, edits } = await storm(steps);
        expect(begun).toEqual(edits); // each saw all of its edits
      }),
      { numRuns: 200 },
    );
  });
});

describe("who goes first", () => {
  test("bulk fills the window and no more; a small edit does not wait for it", async () => {
    const { queue, log } = bench(3);
    queue.add(many(20), false);
    expect(log).toHaveLength(3);
    queue.add(["edit"]);
    expect(log.at(-1)).toBe("edit!");
  });
  test("so many at once are an edit that somebody waits for; one more is not", () => {
    const { queue, log } = bench(0);
    queue.add(many(SMALL_EDIT + 1));
    expect(log).toEqual([]);
    queue.add(many(SMALL_EDIT, "e"));
    expect(log).toHaveLength(SMALL_EDIT);
  });
  test("a key of the bulk that is edited goes at once, and is not run again for the bulk", async () => {
    const { queue, log, end } = bench(1);
    queue.add(["a", "b", "c"], false);
    queue.add(["c"]);
    expect(log).toEqual(["a", "c!"]);
    await end("a", "c");
    await end("b");
    expect(log).toEqual(["a", "c!", "b"]);
    expect(queue.idle()).toBe(true);
  });
  test("an edit that waits stays small when the bulk names its key too; so does one in flight", async () => {
    const { queue, log, end } = bench(1);
    queue.add(["a"]);
    queue.add(["a"], true);
    queue.add(["a"], false);
    await end("a");
    expect(log).toEqual(["a!", "a!"]);
  });
  test("what others stand on goes before the bulk, even where it was named last", async () => {
    const { queue, log, end } = bench(100, (key) => key.startsWith("plan"));
    queue.add([...many(11), "plan-a", "plan-b"], false);
    expect(log).toEqual(["plan-a", "plan-b"]);
    await end("plan-a");
    expect(log).toHaveLength(2);
    await end("plan-b");
    expect(log).toHaveLength(13);
  });
  test("a small edit does not wait for plans: it is told what is missing and asked again", () => {
    const { queue, log } = bench(100, (key) => key.startsWith("plan"));
    queue.add(["plan-a"], false);
    queue.add(["s1"]);
    expect(log).toEqual(["plan-a", "s1!"]);
  });
  test("a plan that failed and waits for its time holds up nobody", async () => {
    const { queue, log, end } = bench(100, (key) => key.startsWith("plan"));
    queue.add(["plan-a", ...many(11)], false);
    queue.later("plan-a", 10_000, false);
    await end("plan-a");
    expect(log).toHaveLength(12);
    queue.close();
  });
});

describe("settle and close", () => {
  test("settle waits for what runs, and with patience for what waits for its time", async () => {
    const { queue, log, end } = bench();
    queue.add(["a"]);
    let settled = false;
    const done = queue.settle().then(() => {
      settled = true;
    });
    await sleep(60);
    expect(settled).toBe(false);
    await end("a");
    await done;
    queue.later("b", 20, true);
    await queue.settle();
    expect(log).toEqual(["a!"]);
    const patient = queue.settle(1000);
    await sleep(40);
    await end("b");
    await patient;
    expect(log).toEqual(["a!", "b!"]);
  });
  test("settle throws what a run threw", async () => {
    const { queue, running } = bench();
    queue.add(["a"]);
    running.get("a")?.fail(new Error("bug"));
    await expect(queue.settle()).rejects.toThrow("bug");
  });
  test("closed: what runs comes to its end, nothing is begun any more, and settle returns", async () => {
    const { queue, log, end } = bench(1);
    queue.add(["a", "b"], false);
    queue.add(["a"], false);
    queue.later("c", 1, true);
    queue.close();
    queue.add(["d"]);
    queue.later("e", 1, true);
    await sleep(10);
    await end("a");
    await queue.settle(50);
    expect([log, queue.counts()]).toEqual([["a"], { ready: 0, inFlight: 0, waiting: 0 }]);
  });
  test("the age of the oldest run is known: one that never ends is seen", async () => {
    const { queue, end } = bench();
    expect(queue.oldest()).toBe(0);
    queue.add(["a"]);
    await sleep(20);
    queue.add(["b"]);
    expect(queue.oldest()).toBeGreaterThan(15);
    await end("a");
    expect(queue.oldest()).toBeLessThan(15);
    await end("b");
  });
});

test("the slow plan of one tenant holds up nobody else's bulk", async () => {
  const begun: string[] = [];
  const hang = new Promise<void>(() => undefined);
  const run = async (key: string): Promise<void> => {
    begun.push(key);
    if (key === "a/plan") await hang;
  };
  const queue = new KeyQueue(
    100,
    run,
    (key) => key.endsWith("/plan"),
    (key) => key.slice(0, 1),
  );
  queue.add(["a/plan", "a/1", "b/1"], false);
  await new Promise((done) => setImmediate(done));
  expect(begun).toEqual(["a/plan", "b/1"]);
  queue.close();
});
