import { expect, test } from "vitest";
import { Float, numberFromSource, plain, same } from "./json.ts";

test.each<[string, unknown, string]>([
  ["100", 100, "an integer"],
  ["0.5", 0.5, "a float"],
  ["100.0", new Float(100), "a float to Go"],
  ["1e2", new Float(100), "a float to Go"],
  ["9007199254740993", 9007199254740993n, "beyond what a double holds"],
  ["-9223372036854775808", -(1n << 63n), "the least int64"],
  ["9223372036854775808", new Float(2 ** 63), "beyond int64"],
])("%s is read as %s: %s", (source, expected) => expect(numberFromSource(source)).toEqual(expected));

test("1 and 1.0 are two values until they are plain", () => {
  expect(same([1], [new Float(1)])).toBe(false);
  expect(same({ a: new Float(1) }, { a: new Float(1) })).toBe(true);
  expect(plain({ a: [new Float(1), 2n], b: 3 })).toEqual({ a: [1, 2], b: 3 });
});
