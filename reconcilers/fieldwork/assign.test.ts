import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { technician } from "../../test/contract/fieldwork.subjects.ts";
import { chooseTechnician, type Visit, type Workload } from "./assign.ts";
import { MOST, ticketNumber } from "./number.ts";

const TUESDAY = "2026-11-24";
const visit = (more: Partial<Visit> = {}): Visit => ({
  team: "field_operations",
  skills: ["fibre"],
  area: "mitte",
  day: TUESDAY,
  ...more,
});
const load = (day: Readonly<Record<string, number>> = {}, all = day, busy: readonly string[] = []): Workload => ({
  busy: (n) => busy.includes(n),
  ofDay: (n) => day[n] ?? 0,
  ofAll: (n) => all[n] ?? 0,
});

describe("who is sent", () => {
  const [ada, ben] = [technician("ada"), technician("ben")];
  test.each<[why: string, want: string | undefined, ...Parameters<typeof chooseTechnician>]>([
    ["of equals the lesser name", "ada", [ben, ada], visit(), load()],
    ["who has less to do that day", "ben", [ada, ben], visit(), load({ ada: 1 })],
    ["who has less to do at all", "ben", [ada, ben], visit(), load({}, { ada: 2, ben: 1 })],
    ["nobody who is somewhere else in that hour", "ben", [ada, ben], visit(), load({}, {}, ["ada"])],
    ["nobody, if all are", undefined, [ada, ben], visit(), load({}, {}, ["ada", "ben"])],
    ["nobody of another team", undefined, [technician("ada", { team: "north" })], visit(), load()],
    ["nobody who cannot do it", "ben", [technician("ada", { skills: [] }), ben], visit(), load()],
    ["who can do more, too", "ada", [technician("ada", { skills: ["fibre", "mast"] })], visit(), load()],
    ["who needs no skill for it", "ada", [technician("ada", { skills: [] })], visit({ skills: [] }), load()],
    ["nobody of another area", "ben", [technician("ada", { areas: ["nord"] }), ben], visit(), load()],
    ["who has the area", "ada", [technician("ada", { areas: ["nord", "mitte"] })], visit(), load()],
    [
      "nobody with areas where the place is in none",
      "ben",
      [technician("ada", { areas: ["nord"] }), ben],
      visit({ area: undefined }),
      load(),
    ],
    ["nobody on his day off", "ben", [technician("ada", { days: ["Mon"] }), ben], visit(), load()],
    [
      "nobody who is away, first day",
      "ben",
      [technician("ada", { away: [{ from: TUESDAY, to: "2026-12-01" }] }), ben],
      visit(),
      load(),
    ],
    [
      "nobody who is away, last day",
      "ben",
      [technician("ada", { away: [{ from: "2026-11-01", to: TUESDAY }] }), ben],
      visit(),
      load(),
    ],
    ["who is back", "ada", [technician("ada", { away: [{ from: "2026-11-01", to: "2026-11-23" }] })], visit(), load()],
    ["whoever has it keeps it", "ben", [ada, ben], visit(), load({ ben: 3 }), "ben"],
    ["unless he cannot come then", "ada", [ada, ben], visit(), load({}, {}, ["ben"]), "ben"],
    ["nobody is declared", undefined, [], visit(), load()],
  ])("%s", (_, want, ...args) => expect(chooseTechnician(...args)).toBe(want));
});

property.prop([
  fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1 }),
  fc.func(fc.nat(3)),
  fc.func(fc.boolean()),
])("is the same whatever the order, and is free", (names, count, busy) => {
  const all = names.map((n) => technician(n));
  const how: Workload = { busy, ofDay: count, ofAll: () => 0 };
  const chosen = chooseTechnician(all, visit(), how);
  expect(chooseTechnician([...all].reverse(), visit(), how)).toBe(chosen);
  expect(chosen === undefined).toBe(names.every((n) => busy(n)));
  if (chosen !== undefined) expect(busy(chosen)).toBe(false);
});

describe("ticket numbers", () => {
  test.each([
    [1, "TCK-20261124-0001"],
    [9_999, "TCK-20261124-9999"],
    [10_000, "TCK-20261124-A000"],
    [10_001, "TCK-20261124-A001"],
    [MOST, "TCK-20261124-ZZZZ"],
  ])("the %ith of a day", (nth, text) => expect(ticketNumber(TUESDAY, nth)).toBe(text));
  property.prop([fc.integer({ min: 1, max: MOST }), fc.integer({ min: 1, max: MOST })])(
    "two are never alike",
    (a, b) => {
      expect(ticketNumber(TUESDAY, a) === ticketNumber(TUESDAY, b)).toBe(a === b);
      expect(ticketNumber(TUESDAY, a)).toMatch(/^TCK-\d{8}-[0-9A-Z]{4}$/);
    },
  );
});
