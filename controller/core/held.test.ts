import { describe, expect, it } from "vitest";
import { type HeldPlan, heldPlan } from "./held.ts";
import { type Change, type HoldCode, type Impact, refKey } from "./model.ts";

const REF = { system: "radius", resource: "account", key: "john" };
const ref = (system: string) => ({ ...REF, system });
const change = (system: string, impact: Impact | undefined, hold?: HoldCode, rest: Partial<Change> = {}): Change => ({
  ...{ ref: ref(system), action: "retire", id: "1", fields: [], after: [] },
  ...(impact && { impact, tuple: `${refKey(ref(system))}|retire|1|d` }),
  ...(hold && { hold: { code: hold, message: "m" } }),
  ...rest,
});
const GONE = { desired: [], blocked: [] };
const find = (changes: readonly Change[], more: Partial<Parameters<typeof heldPlan>[0]> = {}) =>
  heldPlan({ subject: GONE, changes, seen: () => true, before: undefined, ...more });

describe("what waits for a person", () => {
  it.each<[string, readonly Change[], string | undefined]>([
    ["nothing is held", [change("a", "retire")], undefined],
    ["what is held needs no approval", [change("a", "retire", "Paused")], undefined],
    ["what was held may go on", [change("a", "retire", undefined, { action: "none" })], undefined],
    ["the budget is used up", [change("a", "retire", "DestructiveLimit")], "DestructiveLimit retire a"],
    ["somebody changed a value", [change("a", "disrupt", "NeedsApproval")], "NeedsApproval disrupt a"],
    [
      "of several impacts the gravest counts, and in order whatever the plan's",
      [
        change("b", "suspend", "DestructiveLimit"),
        change("a", "retire", "DestructiveLimit"),
        change("c", "disrupt", "NeedsApproval"),
      ],
      "DestructiveLimit retire a b c",
    ],
    [
      "what waits for it goes with it, or the gate would hold all of them again",
      [
        change("a", "retire", "DestructiveLimit"),
        change("b", "retire", "Blocked"),
        change("c", "retire", "OutsideWindow"),
      ],
      "DestructiveLimit retire a b c",
    ],
    [
      "what costs nobody and what goes on anyway is not asked",
      [change("a", "disrupt", "NeedsApproval"), change("b", undefined, "Blocked"), change("c", "disrupt")],
      "NeedsApproval disrupt a",
    ],
  ])("when %s", (_, changes, expected) => {
    const held = find(changes);
    const words = held && [held.reason, held.impact, ...held.tuples.map((t) => t.split("/")[0])].join(" ");
    expect(words).toBe(expected);
  });
  it("says of each what would be done to what", () => {
    expect(find([change("a", "retire", "DestructiveLimit")])?.said).toEqual(["retire a/account/john"]);
  });
  it("is nothing for whom it cannot be told what is wanted", () => {
    const subject = { ...GONE, blocked: [{ reason: "TenantUnknown", message: "m" }] };
    expect(find([change("a", "retire", "DestructiveLimit")], { subject })).toBeUndefined();
  });
});

describe("what cannot be seen now", () => {
  const before = find([
    change("a", "retire", "DestructiveLimit"),
    change("b", "retire", "DestructiveLimit"),
  ]) as HeldPlan;
  const unseen = (system: string) => change(system, undefined, "Blocked", { action: "none" });
  const seen = (key: string): boolean => key !== "a/account/john";
  const declared = { ...GONE, desired: [{ ref: ref("a"), spec: {} }] };

  it("waits as it did: an outage asks nothing new", () => {
    const changes = [unseen("a"), change("b", "retire", "DestructiveLimit")];
    expect(find(changes, { seen, before })).toEqual(before);
    expect(find([unseen("a"), unseen("b")], { seen: () => false, before })).toEqual(before);
  });
  it("is not thought of where it did not wait before", () => {
    expect(find([unseen("a"), change("b", "retire", "DestructiveLimit")], { seen })?.tuples).toHaveLength(1);
  });
  it("waits no more when it is declared again", () => {
    expect(find([unseen("a")], { subject: declared, seen, before })).toBeUndefined();
  });
  it("waits no more when nobody knows of it any more", () => {
    expect(find([], { seen, before })).toBeUndefined();
  });
  it("is told from what was seen and is as it should be", () => {
    expect(find([unseen("a")], { before })).toBeUndefined();
  });
});
