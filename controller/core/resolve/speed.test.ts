import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSpeed, parseSpeed } from "./speed.ts";

describe("speed", () => {
  it.each([
    ["100Mbps", 100_000],
    ["2.5Gbps", 2_500_000],
    ["64kbps", 64],
    ["0.5Mbps", 500],
    // 1.005 * 1000 is 1004.9999999999999 in doubles.
    ["1.005Mbps", 1005],
  ])("%s is %d kbit/s", (text, kbps) => expect(parseSpeed(text)).toBe(kbps));

  it.each([
    ["0Mbps", "nothing at all"],
    ["1.5kbps", "not a whole kbit/s"],
    ["100 Mbps", "space"],
    ["100mbps", "m is milli"],
    ["100MBps", "bytes"],
    ["-1Mbps", "negative"],
    ["1e3Mbps", "exponent"],
    ["", "empty"],
  ])("%j is refused: %s", (text) => expect(parseSpeed(text)).toBeUndefined());

  it("reads back what it writes", () =>
    fc.assert(fc.property(fc.integer({ min: 1, max: 400_000_000 }), (kbps) => parseSpeed(formatSpeed(kbps)) === kbps)));
});
