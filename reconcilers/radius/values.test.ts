import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { ATTRIBUTE_NAME, danger, literal, misformed, octets, safe, safeText, safeUserName } from "./values.ts";

describe("values that FreeRADIUS would read otherwise", () => {
  test.each([
    ["`%{sql:select 1}`", "backticks are expanded, and show other people's rows"],
    ['"quoted"', "quotes are cut off"],
    ["'quoted'", "quotes are cut off"],
    ["half`", "refused at either end: an edit may add the other"],
    ["'half", "refused at either end"],
    ["line\nbreak", "control characters end or change a value"],
    ["nul\0", "PostgreSQL holds no NUL"],
    ["c1\u0085", "C1 controls too"],
    ["half\ud800", "the row would hold another character, and never compare equal"],
    ["", "an empty password lets everybody in"],
  ])("%j is refused: %s", (value) => {
    expect(danger(value)).toBeDefined();
    expect(() => safe("the value", value)).toThrow(expect.objectContaining({ code: "BadValue", kind: "Rejected" }));
  });
  test.each(["a'b", 'a"b', "a`b", "a b", "ü", "%{User-Name}", "50M/100M"])("%j is what it is", (value) => {
    expect(safe("the value", value)).toBe(value);
  });
  property.prop([fc.string({ minLength: 9 })])("a refusal never repeats the value", (value) => {
    const why = danger(`'${value}`)!;
    expect(why).not.toContain(value);
  });
});

test.each<[string, string, boolean]>([
  ["Framed-IP-Address", "10.0.0.1", true],
  ["Framed-IP-Address", "10.0.0.1/24", false],
  ["Framed-IP-Address", "010.0.0.1", false],
  ["Framed-IP-Address", "router.example", false],
  ["Framed-IPv6-Address", "10.0.0.1", false],
  ["Framed-IPv6-Prefix", "2001:db8::/64", true],
  ["Delegated-IPv6-Prefix", "2001:db8::1/56", false],
  ["Framed-Pool", "anything", true],
])("%s takes %s: %s; FreeRADIUS rejects the login over another", (attribute, value, good) => {
  expect(misformed(attribute, value) === undefined).toBe(good);
});

test("a name is as long as an attribute may be, in bytes", () => {
  expect(safeText("it", "ü".repeat(100))).toHaveLength(100);
  expect(() => safeText("it", "ü".repeat(101))).toThrow(/200 bytes/);
});

test("backslashes are doubled, and nothing else changes", () => {
  expect(literal("a\\t")).toBe("a\\\\t");
  expect(literal("a't%\"")).toBe("a't%\"");
});

test.each<[string, "Text" | "Hex", string, string]>([
  ["OLT1/1:1", "Text", "OLT1/1:1", "compared as its bytes"],
  ["OLT1", "Hex", "0x4f4c5431", "the same bytes"],
  ["0xCAFE", "Text", "0xCAFE", "bytes already"],
  ["0xCAFE", "Hex", "0xCAFE", "bytes already"],
  ["0x1", "Text", "0x307831", "half a byte would fail the query"],
  ["0xzz", "Text", "0x30787a7a", "no bytes: a text that begins so"],
])("id %j as %s is %s: %s", (id, encoding, row) => {
  expect(octets(id, encoding)).toBe(row);
});

test.each(["a b@x.example", "a\\b@x.example", 'a"b@x.example', "a@x.example'", "a\tb"])(
  "user name %j is refused",
  (name) => {
    expect(() => safeUserName(name)).toThrow(expect.objectContaining({ code: "BadValue" }));
  },
);
test.each(["a+c@x.example", "o'neil@x.example", "aa:bb:cc", "ü@x.example", "a%b@x.example"])(
  "user name %j can log in",
  (name) => {
    expect(safeUserName(name)).toBe(name);
  },
);

test.each([
  ["Framed-IP-Address", true],
  ["Tunnel-Type:0", true],
  ["3GPP-IMSI", true],
  ["Framed IP", false],
  ["x;drop", false],
  ["", false],
  ["-x", false],
])("attribute name %j: %s", (name, good) => {
  expect(ATTRIBUTE_NAME.test(name)).toBe(good);
});
