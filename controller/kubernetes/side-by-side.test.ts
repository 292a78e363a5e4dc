import { expect, test } from "vitest";
import { sideBySide } from "./side-by-side.ts";

test("never more at a time than asked, and each once", async () => {
  let busy = 0;
  let most = 0;
  const done: number[] = [];
  await sideBySide(
    Array.from({ length: 20 }, (_, n) => n),
    3,
    async (n) => {
      most = Math.max(most, ++busy);
      await new Promise(setImmediate);
      busy--;
      done.push(n);
    },
  );
  expect(most).toBe(3);
  expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
});
test("what one of them throws is thrown", async () => {
  await expect(sideBySide([1, 2], 2, () => Promise.reject(new RangeError("x")))).rejects.toThrow(RangeError);
});
