import { describe, expect, test } from "vitest";
import { type First, firstLooks } from "./first-looks.ts";

const looks = (lost: number, well: number, pon = 0, from = 0): readonly First[] =>
  Array.from({ length: lost + well }, (_, n) => ({
    port: `${pon}-${from + n}`,
    olt: "olt1",
    pon,
    isLost: n < lost,
  }));
const shaken = (...batches: readonly (readonly First[])[]): readonly string[] => {
  const first = firstLooks();
  first.stays();
  return batches.flatMap((batch) => first.see(batch));
};

describe("what is seen first", () => {
  test.each<[string, readonly (readonly First[])[], readonly string[]]>([
    ["a tenth of an OLT is lost: it was in an outage", [looks(5, 45)], ["olt1"]],
    ["fewer: these are troubles of their own", [looks(5, 46)], []],
    ["a tenth, and that is only four: repaired within a second", [looks(4, 0)], []],
    ["a PON alone, among others that are well", [[...looks(0, 500, 1), ...looks(6, 50, 2)]], ["olt1"]],
    ["one after the other: from the fifth on", looks(6, 0).map((one) => [one]), ["olt1", "olt1"]],
    ["the same ports again, however often", [looks(4, 0), looks(4, 0), looks(4, 0)], []],
    ["all are well", [looks(0, 100)], []],
  ])("%s", (_, batches, found) => expect(shaken(...batches)).toEqual(found));
});
test("who has no time to wait repairs at once", () => expect(firstLooks().see(looks(50, 0))).toEqual([]));
