import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { whileAlive } from "./lease-signal.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const never = new AbortController().signal;

it("a call that lasts longer than a lease goes on as long as the lease is renewed", () => {
  let until = 10_000;
  const { signal } = whileAlive(() => until - performance.now(), never);
  for (let n = 1; n <= 20; n++) {
    vi.advanceTimersByTime(3_000);
    until = performance.now() + 10_000;
  }
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(9_999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(2);
  expect(signal.aborted).toBe(true);
});
it("a renewal after the lapse does not bring it back", () => {
  let until = 1_000;
  const { signal } = whileAlive(() => until - performance.now(), never);
  vi.advanceTimersByTime(1_001);
  until = 100_000;
  expect(signal.aborted).toBe(true);
});
it("ends with what stops the engine, and leaves no timer behind", () => {
  const stop = new AbortController();
  const { signal, done } = whileAlive(() => 1_000, stop.signal);
  stop.abort();
  expect(signal.aborted).toBe(true);
  done();
  expect(vi.getTimerCount()).toBe(0);
});
