import { expect, test } from "vitest";
import { shared } from "./shared.ts";

function readings() {
  const open: ((value: number) => void)[] = [];
  const ask = shared(() => new Promise<number>((done) => void open.push(done)));
  return { ask, open };
}

test("whoever asks while one is under way waits for the next: the running one may have begun before his write", async () => {
  const { ask, open } = readings();
  const [first, second, third] = [ask(), ask(), ask()];
  expect(open).toHaveLength(1);
  open[0]!(1);
  expect(await first).toBe(1);
  await expect.poll(() => open.length, { timeout: 120_000 }).toBe(2);
  open[1]!(2);
  expect(await Promise.all([second, third])).toEqual([2, 2]);
  expect(open).toHaveLength(2);
});

test("a reading that failed is no answer to the next question", async () => {
  let n = 0;
  const ask = shared(async () => (++n === 1 ? Promise.reject(new Error("no")) : n));
  await expect(ask()).rejects.toThrow();
  expect(await ask()).toBe(2);
});
