import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { AppointmentRules } from "../../controller/core/resolved.ts";
import { RULES } from "../../test/contract/fieldwork.subjects.ts";
import { appointmentFor, slaDueAt } from "./appointment.ts";
import { dayOf, hourOf, momentOf, weekdayOf } from "./calendar.ts";

const rules = (more: Partial<AppointmentRules> = {}): AppointmentRules => ({ ...RULES, ...more });
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
const at = (wish: string | undefined, more: Partial<AppointmentRules>, now: string): string =>
  iso(appointmentFor(wish, rules(more), Date.parse(now)));

describe("the date of an appointment", () => {
  test.each<[why: string, want: string, ...Parameters<typeof at>]>([
    ["three working days: Tuesday to Friday", "2026-11-27T09:00", undefined, {}, "2026-11-24T12:00:00Z"],
    ["a weekend does not count: Thursday to Tuesday", "2026-12-01T09:00", undefined, {}, "2026-11-26T12:00:00Z"],
    ["ordered on a Saturday, counted from Monday", "2026-12-02T09:00", undefined, {}, "2026-11-28T12:00:00Z"],
    [
      "holidays do not count",
      "2026-12-29T09:00",
      undefined,
      { holidays: ["2026-12-24", "2026-12-25"] },
      "2026-12-22T12:00:00Z",
    ],
    ["calendar days count them all", "2026-11-29T09:00", undefined, { count: "CalendarDays" }, "2026-11-26T12:00:00Z"],
    [
      "and yet nobody comes on a holiday",
      "2026-12-26T09:00",
      undefined,
      { count: "CalendarDays", holidays: ["2026-12-24", "2026-12-25"] },
      "2026-12-21T12:00:00Z",
    ],
    ["no lead days, early enough: today", "2026-11-24T09:00", undefined, { leadDays: 0 }, "2026-11-24T08:59:00Z"],
    ["no lead days, too late: tomorrow", "2026-11-25T09:00", undefined, { leadDays: 0 }, "2026-11-24T09:00:00Z"],
    ["a wish counts", "2026-12-10T09:00", "2026-12-10", {}, "2026-11-24T12:00:00Z"],
    ["sooner than the lead days too", "2026-11-25T09:00", "2026-11-25", {}, "2026-11-24T12:00:00Z"],
    ["and on a Sunday", "2026-11-29T09:00", "2026-11-29", {}, "2026-11-24T12:00:00Z"],
    ["a wish that has passed is none", "2026-11-27T09:00", "2026-11-24", {}, "2026-11-24T12:00:00Z"],
    [
      "the day is the customer's: in Auckland it is tomorrow",
      "2026-11-29T21:00",
      undefined,
      { timeZone: "Pacific/Auckland" },
      "2026-11-24T20:00:00Z",
    ],
    ["10:00 in summer is another moment than in winter", "2026-07-03T08:00", undefined, {}, "2026-06-30T12:00:00Z"],
    ["across the end of summer time", "2026-10-27T09:00", undefined, {}, "2026-10-22T12:00:00Z"],
    ["a year begins", "2027-01-04T09:00", undefined, {}, "2026-12-30T12:00:00Z"],
    ["29 February", "2028-02-29T09:00", undefined, { leadDays: 1 }, "2028-02-28T12:00:00Z"],
  ])("%s", (_, want, ...args) => expect(at(...args)).toBe(want));

  test.each([
    ["Low", "2026-11-30T09:00"],
    ["Normal", "2026-11-28T09:00"],
    ["High", "2026-11-27T17:00"],
    ["Urgent", "2026-11-27T13:00"],
  ] as const)("priority %s is due by %s", (priority, due) => {
    expect(iso(slaDueAt(Date.parse("2026-11-27T09:00:00Z"), priority, rules()))).toBe(due);
  });
});

describe("clocks that are changed", () => {
  test.each([
    ["a time that is skipped is that much later", "2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:30"],
    ["of a time that comes twice the first", "2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30"],
    ["the same morning, before", "2026-03-29", "01:30", "Europe/Berlin", "2026-03-29T00:30"],
    ["the same morning, after", "2026-03-29", "10:00", "Europe/Berlin", "2026-03-29T08:00"],
    ["half an hour on Lord Howe", "2026-10-04", "10:00", "Australia/Lord_Howe", "2026-10-03T23:00"],
    ["a quarter of an hour in Nepal", "2026-10-04", "10:00", "Asia/Kathmandu", "2026-10-04T04:15"],
    ["at midnight, in Havana", "2026-03-08", "00:30", "America/Havana", "2026-03-08T05:30"],
  ])("%s", (_, day, time, zone, want) => expect(iso(momentOf(day, time, zone))).toBe(want));
  test("the hour is that of the clock there", () => {
    const moment = Date.parse("2026-10-04T04:35:20Z"); // 10:20:20
    expect(iso(hourOf(moment, "Asia/Kathmandu"))).toBe("2026-10-04T04:15");
  });
});

const zone = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "Australia/Lord_Howe",
);
const moment = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2034, 0) });
property.prop([
  moment,
  zone,
  fc.integer({ min: 0, max: 30 }),
  fc.constantFrom("WorkingDays" as const, "CalendarDays" as const),
])("is still to come, at 10:00 there, and never on a closed day", (now, timeZone, leadDays, count) => {
  const holiday = dayOf(now + 4 * 86_400_000, timeZone);
  const when = appointmentFor(undefined, rules({ timeZone, leadDays, count, holidays: [holiday] }), now);
  const day = dayOf(when, timeZone);
  expect(when).toBeGreaterThan(now);
  expect(momentOf(day, "10:00", timeZone)).toBe(when);
  expect(day).not.toBe(holiday);
  if (count === "WorkingDays") expect(["Sat", "Sun"]).not.toContain(weekdayOf(day));
  expect(when - hourOf(when, timeZone)).toBe(0);
});
