import fc from "fast-check";
import { expect, test } from "vitest";
import { cpeSerial } from "../../controller/core/resolve/serial.ts";
import { parts } from "./list.ts";
import { anyCase, encode, isPlain, spellings } from "./serials.ts";

test.each([
  ["HWTC12345678", ["HWTC12345678", "4857544312345678"]],
  ["4857544312345678", ["HWTC12345678", "4857544312345678"]],
  ["hwtc1234abcd", ["HWTC1234ABCD", "485754431234ABCD", "hwtc1234abcd", "485754431234abcd"]],
  ["HW-12345678", ["HW-12345678", "hw-12345678"]],
])("%s may be spelled %j", (serial, all) => {
  expect(spellings(serial)).toEqual(expect.arrayContaining(all));
});
test("every spelling is the same serial", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^([A-Z]{4}[0-9A-F]{8}|[A-Za-z0-9-]{1,20})$/), (serial) => {
      for (const one of spellings(serial)) expect(cpeSerial(one)).toBe(cpeSerial(serial));
    }),
  );
});
test.each([
  ["HW*", false],
  ["/HW/", false],
  ["HW\n", false],
  ["HW-1.2:3_4", true],
])("%j is plain to the NBI: %s (fact 12)", (text, is) => {
  expect(isPlain(text)).toBe(is);
});
test.each([
  ["A0-F%40ST%2D3890-1", "A0-F%2540ST%252D3890-1"], // fact 10
  ["fiber.v2", "fiber%2Ev2"], // fact 11
  ["a!b~c*'()", "a%21b%7Ec%2A%27%28%29"],
  ["é/ ", "%C3%A9%2F%20"],
])("%j goes into a path as %s", (text, encoded) => {
  expect(encode(text)).toBe(encoded);
});
test("a query is never longer than a proxy takes, and nothing is left out", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40 })), fc.integer({ min: 400, max: 2000 }), (values, bytes) => {
      const all = parts(values, bytes);
      expect(all.flat()).toEqual(values);
      for (const part of all) expect(encodeURIComponent(part.join("")).length).toBeLessThanOrEqual(bytes);
    }),
  );
});
test.each([
  ["CPE-abc.1", "/^(CPE\\-ABC\\.1)$/i"],
  ["HWTC12345678", "/^(HWTC12345678|4857544312345678)$/i"],
  ["000200", undefined],
])("%s in any case is %s", (serial, query) => {
  expect(anyCase(serial)).toBe(query);
});
