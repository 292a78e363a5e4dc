import fc from "fast-check";
import { expect, test } from "vitest";
import { readService, spellService, TRAPS } from "./service.ts";

const word = fc.string({ minLength: 1 }).filter((s) => !/\s/.test(s));
const plain = fc.record({
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
const traps = fc.constantFrom(undefined, ["dhcp"] as const, ["igmp"] as const, TRAPS);
const service = fc.tuple(plain, traps).map(([s, t]) => (t ? { ...s, traps: t } : s));

test("a line says all of a service, whatever somebody else called it", () => {
  fc.assert(
    fc.property(service, (s) => {
      expect(readService(spellService(s))).toEqual(s);
    }),
  );
});
test("what the controller handles itself ends the line; without it the line is the one that it always was", () => {
  const s = { name: "tv", sTag: 5, cTag: 6, uniTag: 7, technologyProfileId: 66, pbit: 4, up: "u", down: "d" };
  expect(spellService(s)).toBe("tv s5 c6 u7 tp66 p4 up=u down=d");
  expect(spellService({ ...s, traps: ["dhcp", "igmp"] })).toBe("tv s5 c6 u7 tp66 p4 up=u down=d dhcp igmp");
});
test.each(["", "internet", "internet s100 c1000", "internet sX c1 u1 tp64 p0 up=a down=b"])("%j is no line", (line) => {
  expect(readService(line)).toBeUndefined();
});
