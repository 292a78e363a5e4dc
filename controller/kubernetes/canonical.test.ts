import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonical } from "./canonical.ts";

const reversed = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(reversed)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([k, v]) => [k, reversed(v)]),
        )
      : value;

test("the order of fields says nothing", () => {
  fc.assert(fc.property(fc.jsonValue(), (v) => canonical(reversed(v)) === canonical(v)));
});
test("nothing is lost, and the order of a list counts", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (v) => isDeepStrictEqual(JSON.parse(canonical(v)), JSON.parse(JSON.stringify(v)))),
  );
  expect(canonical([1, 2])).not.toBe(canonical([2, 1]));
});
