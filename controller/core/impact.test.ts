import { describe, expect, test } from "vitest";
import { impactBetween } from "./impact.ts";
import { type FieldTable, output, type Spec, type Subject } from "./model.ts";
import { Sensitive } from "./sensitive.ts";

const rules: FieldTable = {
  rate: { authority: "managed" },
  password: { authority: "managed", secret: true },
  vlan: { authority: "managed", disruptive: true },
  access: { authority: "managed", suspends: "Reject" },
};
const subject = (objects: Readonly<Record<string, Spec>>, kind = "Subscriber"): Subject => ({
  owner: { installation: "lab", tenant: "acme", kind, namespace: "acme", name: "s1" },
  desired: Object.entries(objects).map(([key, spec]) => ({ ref: { system: "x", resource: "y", key }, spec })),
  claims: [],
  blocked: [],
});
const MAKER = { system: "x", resource: "y", key: "m" };
const one: Spec = { rate: "1", vlan: "100", access: "Accept" };

describe("what a new declaration costs", () => {
  test.each<[string, Subject | undefined, Subject | undefined, string | undefined]>([
    ["a newcomer costs nobody", undefined, subject({ a: one }), undefined],
    ["who had nothing loses nothing", subject({}), undefined, undefined],
    ["who is no longer declared loses service", subject({ a: one }), undefined, "retire"],
    ["who is declared and wants nothing loses service too", subject({ a: one }), subject({}), "retire"],
    ["the same again costs nobody", subject({ a: one }), subject({ a: one }), undefined],
    ["another rate costs nobody", subject({ a: one }), subject({ a: { ...one, rate: "2" } }), undefined],
    ["another VLAN interrupts", subject({ a: one }), subject({ a: { ...one, vlan: "2" } }), "disrupt"],
    ["one object less interrupts", subject({ a: one, b: one }), subject({ a: one }), "disrupt"],
    ["one object more does not", subject({ a: one }), subject({ a: one, b: one }), undefined],
    [
      "a suspension counts as one, whatever else is interrupted first",
      subject({ a: one, b: one }),
      subject({ a: { ...one, vlan: "2" }, b: { ...one, access: "Reject" } }),
      "suspend",
    ],
    ["a resume costs nobody", subject({ a: { ...one, access: "Reject" } }), subject({ a: one }), undefined],
    [
      "an address that is known after apply is the same address when it is declared again",
      subject({ a: { ...one, vlan: output(MAKER, "vlan") } }),
      subject({ a: { ...one, vlan: output(MAKER, "vlan") } }),
      undefined,
    ],
    [
      "the same output of another object is another value",
      subject({ a: { ...one, vlan: output(MAKER, "vlan") } }),
      subject({ a: { ...one, vlan: output({ ...MAKER, key: "n" }, "vlan") } }),
      "disrupt",
    ],
    ["a plan is nobody's service", subject({ a: one }, "ServicePlan"), undefined, undefined],
  ])("%s", (_, before, after, impact) => {
    expect(impactBetween(before, after, () => rules)).toBe(impact);
  });

  test("without a table nothing can be compared, and a retirement still counts", () => {
    expect(impactBetween(subject({ a: one }), subject({ a: { ...one, vlan: "2" } }), () => ({}))).toBeUndefined();
    expect(impactBetween(subject({ a: one }), undefined, () => ({}))).toBe("retire");
  });
  test("placeholders stand for secrets: two of them are no difference", () => {
    const held = (): Spec => ({ ...one, password: new Sensitive("") });
    expect(impactBetween(subject({ a: held() }), subject({ a: held() }), () => rules)).toBeUndefined();
  });
});
