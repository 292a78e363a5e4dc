import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Sensitive } from "../../controller/core/sensitive.ts";
import type { Leaf } from "./device.ts";
import { declared, holds, pairFor, shown } from "./values.ts";

const leaf = (value: Leaf["value"], type = "xsd:string"): Leaf => ({ value, type, timestamp: "", writable: true });

describe("as declared", () => {
  test.each([
    ["UnsignedInt", "3600", 3600],
    ["Int", "-1", -1],
    ["Boolean", "1", true],
    ["Boolean", "false", false],
    ["DateTime", "2026-11-21T13:00:00+01:00", "2026-11-21T12:00:00.000Z"],
    ["String", 12345678, "12345678"],
    [undefined, "3600", "3600"],
  ] as const)("%s %j is %j", (type, value, is) => {
    expect(declared({ name: "X", value, type })).toBe(is);
  });
  test.each([
    ["UnsignedInt", "-1"],
    ["Int", "1.5"],
    ["Int", "ten"],
    ["Boolean", "yes"],
    ["DateTime", "tomorrow"],
  ] as const)("%s %j is none", (type, value) => {
    expect(() => declared({ name: "X.Y", value, type })).toThrow(/the CPE's parameter X\.Y/);
  });
});

describe("as the NBI shows it", () => {
  test.each([
    [leaf(600, "xsd:unsignedInt"), 600, true, "numbers are numbers"],
    [leaf("600"), 600, true, "also where the device says text"],
    [leaf(600, "xsd:unsignedInt"), "600", true, "or the declaration does"],
    [leaf("1", "xsd:string"), true, true, "devices say 1 for true"],
    [leaf(false, "xsd:boolean"), true, false, "the other"],
    [leaf(Date.parse("2026-11-21T12:00:00Z"), "xsd:dateTime"), "2026-11-21T12:00:00.000Z", true, "milliseconds"],
    [leaf("Home"), "Home", true, "text"],
    [leaf("home"), "Home", false, "text has capitals"],
    [leaf(undefined), "", false, "what was never read is not empty (fact 13)"],
    [undefined, "", false, "nor is what is not there"],
  ])("%j holds %j: %s (%s)", (have, want, is, _why) => {
    expect(holds(have, want)).toBe(is);
  });
  test("what is held is shown in the spelling of what is wanted, so that a plan is empty", () => {
    fc.assert(
      fc.property(fc.oneof(fc.boolean(), fc.integer(), fc.string()), (want) => {
        expect(shown(leaf(String(want)), want)).toBe(want);
      }),
    );
  });
});

describe("as a task sends it", () => {
  test.each([
    ["600", "xsd:unsignedInt", 600],
    ["true", "xsd:boolean", true],
    [600, "xsd:string", "600"],
    ["2026-11-21T13:00:00+01:00", "xsd:dateTime", "2026-11-21T12:00:00.000Z"],
  ] as const)("%j to a %s", (value, type, is) => {
    expect(pairFor("Device.X", "X", value, type)).toEqual(["Device.X", is, type]);
  });
  test("without a type where the device has not told it: GenieACS takes the device's own", () => {
    expect(pairFor("Device.X", "X", "600", undefined)).toEqual(["Device.X", "600"]);
  });
  test.each([[null], [Number.NaN], [Number.POSITIVE_INFINITY], [["a"]]])(
    "%j kills a worker and is never sent (fact 6)",
    (value) => {
      expect(() => pairFor("Device.X", "X", value, undefined)).toThrow(expect.objectContaining({ code: "BadValue" }));
    },
  );
  test("a secret that does not fit is not shown", () => {
    const send = () => pairFor("Device.X", "X", new Sensitive("s3cret"), "xsd:boolean");
    expect(send).toThrow(expect.objectContaining({ message: expect.not.stringContaining("s3cret") }));
  });
});
