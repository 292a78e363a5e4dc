import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { literal, spelled } from "./columns.ts";

describe("a column", () => {
  test.each([
    ["names", ["a", "b c", "ü,{}"], '{"a","b c","ü,{}"}'],
    ["nothing at all", [], "{}"],
    ["a value that is not there, which is no text", [null, "null"], '{null,"null"}'],
    ["numbers", [1, 2.5], "{1,2.5}"],
  ])("of %s is spelled here", (_, column, text) => {
    expect(literal(column)).toBe(text);
  });
  test.each([
    ["a quote", 'say "x"'],
    ["a backslash", "a\\b"],
    ["a line break", "a\nb"],
    ["half a character", "\ud800"],
  ])("with %s is left to the driver, for JSON escapes it in another way", (_, value) => {
    const column = ["a", value];
    expect(literal(column)).toBe(column);
  });
  test("says the same as the driver, for every text", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (column) => {
        const text = literal(column);
        if (typeof text === "string") expect(text).toBe(`{${column.map((v) => `"${v}"`).join(",")}}`);
      }),
    );
  });
  test("of bytes, or no column at all, is not touched", () => {
    const bytes = [Buffer.from("x")];
    expect(spelled([bytes, "a", 1, null])).toEqual([bytes, "a", 1, null]);
  });
});
