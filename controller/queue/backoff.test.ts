import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Backoff } from "./backoff.ts";

const NOW = 1_000_000;

describe("back-off", () => {
  test("doubles from its base to its limit, within a quarter of jitter", () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        const backoff = new Backoff(100, 1600);
        for (const step of [100, 200, 400, 800, 1600, 1600, 1600]) {
          const wait = backoff.fail(key, undefined, NOW) - NOW;
          expect(wait).toBeGreaterThanOrEqual(step * 0.75);
          expect(wait).toBeLessThanOrEqual(step * 1.25);
        }
      }),
    );
  });
  test("a thousand failures are still a finite wait", () => {
    const backoff = new Backoff(100, 1600);
    for (let n = 0; n < 1000; n++) backoff.fail("k", undefined, NOW);
    expect(backoff.until("k", NOW) - NOW).toBeLessThanOrEqual(2000);
    expect(backoff.attempts("k")).toBe(1000);
  });
  test("the jitter belongs to the key: keys that failed together do not come back together, and a run can be repeated", () => {
    const waits = (): number[] => {
      const backoff = new Backoff(10_000, 60_000);
      return Array.from({ length: 50 }, (_, n) => backoff.fail(`s${n}`, undefined, NOW));
    };
    expect(new Set(waits()).size).toBeGreaterThan(30);
    expect(waits()).toEqual(waits());
  });
  test("what the server asks for is the least; a short wish does not shorten ours", () => {
    const backoff = new Backoff(100, 1600);
    expect(backoff.fail("long", 60_000, NOW)).toBe(NOW + 60_000);
    expect(backoff.fail("short", 1, NOW)).toBeGreaterThanOrEqual(NOW + 75);
  });
  test("a server whose clock is years ahead keeps nobody waiting for years", () => {
    const backoff = new Backoff(100, 1600);
    expect(backoff.fail("k", 10 * 365 * 86_400_000, NOW)).toBe(NOW + 3_600_000);
  });
  test("a clock that was set back does not make the wait longer", () => {
    const backoff = new Backoff(100, 1600);
    backoff.fail("k", 60_000, NOW);
    expect(backoff.until("k", NOW)).toBe(NOW + 60_000);
    expect(backoff.until("k", NOW - 1)).toBe(0);
  });
  test("a correction is tried at once, and where it fails too the wait goes on to grow", () => {
    const backoff = new Backoff(100, 1600);
    for (let n = 0; n < 3; n++) backoff.fail("k", 60_000, NOW, "Refused");
    backoff.hurry("k");
    expect(backoff.until("k", NOW)).toBe(0);
    expect(backoff.fail("k", undefined, NOW, "Refused")).toBeGreaterThanOrEqual(NOW + 600);
    backoff.hurry("never failed");
    expect(backoff.attempts("never failed")).toBe(0);
  });
  test("what is down is not asked before its time by a correction either, also where it refused something as well", () => {
    const backoff = new Backoff(100, 1600);
    backoff.fail("down", 60_000, NOW, "Down");
    backoff.fail("down", 60_000, NOW, "Refused");
    backoff.hurry("down");
    expect(backoff.until("down", NOW)).toBe(NOW + 60_000);
    backoff.fail("down", 60_000, NOW + 60_000, "Refused");
    backoff.hurry("down");
    expect(backoff.until("down", NOW)).toBe(0);
  });
  test("what was not asked waits ever longer, and travels afterwards as if nothing had been: no try was made", () => {
    const backoff = new Backoff(100, 1600);
    backoff.fail("k", undefined, NOW, "Down");
    for (const step of [200, 400, 800])
      expect(backoff.fail("k", undefined, NOW, "NotAsked") - NOW).toBeGreaterThanOrEqual(step * 0.75);
    expect(backoff.attempts("k")).toBe(1);
  });
  test("who waited for a system that is back goes on at once; who waits for another one or was told to wait does not", () => {
    const backoff = new Backoff(10_000, 60_000);
    const waits = ["anna|radius", "berta|radius", "anna|netbox", "busy|radius", "wrong|radius", "both|radius"] as const;
    const [down, spared, elsewhere, busy, wrong, both] = waits;
    backoff.fail(down, undefined, NOW, "Down");
    backoff.fail(spared, undefined, NOW, "NotAsked");
    backoff.fail(elsewhere, undefined, NOW, "Down");
    backoff.fail(busy, 60_000, NOW, "Failed");
    backoff.fail(wrong, undefined, NOW, "Refused");
    backoff.fail(both, 60_000, NOW, "Failed");
    backoff.fail(both, undefined, NOW, "Down");
    expect(backoff.release((key) => key.endsWith("|radius"))).toEqual([down, spared]);
    expect(waits.map((key) => backoff.until(key, NOW) > NOW)).toEqual([false, false, true, true, true, true]);
    expect(waits.map((key) => backoff.attempts(key))).toEqual([1, 0, 1, 1, 1, 2]);
  });
  test("keys do not share a fate, and who answered starts afresh", () => {
    const backoff = new Backoff(100, 1600);
    backoff.fail("a", undefined, NOW);
    backoff.fail("a", undefined, NOW);
    expect([backoff.attempts("a"), backoff.attempts("b"), backoff.until("b", NOW)]).toEqual([2, 0, 0]);
    backoff.clear("a");
    expect([backoff.attempts("a"), backoff.until("a", NOW)]).toEqual([0, 0]);
    expect(backoff.fail("a", undefined, NOW) - NOW).toBeLessThanOrEqual(125);
  });
});
