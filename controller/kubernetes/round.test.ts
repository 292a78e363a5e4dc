import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Round } from "./round.ts";

let round: Round<string>;
let stop: AbortController;
let running: Promise<unknown>;
let log: string[];
beforeEach(() => {
  round = new Round({ first: 100, last: 400 });
  stop = new AbortController();
  running = Promise.resolve();
  log = [];
});
afterEach(async () => {
  stop.abort();
  await running;
});
function start(work: (key: string) => Promise<void>, workers = 1): void {
  const failed = (e: unknown) => log.push(`failed ${(e as Error).message}`);
  running = Promise.all(Array.from({ length: workers }, () => round.run(work, failed, stop.signal)));
}
const seen = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const quiet = async (): Promise<void> => {
  for (let n = 0; n < 5; n++) await seen();
};

test("a key that was added twice is worked on once", async () => {
  round.add(["a", "b"]);
  round.add(["a"]);
  start(async (key) => void log.push(key));
  await quiet();
  expect(log).toEqual(["a", "b"]);
});

test("one key is never with two workers; what came meanwhile is worked on again, by one", async () => {
  const open = new Map<string, () => void>();
  start((key) => {
    log.push(key);
    expect(open.has(key)).toBe(false);
    return new Promise<void>((done) => open.set(key, done));
  }, 3);
  round.add(["a"]);
  await quiet();
  round.add(["a", "b"]);
  round.add(["a"]);
  await quiet();
  expect(log).toEqual(["a", "b"]); // another key need not wait
  while (open.size > 0) {
    for (const [key, done] of [...open]) {
      open.delete(key);
      done();
    }
    await quiet();
  }
  expect(log).toEqual(["a", "b", "a"]);
});

describe("what failed", () => {
  let at: number[];
  let reached: { readonly tries: number; readonly done: () => void } | undefined;
  beforeEach(() => {
    at = [];
  });
  const note = (): void => {
    at.push(performance.now());
    if (at.length === reached?.tries) reached.done();
  };
  const until = (tries: number): Promise<void> =>
    at.length >= tries ? Promise.resolve() : new Promise((done) => (reached = { tries, done }));
  const failing = async (): Promise<void> => {
    note();
    throw new Error("no");
  };
  const waits = (): readonly number[] => at.slice(1).map((t, n) => t - at[n]!);

  test("is tried again after a growing while, up to the longest", async () => {
    round = new Round({ first: 10, last: 40 });
    start(failing);
    round.add(["a"]);
    await until(6);
    for (const [n, least] of [10, 20, 40, 40, 40].entries()) expect(waits()[n]).toBeGreaterThanOrEqual(least - 1.5);
    expect(log.length).toBeGreaterThanOrEqual(5);
    expect(new Set(log)).toEqual(new Set(["failed no"]));
  });
  test("and was looked at in between is not tried more often ever after", async () => {
    round = new Round({ first: 20, last: 20 });
    start(failing);
    for (let n = 1; n <= 5; n++) {
      round.add(["a"]);
      await until(n);
      await quiet();
    }
    const [already, since] = [at.length, performance.now()];
    await until(already + 8);
    expect(performance.now() - since).toBeGreaterThanOrEqual(7 * 18.5);
  });
  test("is not tried earlier because it was brought to mind", async () => {
    round = new Round({ first: 30, last: 30 });
    start(failing);
    round.remind(["a"]);
    await until(1);
    await quiet();
    for (let n = 0; n < 20; n++) {
      round.remind(["a"]);
      await quiet();
    }
    await until(3);
    for (const wait of waits()) expect(wait).toBeGreaterThanOrEqual(28.5);
  });
  test("begins anew after it worked", async () => {
    round = new Round({ first: 10, last: 10_000 });
    let good = false;
    start(() => (good ? Promise.resolve(note()) : failing()));
    round.add(["a"]);
    await until(7);
    good = true;
    await until(8);
    good = false;
    round.add(["a"]);
    await until(11);
    expect(at[10]! - at[8]!).toBeLessThan(at[7]! - at[6]!); // 10 + 20, against 640
  });
});

test("the signal ends those that wait, and those that work after their work; its failure is no news", async () => {
  const open: ((e: Error) => void)[] = [];
  start((key) => {
    log.push(key);
    return new Promise((_, reject) => open.push(reject));
  }, 3);
  round.add(["a", "b", "c", "d"]);
  await quiet();
  stop.abort();
  for (const reject of open) reject(new Error("aborted"));
  await running;
  expect(log).toEqual(["a", "b", "c"]);
});
