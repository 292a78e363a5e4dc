import { describe, expect, test } from "vitest";
import { differing, impactOf } from "./diff.ts";
import { type FieldRule, type Observed, output, type Spec, type State } from "./model.ts";
import { Sensitive } from "./sensitive.ts";

const ref = { system: "x", resource: "y", key: "k" };
const observed = (state: State): Observed => ({ ref, id: "1", token: "lm_t", retired: false, state, outputs: {} });
const managed: FieldRule = { authority: "managed" };
const lower = { ...managed, normalize: (v: unknown) => String(v).toLowerCase() } as FieldRule;
const hashed: FieldRule = { ...managed, equals: (have, want) => have === `hash of ${String(want)}` };

describe("differing", () => {
  test.each<[string, FieldRule, State[string], Spec[string], boolean]>([
    ["equal values are no difference", managed, "a", "a", false],
    ["another value is one", managed, "a", "b", true],
    ["what nobody declares is taken away", managed, "a", null, true],
    ["what is missing is put there", managed, null, "a", true],
    ["nothing on both sides is no difference", managed, null, null, false],
    ["a number is not its text: the client says what the wire means", managed, "1", 1, true],
    ["spelling is no difference where the table says so", lower, "AA:BB", "aa:bb", false],
    ["another value in another spelling still is", lower, "AA:BB", "aa:bc", true],
    ["the order of a list says nothing", managed, ["a", "b"], ["b", "a"], false],
    ["a list with one more differs", managed, ["a", "b"], ["a"], true],
    ["a list is a set with repetitions: the same two are not two others", managed, ["a", "a"], ["a", "b"], true],
    ["a list is compared in its spelling", lower, ["A", "b"], ["B", "a"], false],
    ["a list is not a single value", managed, ["a"], "a", true],
    ["a secret equals its own text", managed, "s", new Sensitive("s"), false],
    ["two secrets are compared by what they hide", managed, new Sensitive("s"), new Sensitive("t"), true],
    ["a hash is asked, not compared", hashed, "hash of s", "s", false],
    ["a hash of something else differs", hashed, "hash of t", "s", true],
    ["a hash is not asked about nothing", hashed, null, "s", true],
    ["an output that is not known yet differs", managed, "a", output(ref, "id"), true],
  ])("%s", (_, rule, have, want, is) => {
    expect(differing({ f: rule }, observed({ f: have }), { f: want })).toEqual(is ? ["f"] : []);
  });

  test("a seeded field is written once and then belongs to the other side", () => {
    const rules = { wifi: { authority: "seeded" } } as const;
    expect(differing(rules, null, { wifi: "home" })).toEqual(["wifi"]);
    expect(differing(rules, observed({ wifi: "theirs" }), { wifi: "home" })).toEqual([]);
  });
  test("what the table does not name is not ours to compare", () => {
    expect(differing({ a: managed }, observed({ a: "1", comment: "theirs" }), { a: "1" })).toEqual([]);
  });
});

describe("impact", () => {
  const rules = {
    rate: managed,
    vlan: { ...managed, disruptive: true },
    access: { ...managed, suspends: "Reject" },
  } as const;
  test.each([
    ["a rate costs nobody", { rate: "1" }, { rate: "2" }, undefined],
    ["another VLAN interrupts", { vlan: "1" }, { vlan: "2" }, "disrupt"],
    ["the first VLAN interrupts nobody", { vlan: null }, { vlan: "2" }, undefined],
    ["a VLAN that is taken away interrupts", { vlan: "1" }, { vlan: null }, "disrupt"],
    ["a reject suspends", { access: "Accept" }, { access: "Reject" }, "suspend"],
    ["a resume costs nobody", { access: "Reject" }, { access: "Accept" }, undefined],
    [
      "a suspension outweighs an interruption",
      { access: "Accept", vlan: "1" },
      { access: "Reject", vlan: "2" },
      "suspend",
    ],
    [
      "a resume with another VLAN costs nobody: there is no session to interrupt",
      { access: "Reject", vlan: "1" },
      { access: "Accept", vlan: "2" },
      undefined,
    ],
  ])("%s", (_, have, want, impact) => {
    expect(impactOf(rules, have, want, differing(rules, observed(have), want))).toBe(impact);
  });
});
