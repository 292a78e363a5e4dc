import { expect, test } from "vitest";
import { pace, turns } from "./pace.ts";

test("after a pause a second's worth at once, then evenly", () => {
  const next = turns(4);
  const asked = Array.from({ length: 8 }, () => next(5000));
  expect(asked).toEqual([0, 0, 0, 0, 250, 500, 750, 1000]);
});
test("nobody waits where few ask", () => {
  const next = turns(4);
  expect([5000, 6000, 7000, 8000].map(next)).toEqual([0, 0, 0, 0]);
});
test("who is told to stop does not wait for his turn", async () => {
  const stop = new AbortController();
  const turn = pace(0.01);
  const waiting = turn(stop.signal);
  stop.abort();
  await expect(waiting).rejects.toThrow();
});
