import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Change, refKey } from "./model.ts";
import { inOrder } from "./order.ts";

const key = (n: number): string => `x/y/k${n}`;
const change = (n: number, after: readonly number[] = []): Change => ({
  ref: { system: "x", resource: "y", key: `k${n}` },
  action: "create",
  fields: [],
  after: after.map(key),
});
const names = (cs: readonly Change[]): readonly string[] => cs.map((c) => c.ref.key);
/** Each may come after lesser ones only, so there is no cycle. */
const acyclic = fc
  .array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 12 })
  .map((all) => all.map((after, n) => change(n, n === 0 ? [] : after.map((a) => a % n))));

describe("order", () => {
  test("makers come before users, and nothing is lost", () => {
    fc.assert(
      fc.property(acyclic, (changes) => {
        const out = inOrder(changes);
        expect(new Set(out.map((c) => refKey(c.ref)))).toEqual(new Set(changes.map((c) => refKey(c.ref))));
        out.forEach((c, at) => {
          const before = new Set(out.slice(0, at).map((o) => refKey(o.ref)));
          for (const maker of c.after) expect(before.has(maker)).toBe(true);
          expect(c.hold).toBeUndefined();
        });
      }),
    );
  });
  test("the same set gives the same list, however it came", () => {
    fc.assert(
      fc.property(
        acyclic.chain((cs) => fc.tuple(fc.constant(cs), fc.shuffledSubarray(cs, { minLength: cs.length }))),
        ([a, b]) => {
          expect(names(inOrder(b))).toEqual(names(inOrder(a)));
        },
      ),
    );
  });
  test("who comes after something that is not here waits for nobody", () => {
    expect(names(inOrder([change(2, [9]), change(1)]))).toEqual(["k1", "k2"]);
  });
  test("who names itself waits for nobody", () => {
    expect(inOrder([change(1, [1]), change(2)]).map((c) => c.hold)).toEqual([undefined, undefined]);
  });
  test("a cycle is held by name, with all that stands behind it; the others go on", () => {
    const out = inOrder([change(1, [2]), change(2, [1]), change(3, [2]), change(4)]);
    expect(out.map((c) => [c.ref.key, c.hold?.code])).toEqual([
      ["k4", undefined],
      ["k1", "Blocked"],
      ["k2", "Blocked"],
      ["k3", "Blocked"],
    ]);
    expect(out[1]?.hold?.message).toContain("x/y/k1 → x/y/k2");
  });
});
