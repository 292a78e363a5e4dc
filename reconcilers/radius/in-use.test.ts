import { expect, test } from "vitest";
import { InUse } from "./in-use.ts";

test("who is waited for is asked after soon, then ever more seldom, and no more when it is over", () => {
  let now = 0;
  const inUse = new InUse(() => now);
  inUse.note("ann", true);
  const asked: number[] = [];
  for (now = 0; now <= 3_600_000; now += 1000) {
    inUse.note("ann", true); // each look says so again
    if (inUse.due().length > 0) asked.push(now / 1000);
  }
  expect(asked.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 320, 620]);
  expect(asked.length).toBeLessThan(20);
  inUse.note("ann", false);
  expect([inUse.isWaited("ann"), inUse.due()]).toEqual([false, []]);
});
