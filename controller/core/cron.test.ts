import { describe, expect, it } from "vitest";
import { lastRun, nextRun, parseCron } from "./cron.ts";

const at = (text: string): number => Date.parse(text);
const shown = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();
function fire(schedule: string, zone: string, now: string, which: "last" | "next"): string | undefined {
  const cron = parseCron(schedule, zone);
  if (!cron) throw new Error(`not understood: ${schedule}`);
  return shown((which === "last" ? lastRun : nextRun)(cron, at(now)))?.replace(":00.000Z", "Z");
}

describe("fires", () => {
  it.each([
    ["every night", "0 2 * * *", "UTC", "2026-11-21T16:00Z", "2026-11-21T02:00Z", "2026-11-22T02:00Z"],
    [
      "the minute itself is the last one",
      "0 2 * * *",
      "UTC",
      "2026-11-21T02:00Z",
      "2026-11-21T02:00Z",
      "2026-11-22T02:00Z",
    ],
    ["steps", "*/20 1-3/2 * * *", "UTC", "2026-11-21T01:30Z", "2026-11-21T01:20Z", "2026-11-21T01:40Z"],
    ["names, and Sunday as 7", "0 0 * NOV 7", "UTC", "2026-11-21T00:00Z", "2026-11-15T00:00Z", "2026-11-22T00:00Z"],
    [
      "date or weekday, where both are said",
      "0 0 1 * MON",
      "UTC",
      "2026-11-24T00:00Z",
      "2026-11-23T00:00Z",
      "2026-11-30T00:00Z",
    ],
    ["the first Tuesday", "0 0 * * 2#1", "UTC", "2026-11-21T00:00Z", "2026-11-03T00:00Z", "2026-12-01T00:00Z"],
    ["the last day of a month", "0 0 L * ?", "UTC", "2026-11-21T00:00Z", "2026-10-31T00:00Z", "2026-11-30T00:00Z"],
    ["29 February", "0 0 29 2 *", "UTC", "2026-11-21T00:00Z", "2024-02-29T00:00Z", "2028-02-29T00:00Z"],
    [
      "by the wall clock of the zone",
      "0 2 * * *",
      "Europe/Berlin",
      "2026-11-21T16:00Z",
      "2026-11-21T01:00Z",
      "2026-11-22T01:00Z",
    ],
    [
      "the day before, seen from UTC",
      "0 20 * * SAT",
      "America/New_York",
      "2026-11-22T00:30Z",
      "2026-11-15T01:00Z",
      "2026-11-22T01:00Z",
    ],
    [
      "across a change of the clock",
      "0 2 * * *",
      "Europe/Berlin",
      "2026-10-25T12:00Z",
      "2026-10-25T00:00Z",
      "2026-10-26T01:00Z",
    ],
    [
      "what the clock leaves out comes after it",
      "30 2 29 3 *",
      "Europe/Berlin",
      "2026-03-29T12:00Z",
      "2026-03-29T01:00Z",
      "2027-03-29T00:30Z",
    ],
    ["half an hour", "0 0 * * *", "Asia/Kolkata", "2026-11-21T16:00Z", "2026-11-20T18:30Z", "2026-11-21T18:30Z"],
  ])("%s: %s in %s", (_, schedule, zone, now, last, next) => {
    expect([fire(schedule, zone, now, "last"), fire(schedule, zone, now, "next")]).toEqual([last, next]);
  });
  it("never, where the calendar has no such day", () => {
    expect(fire("0 0 30 2 *", "UTC", "2026-11-21T00:00Z", "next")).toBeUndefined();
  });
});

describe("parseCron", () => {
  it.each([
    "",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 8",
    "5-1 * * * *",
    "*/0 * * * *",
    "a * * * *",
    "* * * * 2#6",
    "1-2-3 * * * *",
  ])("refuses %s", (text) => {
    expect(parseCron(text, "UTC")).toBeUndefined();
  });
  it("refuses a zone that nobody knows", () => expect(parseCron("0 2 * * *", "Mars/Olympus")).toBeUndefined());
});
