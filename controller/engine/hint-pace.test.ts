import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HintPace } from "./hint-pace.ts";

let looks: string[];
let pace: HintPace;
beforeEach(() => {
  vi.useFakeTimers();
  looks = [];
  pace = new HintPace((owner) => void looks.push(`${owner} ${performance.now() - began}`));
  began = performance.now();
});
afterEach(() => vi.useRealTimers());
let began = 0;

test("the first word is heard at once; whoever goes on has one look in ten seconds, also of the last word", () => {
  for (let second = 0; second < 25; second++) {
    pace.tell("john");
    vi.advanceTimersByTime(1000);
  }
  vi.advanceTimersByTime(60_000);
  expect(looks).toEqual(["john 0", "john 10000", "john 20000", "john 30000"]);
});
test("one keeps no other waiting, and who was quiet is heard at once", () => {
  pace.tell("john");
  pace.tell("mary");
  vi.advanceTimersByTime(10_000);
  pace.tell("john");
  expect(looks).toEqual(["john 0", "mary 0", "john 10000"]);
});
test("after the end nobody is looked at", () => {
  pace.tell("john");
  pace.tell("john");
  pace.close();
  vi.advanceTimersByTime(60_000);
  expect(looks).toEqual(["john 0"]);
});
test("a whole town that comes back at once is heard, and those who came before are forgotten in one pass", () => {
  for (let n = 0; n < 250_000; n++) pace.tell(`s${n}`);
  expect(looks.length).toBe(250_000);
  pace.tell("s0");
  vi.advanceTimersByTime(10_000);
  expect(looks.at(-1)).toBe("s0 10000");
});
