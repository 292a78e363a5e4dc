import { describe, expect, test } from "vitest";
import { parseDuration } from "./duration.ts";
import { formats, parseDateTime } from "./formats.ts";
import { parseQuantity } from "./quantity.ts";

describe("quantities of Kubernetes", () => {
  test.each([
    ["1", 1_000_000_000n],
    ["100M", 100_000_000_000_000_000n],
    ["1.5G", 1_500_000_000_000_000_000n],
    ["1Ki", 1_024_000_000_000n],
    ["1m", 1_000_000n],
    ["0.1n", 1n], // rounded up to what can be told
    ["-1", -1_000_000_000n],
    ["1e3", 1_000_000_000_000n],
    [".5", 500_000_000n],
    ["5.", 5_000_000_000n],
  ])("%s", (text, nanos) => expect(parseQuantity(text)?.nanos).toBe(nanos));
  test.each(["", "abc", "1 k", "1KB", "1e", "100Mbps", "1e401"])("%s is none", (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
});

describe("formats of the API server", () => {
  test.each([
    ["date", "2026-11-25", true, ""],
    ["date", "2026-2-3", false, "one digit"],
    ["date", "2024-02-29", true, "a leap year"],
    ["date", "2026-02-29", false, "no leap year"],
    ["date", "2026-11-25T00:00:00Z", false, "a time"],
    ["date-time", "2026-11-20T10:00:00Z", true, ""],
    ["date-time", "2026-11-20t10:00:00z", true, "lower case"],
    ["date-time", "2026-11-20T10:00:00x5Z", true, "the server takes any character before the fraction"],
    ["date-time", "2026-11-20T10:00:00", false, "no zone"],
    ["date-time", "2026-11-20 10:00:00Z", false, "a blank"],
    ["date-time", "2026-11-20T24:00:00Z", false, "hour 24"],
    ["date-time", "2026-11-20T23:59:60Z", false, "a leap second"],
    ["email", "john@example.com", true, ""],
    ["email", "a@b", true, "no dot is needed"],
    ["email", "John <john@example.com>", true, "the server takes a name"],
    ["email", "a b@c", false, "a blank"],
    ["email", "a@", false, "no host"],
    ["email", "a..b@c", false, "two dots"],
  ])("%s %s: %s %s", (format, text, expected) => expect(formats[format]!(text)).toBe(expected));

  test.each([
    ["2026-11-20T10:00:00+01:00", "2026-11-20T09:00:00.000Z"],
    ["2026-11-20T10:00:00.123456Z", "2026-11-20T10:00:00.123Z"],
    ["2026-11-20T10:00:00-05:30", "2026-11-20T15:30:00.000Z"],
  ])("%s is the instant %s", (text, instant) => expect(parseDateTime(text)?.toISOString()).toBe(instant));
  test("an offset beyond a day is no instant", () => {
    expect(parseDateTime("2026-11-20T10:00:00+25:00")).toBeUndefined();
  });
});

describe("durations of Go", () => {
  test.each([
    ["1h30m", 5_400_000_000_000n],
    ["1.5s", 1_500_000_000n],
    [".5s", 500_000_000n],
    ["1.s", 1_000_000_000n],
    ["-1m", -60_000_000_000n],
    ["0", 0n],
    ["1ms1us1ns", 1_001_001n],
  ])("%s", (text, nanos) => expect(parseDuration(text)).toBe(nanos));
  test.each(["", "h", "1", "1d", "1 h", "1h ", "+", ".s", "1h-1m", "2562048h"])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
