import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

describe("duration", () => {
  it.each([
    ["24h", 86_400],
    ["1h30m", 5400],
    ["0s", 0],
    ["90s", 90],
  ])("%s is %d seconds", (text, seconds) => expect(parseDuration(text)).toBe(seconds));
  it.each(["", "h", "10", "1d", "1.5h", "-1h", "500ms", "1h "])("%j is refused", (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
  it("adds its parts", () =>
    fc.assert(
      fc.property(
        fc.nat(9999),
        fc.nat(9999),
        fc.nat(9999),
        (h, m, s) => parseDuration(`${h}h${m}m${s}s`) === h * 3600 + m * 60 + s,
      ),
    ));
});
