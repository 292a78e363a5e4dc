import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refKey } from "../../controller/core/model.ts";
import { ownerKey, token } from "../../controller/core/owner.ts";
import { blankMemory, decodeMemory, encodeMemory, type Memory, mayBeSame, memoryOf, shortDigest } from "./memory.ts";
import { decommissioned, isWhole, marksFor, ownerIn, ownerTag, strangers } from "./tags.ts";

const LEGAL = /^[A-Za-z0-9_-]+$/;
const ref = { system: "acs-1", resource: "device", key: "HW-1" };
const owner = (name: string) =>
  ownerKey({ installation: "lab", tenant: "acme", kind: "Subscriber", namespace: "isp", name });
const mine = token(owner("s1"), refKey(ref));
const other = token(owner("s2"), refKey(ref));

describe("the owner's tag", () => {
  test("is readable", () => {
    expect(ownerTag("lab/acme/Subscriber/isp-acme/john.doe_2")).toBe(
      "lmo_lab__acme__Subscriber__isp-acme__john_2Edoe_5F2",
    );
  });
  test("comes back from any text, in letters that every tag may have (fact 11)", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (text) => {
        const tag = ownerTag(text);
        expect(tag).toMatch(LEGAL);
        expect(ownerIn(tag)).toBe(Buffer.from(text).toString());
      }),
    );
  });
  test.each(["lmo_", "lmo_a_b", "lmo_a_ZZ", "lmo__FF", "vip"])("%s is none", (tag) => {
    expect(ownerIn(tag)).toBeUndefined();
  });
});

describe("the memory's tag", () => {
  const memories = fc.record<Memory>({
    token: fc.constant(mine),
    count: fc.nat(),
    templates: fc.array(fc.string()),
    bootstrap: fc.string(),
    written: fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
    off: fc.array(fc.string()),
    blank: fc.array(fc.string()),
    reset: fc.boolean(),
    dialing: fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
    dialed: fc.string(),
  });
  test("comes back whole, in letters that every tag may have", () => {
    fc.assert(
      fc.property(memories, (m) => {
        expect(encodeMemory(m)).toMatch(LEGAL);
        expect(decodeMemory(encodeMemory(m))).toEqual(m);
      }),
    );
  });
  test("is short for a router with all of Wi-Fi, PPPoE and ten values", () => {
    const written = Object.fromEntries(
      Array.from({ length: 10 }, (_, n) => [`name${n}`, `0badc0de:${(n + 1) * 111111111111}`]),
    );
    const off = ["WiFi.SSID.1.Enable", "WiFi.SSID.2.Enable"];
    const blank = ["PPP.Interface.1.Username", "PPP.Interface.1.Password"];
    const all = { ...blankMemory(mine), count: 9, bootstrap: "2026-11-21T12:00:00.000Z", written, off, blank };
    expect(encodeMemory(all).length).toBeLessThan(600);
  });
  test.each(["lmw_", "lmw_AAAA", "lmw_!!", encodeMemory(blankMemory(mine)).slice(0, -4)])(
    "spoiled it is none: %s",
    (tag) => {
      expect(decodeMemory(tag)).toBeUndefined();
    },
  );
  test("of two the later counts, in whatever order, and an earlier owner's never does", () => {
    const [one, two] = [1, 2].map((count) => encodeMemory({ ...blankMemory(mine), count }));
    const theirs = encodeMemory({ ...blankMemory(other), count: 9 });
    expect(memoryOf([one!, two!, theirs], mine)?.count).toBe(2);
    expect(memoryOf([theirs, two!, one!], mine)?.count).toBe(2);
  });
  test("a digest says nothing when its key is another, and all when it is the same", () => {
    const [a, b] = ["k1:000000000000ffff", "k1:111111111111ffff"].map(shortDigest);
    expect([mayBeSame(a!, a!), mayBeSame(a!, b!), mayBeSame(a!, shortDigest("k2:111111111111ffff"))]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe("whose a device is", () => {
  test.each([
    [[], undefined, false, "nobody's"],
    [["vip"], undefined, false, "others' tags are no marks"],
    [[mine], mine, false, "ours"],
    [[other, mine], mine, false, "ours, whoever else's"],
    [[other], other, false, "another's"],
    [[decommissioned(mine)], undefined, true, "was ours"],
    [[decommissioned(other)], undefined, false, "was another's"],
    [[mine, decommissioned(mine)], mine, true, "not yet retired, or already restored"],
  ])("%j", (tags, live, isDecommissioned, _why) => {
    expect(marksFor(tags, mine)).toMatchObject({ live, isDecommissioned });
  });
  test("the marks are whole with the owner beside the token, and nothing of an earlier one", () => {
    const tag = ownerTag(owner("s1"));
    expect(isWhole([mine, tag], mine, ref)).toBe(true);
    expect(isWhole([decommissioned(mine), tag], mine, ref)).toBe(true);
    for (const spoiled of [
      [mine],
      [mine, ownerTag(owner("s2"))],
      [mine, tag, ownerTag(owner("s2"))],
      [mine, tag, decommissioned(mine)],
      [mine, tag, decommissioned(other)],
    ])
      expect(isWhole(spoiled, mine, ref), spoiled.join()).toBe(false);
  });
  test("who takes it over takes away the marks of earlier owners, and nothing else", () => {
    const old = [decommissioned(other), ownerTag(owner("s2")), encodeMemory(blankMemory(other))];
    const kept = [mine, ownerTag(owner("s1")), encodeMemory(blankMemory(mine)), "vip"];
    expect(strangers([...old, ...kept], mine, owner("s1"))).toEqual(old);
  });
});
