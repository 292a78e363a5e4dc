import { describe, expect, test } from "vitest";
import type { Value } from "../json.ts";
import { Float } from "../json.ts";
import type { Schema } from "../schema.ts";
import { compile } from "./compile.ts";
import { toCel } from "./values.ts";

const string: Schema = { type: "string" };
const integer: Schema = { type: "integer" };
const set: Schema = { type: "array", "x-kubernetes-list-type": "set", items: string };
const keyed: Schema = {
  type: "array",
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": ["name"],
  items: { type: "object", properties: { name: string, vlan: integer } },
};
const run = (rule: string, self: Value, schema: Schema, old?: Value): unknown =>
  compile(rule).run({ self: toCel(self, schema), oldSelf: old === undefined ? undefined : toCel(old, schema) });

describe("what Kubernetes means where cel-js means something else", () => {
  test.each<[string, string, Value, Schema]>([
    ["matches is unanchored and RE2", "self.matches('b+')", "abc", string],
    ["RE2 knows no catastrophe", "!self.matches('^(a+)+$')", `${"a".repeat(40)}!`, string],
    ["size counts code points", "self.size() == 2", "😀é", string],
    ["indexOf counts code points", "self.indexOf('x') == 1", "😀x", string],
    ["substring counts code points", "self.substring(1, 2) == 'x'", "😀xy", string],
    ["lowerAscii leaves other letters", "self.lowerAscii() == 'aÄ'", "AÄ", string],
    ["replace replaces all", "self.replace('.', '') == 'abc'", "a.b.c", string],
    ["strings are ordered by their bytes", "'\uffff' < self", "😀", string],
    ["integers are 64 bits", "self * 2 == 18014398509481986", 9007199254740993n, integer],
    ["sets know no order", "self == ['b', 'a'] && ['b', 'a'] == self", ["a", "b"], set],
    ["has() of a missing field", "!has(self[0].vlan)", [{ name: "a" }], keyed],
    ["a null field is missing", "!has(self[0].vlan)", [{ name: "a", vlan: null }], keyed],
    [
      "times are instants",
      "self == timestamp('2026-11-20T09:00:00Z')",
      "2026-11-20T10:00:00+01:00",
      { type: "string", format: "date-time" },
    ],
    ["durations compare by length", "duration(self) == duration('1h30m')", "90m", string],
    ["quantities are exact", "quantity(self).compareTo(quantity('0.1G')) == 0", "100M", string],
    [
      "a name with a dash is escaped",
      "self.x__dash__y == 'a' && self.__namespace__ == 'b'",
      { "x-y": "a", namespace: "b" },
      { type: "object", properties: { "x-y": string, namespace: string } },
    ],
    ["in a list asks for an equal one", "cidr(self) in [cidr('10.0.0.0/8')]", "10.0.0.0/8", string],
    [
      "in a map asks for the key",
      "'a' in self && !('b' in self)",
      { a: 1 },
      { type: "object", additionalProperties: integer },
    ],
  ])("%s", (_, rule, self, schema) => expect(run(rule, self, schema)).toBe(true));

  test("keyed lists are equal in any order", () => {
    const [a, b] = [
      { name: "a", vlan: 1 },
      { name: "b", vlan: 2 },
    ];
    expect(run("self == oldSelf", [a, b], keyed, [b, a])).toBe(true);
    expect(run("self == oldSelf", [a, b], keyed, [b, { ...a, vlan: 3 }])).toBe(false);
  });
  test("a float is no integer, but only for the rule that reads it", () => {
    const schema: Schema = { type: "object", properties: { a: integer, b: integer } };
    const value = { a: new Float(100), b: 1 };
    expect(run("self.b == 1", value, schema)).toBe(true);
    expect(() => run("self.a == 100", value, schema)).toThrow("expected int");
    expect(() => run("has(self.a)", value, schema)).toThrow("expected int");
  });
});

test("a duration without a number is an error, not nothing", () => {
  expect(() => run("duration(self) >= duration('0s')", "h", string)).toThrow("duration parse error");
});

describe("compile", () => {
  test("tells rules about changes", () => {
    expect(compile("self == oldSelf").readsOld).toBe(true);
    expect(compile("[1].all(x, oldSelf == x)").readsOld).toBe(true);
    expect(compile("self == 'oldSelf'").readsOld).toBe(false);
  });
  test.each([
    ["self.", "a syntax error"],
    ["self.findAll('a').size() > 0 && semver('1.0.0').major() == 1", "a function that is not here"],
    ["self.matches('(?=a)')", "a pattern that Go refuses"],
  ])("refuses %s: %s", (rule) => expect(() => compile(rule)).toThrow());
});
