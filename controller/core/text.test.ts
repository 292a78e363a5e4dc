import { describe, expect, test } from "vitest";
import { shortened } from "./text.ts";

describe("what others said", () => {
  test.each([
    ["short", 10, "short", "what fits stays as it is"],
    ["ten letters", 10, "ten lett …", "what does not is cut, and says so"],
    ["a\0b", 10, "a b", "PostgreSQL takes no NUL in JSON"],
    ["\u{1f600}".repeat(4), 7, "\u{1f600}\u{1f600}\ufffd …", "nor half a character, which a cut would leave"],
    ["a\ud83db", 10, "a\ufffdb", "nor one that came so"],
  ])("%j within %i is %j: %s", (text, longest, shown) => {
    expect(shortened(text, longest)).toBe(shown);
  });
});
