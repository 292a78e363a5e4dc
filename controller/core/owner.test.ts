import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Owner, ownerKey, PARTITIONS, parseOwner, partition, tenantOf, token } from "./owner.ts";

const part = fc.stringMatching(/^[a-z0-9.-]{1,12}$/);
const owners: fc.Arbitrary<Owner> = fc.record({
  installation: part,
  tenant: part,
  kind: part,
  namespace: part,
  name: part,
});
const one: Owner = { installation: "lab", tenant: "acme", kind: "Subscriber", namespace: "acme", name: "s1" };

describe("owner", () => {
  test("a key is read back as the owner that it names", () => {
    fc.assert(
      fc.property(owners, (o) => {
        expect(parseOwner(ownerKey(o))).toEqual(o);
        expect(tenantOf(ownerKey(o))).toBe(o.tenant);
      }),
    );
  });
  test.each([
    ["an empty part would make two owners one", { ...one, namespace: "" }],
    ["a slash in a part would make two owners one", { ...one, name: "s1/Subscriber" }],
  ])("%s", (_, o) => {
    expect(() => ownerKey(o)).toThrow(RangeError);
  });
  test.each(["", "lab", "lab/acme/Subscriber/acme", "lab/acme/Subscriber/acme/", "lab/acme/Subscriber/acme/s1/x"])(
    "%j is no owner",
    (key) => {
      expect(() => parseOwner(key)).toThrow(RangeError);
    },
  );
});

describe("token", () => {
  test("legal as a tag in every system, and the same every time", () => {
    fc.assert(
      fc.property(owners, fc.string(), (o, ref) => {
        expect(token(ownerKey(o), ref)).toMatch(/^lm_[A-Za-z0-9_-]{32}$/);
        expect(token(ownerKey(o), ref)).toBe(token(ownerKey(o), ref));
      }),
    );
  });
  test("owner and ref cannot lend each other letters", () => {
    expect(token("a/b/c/d/e", "f")).not.toBe(token("a/b/c/d/ef", ""));
    expect(token("lab/acme/Subscriber/acme/s1", "1/x")).not.toBe(token("lab/acme/Subscriber/acme/s11", "/x"));
  });
  // The marker is on the wire of systems that outlive this program: another one would disown every object.
  test("never changes between versions", () => {
    expect(token("lab/acme/Subscriber/acme/s1", "radius-1/account/s1@acme.example")).toBe(GOLDEN);
  });
});
const GOLDEN = "lm_7_vzfgotMoJEICzuYh3BSlgrEpIVz06K";

describe("partition", () => {
  test("every owner has one of them, always the same", () => {
    fc.assert(
      fc.property(owners, (o) => {
        const p = partition(ownerKey(o));
        expect(Number.isInteger(p) && p >= 0 && p < PARTITIONS).toBe(true);
        expect(partition(ownerKey(o))).toBe(p);
      }),
    );
  });
  test("they share the work", () => {
    const counts = new Array<number>(PARTITIONS).fill(0);
    for (let n = 0; n < 6400; n++) counts[partition(ownerKey({ ...one, name: `s${n}` }))]!++;
    expect(Math.min(...counts)).toBeGreaterThan(50);
    expect(Math.max(...counts)).toBeLessThan(200);
  });
});
