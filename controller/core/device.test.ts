/** What waits for the customer's router, and what does not. */
import { describe, expect, test } from "vitest";
import { type GateInput, gate } from "./gate.ts";
import type { Desired, FieldTable, Observed, Spec, State, Value } from "./model.ts";
import { holdsOf, isDone, refKey } from "./model.ts";
import { ownerKey, token } from "./owner.ts";
import { type Adoption, plan, planId } from "./plan.ts";
import { Sensitive } from "./sensitive.ts";
import { takenOver } from "./take-over.ts";

const owner = { installation: "lab", tenant: "acme", kind: "Subscriber", namespace: "acme", name: "s1" };
const plain = (v: Value): string => (v instanceof Sensitive ? v.reveal() : String(v));
const rules: FieldTable = {
  password: {
    authority: "managed",
    secret: true,
    disruptive: true,
    equals: (have, want) => plain(have) === plain(want),
    rotates: (have, want) => plain(have) !== plain(want) && plain(have) !== "spoiled",
    secretIn: (have) => (plain(have) === "hashed" ? undefined : new Sensitive(plain(have))),
  },
  rate: { authority: "managed" },
  access: { authority: "managed", suspends: "Reject" },
};
const ref = (system = "x") => ({ system, resource: "account", key: "john" });
const mine = token(ownerKey(owner), refKey(ref()));
const have = (state: State, more: Partial<Observed> = {}): Observed => ({
  ref: ref(),
  id: "1",
  token: mine,
  retired: false,
  state,
  outputs: {},
  ...more,
});
const want = (spec: Spec, withDevice: Desired["withDevice"] = {}): Desired => ({ ref: ref(), spec, withDevice });
const given = (d: readonly Desired[], seen: readonly (Observed | null)[], adoption: Adoption = "Always") => ({
  owner,
  token: (key: string) => token(ownerKey(owner), key),
  desired: d,
  blocked: [],
  seen: new Map(d.map((one, n) => [refKey(one.ref), seen[n] ?? null])),
  remembered: [],
  adoption,
  fields: () => rules,
  digest: (text: string) => `#${text.length}`,
});
const change = (d: Desired, seen: Observed | null, adoption?: Adoption) =>
  plan(given([d], [seen], adoption)).changes[0]!;
const names = (fields: readonly { readonly field: string }[] = []) => fields.map((f) => f.field);

describe("a secret of an account in service", () => {
  const old = { password: new Sensitive("FIRST"), rate: "10" };
  const anew = { password: new Sensitive("SECOND"), rate: "10" };
  test("waits, costs nobody anything, and is no success", () => {
    const c = change(want(anew), have(old));
    expect([c.action, names(c.fields), names(c.waiting?.fields)]).toEqual(["none", [], ["password"]]);
    expect(holdsOf(c)).toEqual([
      { code: "RouterNotManaged", message: "the customer's router dials with the earlier password" },
    ]);
    expect([isDone(c), c.impact]).toEqual([false, undefined]);
    expect(JSON.stringify(c)).not.toMatch(/FIRST|SECOND/);
  });
  test.each<[string, Spec, string]>([
    ["rate", { ...anew, rate: "20" }, "rate"],
    ["suspension", { ...anew, access: "Reject" }, "access"],
  ])("and everything else goes on: %s", (_, spec, field) => {
    const c = change(want(spec), have(old));
    expect([c.action, names(c.fields), names(c.waiting?.fields)]).toEqual(["update", [field], ["password"]]);
  });
  test.each<[string, Observed | null, string]>([
    ["a new account", null, "create"],
    ["one that was retired", have(old, { retired: true }), "restore"],
    ["one without a password", have({ rate: "10" }), "update"],
    ["one that somebody spoiled", have({ password: new Sensitive("spoiled"), rate: "10" }), "update"],
  ])("is written at once to %s", (_, seen, action) => {
    const c = change(want(anew), seen);
    expect([c.action, names(c.fields).includes("password"), c.waiting]).toEqual([action, true, undefined]);
  });
  test("is written at once where nothing waits, and taken away at once where none is wanted", () => {
    const { withDevice: _, ...forced } = want(anew);
    expect(change(forced, have(old))).toMatchObject({ action: "update", impact: "disrupt" });
    expect(change(want({ rate: "10" }), have(old))).toMatchObject({
      action: "update",
      fields: [{ field: "password" }],
    });
  });
  test.each<[string, Partial<GateInput>, string]>([
    ["the system is only observed", { mode: () => "Observe" }, "ObserveOnly"],
    ["all stands still", { paused: "paused" }, "Paused"],
    ["somebody else has the name", { refused: ["taken"] }, "IdentityConflict"],
    ["nothing else keeps it", { missing: new Map([["x/account/john", ["x/group/g"]]]) }, "RouterNotManaged"],
  ])("says first what would keep it anyway: %s", (_, more, code) => {
    const input: GateInput = {
      paused: undefined,
      mode: () => "Enforce",
      refused: [],
      missing: new Map(),
      approved: new Set(),
      granted: new Set(),
      ...more,
    };
    const p = plan(given([want(anew)], [have(old)]));
    expect(gate(p, input).changes.map((c) => [c.action, c.hold, c.waiting?.hold.code])).toEqual([
      ["none", undefined, code],
    ]);
  });
  test("is nobody's where the account is somebody else's", () => {
    expect(change(want(anew), have(old, { token: "lm_other" })).waiting).toBeUndefined();
  });
  test("waits also where the account is adopted, which MatchingOnly refuses", () => {
    const foreign = have({ ...old, rate: "20" }, { token: undefined });
    expect(change(want(anew), foreign)).toMatchObject({ action: "adopt", fields: [{ field: "rate" }] });
    expect(names(change(want(anew), foreign).waiting?.fields)).toEqual(["password"]);
    expect(change(want(anew), foreign, "MatchingOnly").hold?.message).toContain("differs in password, rate");
  });
});

test("another name waits beside it, and is part of what the plan is called", () => {
  const rename = { field: "userName", before: "john", after: "johnny" };
  const account = { password: new Sensitive("FIRST") };
  const renamed = given([want(account, { rename })], [have(account)]);
  expect(plan(renamed).changes).toMatchObject([{ action: "none", waiting: { fields: [rename] } }]);
  const id = (i: typeof renamed) => planId(plan(i), i);
  expect(id(renamed)).not.toBe(id(given([want(account)], [have(account)])));
});

describe("the secret of what is adopted", () => {
  const made = (label: string | undefined = "generated") => new Sensitive("made", label);
  const foreign = (password: string, system = "x") =>
    have({ password: new Sensitive(password) }, { token: undefined, ref: ref(system) });
  const taken = (d: readonly Desired[], seen: readonly (Observed | null)[], adoption?: Adoption) => {
    const i = given(d, seen, adoption);
    return takenOver(plan(i), i)?.reveal();
  };
  const account = (password: Sensitive, system = "x"): Desired => ({ ref: ref(system), spec: { password } });
  test.each<[string, string | undefined, readonly Desired[], readonly (Observed | null)[], Adoption?]>([
    ["takes the place of the made one", "theirs", [account(made())], [foreign("theirs")]],
    ["not where a person declared one", undefined, [account(new Sensitive("mine"))], [foreign("theirs")]],
    ["not where it cannot be read", undefined, [account(made())], [foreign("hashed")]],
    ["not where it is refused", undefined, [account(made())], [foreign("theirs")], "Never"],
    ["not of an account that is ours already", undefined, [account(made())], [have({ password: new Sensitive("b") })]],
    ["not where there is none", undefined, [account(made())], [null]],
    [
      "not where the made one is in use elsewhere: it would flap between two",
      undefined,
      [account(made()), account(made(), "y")],
      [foreign("theirs"), foreign("made", "y")],
    ],
  ])("%s", (_, secret, d, seen, adoption) => {
    expect(taken(d, seen, adoption)).toBe(secret);
  });
});
