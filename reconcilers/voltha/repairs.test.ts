import { expect, test } from "vitest";
import { ARRIVING_MS } from "./flows.ts";
import { repairs } from "./repairs.ts";

const DAY_MS = 86_400_000;
const failed = { look: "failed", free: 2 };
const other = { look: "other", free: 2 };
let at = 0;
function repairedTimes(times: number) {
  at = 0;
  const all = repairs(() => at);
  for (let n = 0; n < times; n += 1) all.made("port", failed);
  return all;
}
test.each<[string, times: number, waitMs: number]>([
  ["never", 0, 0],
  ["once", 1, 0],
  ["twice", 2, 2 * ARRIVING_MS],
  ["three times", 3, 4 * ARRIVING_MS],
  ["ten times", 10, 512 * ARRIVING_MS],
  ["very often", 40, DAY_MS],
])("repaired %s the next one waits", (_, times, waitMs) => {
  const all = repairedTimes(times);
  if (waitMs > 0) {
    at = waitMs - 1;
    expect(all.vain("port", failed)).toBe(times);
  }
  at = waitMs;
  expect(all.vain("port", failed)).toBeUndefined();
});
test("what is tried once waits at once", () => {
  at = 0;
  const all = repairs(() => at);
  const once = { look: "port down", free: 1 };
  all.made("port", once);
  at = 2 * ARRIVING_MS - 1;
  expect(all.vain("port", once)).toBe(1);
  at = 2 * ARRIVING_MS;
  expect(all.vain("port", once)).toBeUndefined();
});
test("another reason or declaration is another trouble", () => {
  const all = repairedTimes(5);
  expect(all.vain("port", other)).toBeUndefined();
  all.made("port", other);
  expect(all.vain("port", other), "counted anew").toBeUndefined();
});
test("what worked since is forgotten, and a port is nobody else's", () => {
  const all = repairedTimes(5);
  expect(all.vain("neighbour", failed)).toBeUndefined();
  all.forget("port");
  expect(all.vain("port", failed)).toBeUndefined();
});
