import fc from "fast-check";
import { expect, test } from "vitest";
import { readService, spellService } from "./service.ts";

const word = fc.string({ minLength: 1 }).filter((s) => !/\s/.test(s));
const service = fc.record({
  name: fc
    .string()
    .filter((s) => !s.includes("\n") && !s.includes("\u2028") && !s.includes("\u2029") && !s.includes("\r")),
  sTag: fc.nat(4096),
  cTag: fc.nat(4096),
  uniTag: fc.nat(4096),
  technologyProfileId: fc.integer({ min: 64, max: 255 }),
  pbit: fc.integer({ min: -1, max: 7 }),
  up: word,
  down: word,
});

test("a line says all of a service, whatever somebody else called it", () => {
  fc.assert(
    fc.property(service, (s) => {
      expect(readService(spellService(s))).toEqual(s);
    }),
  );
});
test.each(["", "internet", "internet s100 c1000", "internet sX c1 u1 tp64 p0 up=a down=b"])("%j is no line", (line) => {
  expect(readService(line)).toBeUndefined();
});
