/** The router is told first, and nobody is ever locked out: for every order in which answers may come. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GateInput, gate } from "./gate.ts";
import { type Change, type Desired, type FieldTable, type Observed, OTHERS, type Ref, refKey } from "./model.ts";
import { ownerKey, token } from "./owner.ts";
import { plan } from "./plan.ts";
import { Sensitive } from "./sensitive.ts";

const owner = { installation: "lab", tenant: "acme", kind: "Subscriber", namespace: "acme", name: "s1" };
const text = (v: unknown): string => (v instanceof Sensitive ? v.reveal() : String(v));
const account: FieldTable = {
  password: { authority: "managed", secret: true, rotates: (have, want) => text(have) !== text(want) },
  rate: { authority: "managed" },
  access: { authority: "managed", suspends: "Reject" },
};
const device: FieldTable = { [OTHERS]: { authority: "managed" } };
const at = (key: string): Ref => ({ system: "radius", resource: "account", key });
const CPE: Ref = { system: "acs", resource: "device", key: "CPE1" };
const mine = (key: string) => token(ownerKey(owner), key);
const seenAs = (ref: Ref, state: Observed["state"]): Observed => ({
  ref,
  id: "1",
  token: mine(refKey(ref)),
  retired: false,
  state,
  outputs: {},
});
const told = { ref: refKey(CPE), fields: ["pppoe.username", "pppoe.password"], keepsFormer: true };

interface World {
  readonly desired: readonly Desired[];
  /** What really is there, by key. */
  readonly there: Map<string, Observed>;
  /** Not seen by this run. */
  readonly dark?: ReadonlySet<string>;
  readonly remembered?: readonly string[];
}
const open: GateInput = {
  paused: undefined,
  mode: () => "Enforce",
  refused: [],
  missing: new Map(),
  approved: new Set(),
  granted: new Set(["retire", "suspend", "disrupt"]),
};
function changes(w: World, more: Partial<GateInput> = {}): readonly Change[] {
  const keys = [...new Set([...w.desired.map((d) => refKey(d.ref)), ...(w.remembered ?? [])])];
  const seen = keys.filter((k) => !w.dark?.has(k)).map((k) => [k, w.there.get(k) ?? null] as const);
  const p = plan({
    owner,
    token: mine,
    desired: w.desired,
    blocked: [],
    seen: new Map(seen),
    remembered: (w.remembered ?? []).map((ref) => ({ ref, needs: [], due: false })),
    adoption: "Never",
    fields: (ref) => (ref.system === "acs" ? device : account),
    digest: (t) => `#${t.length}`,
  });
  return gate(p, { ...open, ...more }).changes;
}
const user = (name: string, password: string): Desired => ({
  ref: at(name),
  spec: { password: new Sensitive(password), rate: "10" },
  withDevice: { device: told },
});
const router = (name: string, password: string, ssid = "Doe"): Desired => ({
  ref: CPE,
  spec: { "pppoe.username": name, "pppoe.password": new Sensitive(password), "wifi.1.ssid": ssid },
});
const world = (desired: readonly Desired[], there: readonly Observed[], rest: Partial<World> = {}): World => ({
  desired,
  there: new Map(there.map((o) => [refKey(o.ref), o])),
  ...rest,
});
const had = (name: string, password: string) => [
  seenAs(at(name), { password: new Sensitive(password), rate: "10" }),
  seenAs(CPE, { "pppoe.username": name, "pppoe.password": new Sensitive(password), "wifi.1.ssid": "Doe" }),
];
const brief = (c: Change) =>
  [c.ref.key, c.action, ...c.fields.map((f) => f.field), c.hold?.code ?? "", c.waiting?.hold.code ?? ""]
    .filter(Boolean)
    .join(" ");

describe("a new password", () => {
  const edited = [user("john", "NEW"), router("john", "NEW")];
  test("goes to the router first, and to RADIUS when the router has it", () => {
    const w = world(edited, had("john", "OLD"));
    expect(changes(w).map(brief)).toEqual(["CPE1 update pppoe.password", "john none AwaitingDevice"]);
    w.there.set(refKey(CPE), had("john", "NEW")[1]!);
    expect(changes(w).map(brief)).toEqual(["CPE1 none", "john update password"]);
  });
  test.each<[string, Partial<World>, Partial<GateInput>]>([
    ["is not seen", { dark: new Set(["radius/account/john"]) }, {}],
    ["is only observed", {}, { mode: (s) => (s === "radius" ? "Observe" : "Enforce") }],
    ["is paused", {}, { mode: (s) => (s === "radius" ? "Paused" : "Enforce") }],
  ])("is not told to the router while RADIUS %s; its wireless network is", (_, rest, gated) => {
    const w = world([user("john", "NEW"), router("john", "NEW", "Doe 5")], had("john", "OLD"), rest);
    expect(brief(changes(w, gated).find((c) => c.ref.key === "CPE1")!)).toBe("CPE1 update wifi.1.ssid Blocked");
  });
});

describe("a new user name", () => {
  const edited = [user("johnny", "SAME"), router("johnny", "SAME")];
  const remembered = ["radius/account/john"];
  test("stands beside the former one until the router dials with it", () => {
    const w = world(edited, had("john", "SAME"), { remembered });
    expect(changes(w).map(brief)).toEqual([
      "CPE1 none Blocked",
      "johnny create password rate",
      "john none AwaitingDevice",
    ]);
    w.there.set(refKey(at("johnny")), seenAs(at("johnny"), { password: new Sensitive("SAME"), rate: "10" }));
    expect(changes(w).map(brief)).toEqual(["CPE1 update pppoe.username", "johnny none", "john none AwaitingDevice"]);
    w.there.set(refKey(CPE), had("johnny", "SAME")[1]!);
    expect(changes(w).map(brief)).toEqual(["CPE1 none", "johnny none", "john retire"]);
  });
  const lone = (more: Partial<Desired> = {}): Desired => ({ ...user("johnny", "SAME"), withDevice: {}, ...more });
  const { withDevice: _, ...forced } = lone();
  test.each<[string, Desired, string]>([
    [
      "the router left the declaration before it was told: it may dial with the former",
      lone(),
      "none RouterNotManaged",
    ],
    ["nobody waits for the router", forced, "retire"],
    ["the customer is kept out", lone({ spec: { password: new Sensitive("SAME"), access: "Reject" } }), "retire"],
  ])("%s", (_, successor, end) => {
    const both = [...had("john", "SAME"), seenAs(at("johnny"), { password: new Sensitive("SAME"), rate: "10" })];
    expect(changes(world([successor], both, { remembered })).map(brief)).toContain(`john ${end}`);
  });
  test("of one who is suspended: the former account goes at once", () => {
    const kept = { ...user("johnny", "SAME"), withDevice: { device: { ...told, keepsFormer: false } } };
    const w = world([kept, router("johnny", "SAME")], had("john", "SAME"), { remembered });
    expect(changes(w).map(brief)).toContain("john retire");
  });
});

test("whatever comes when, at every moment the router dials with something that RADIUS lets in", () => {
  const name = fc.constantFrom("john", "johnny");
  const password = fc.constantFrom("A", "B", "C");
  const step = fc.record({ name, password, carried: fc.array(fc.nat(3), { maxLength: 12 }), dark: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (steps) => {
      const w = world([], had("john", "A"));
      const accounts = new Set(["john"]);
      for (const s of steps) {
        const desired = [user(s.name, s.password), router(s.name, s.password)];
        const dark = new Set(s.dark ? [`radius/account/${s.name}`] : []);
        const rest = { desired, dark, remembered: [...accounts].map((n) => refKey(at(n))) };
        // One change of the plan at a time, any of them, as far as this declaration is carried out.
        for (const pick of s.carried) {
          const going = changes({ ...w, ...rest }).filter((c) => !c.hold && c.action !== "none");
          const c = going[pick % Math.max(1, going.length)];
          if (c) carryOut(w.there, c, desired);
          accounts.add(s.name);
          expect(letIn(w.there), JSON.stringify(going.map(brief))).toBe(true);
        }
      }
    }),
  );
});
/** A router that has the new one or not, and an ACS that does not know. */
interface Doubt {
  readonly name: string;
  readonly password: string;
  /** It took what it was told before its session broke off. */
  readonly isTaken: boolean;
  /** It reaches the ACS only through the session that RADIUS lets in. */
  readonly isInBand: boolean;
}
const doubt: fc.Arbitrary<Doubt> = fc.record({
  name: fc.constantFrom("john", "johnny"),
  password: fc.constantFrom("A", "B"),
  isTaken: fc.boolean(),
  isInBand: fc.boolean(),
});
test("an answer of the router's that is lost: it and RADIUS agree in the end, whichever it has and however it is managed", () => {
  fc.assert(
    fc.property(doubt, (d) => {
      const w = world([user(d.name, d.password), router(d.name, d.password)], had("john", "A"), {
        remembered: ["john", d.name].map((n) => refKey(at(n))),
      });
      carryOutAt("radius", w);
      const real = [...Array(3)].reduce((has: Observed) => round(w, d, has), brokenOff(w, d));
      expect(isLetIn(w.there, real)).toBe(true);
      expect(changes(w).filter((c) => c.action !== "none")).toEqual([]);
      expect(real).toEqual(had(d.name, d.password)[1]);
    }),
  );
});
/** What it has, of which its system shows the name as last read, and the password only when it is sure. */
function brokenOff(w: World, { name, password, isTaken }: Doubt): Observed {
  const before = w.there.get(refKey(CPE))!;
  const isAsked = goingAt("acs", w).length > 0;
  if (isAsked) show(w, Object.fromEntries(Object.entries(before.state).filter(([f]) => f !== "pppoe.password")));
  return isAsked && isTaken ? had(name, password)[1]! : before;
}
/** It is told again where it is there; one that stays silent is shown with what it was told. */
function round(w: World, { password, isInBand }: Doubt, real: Observed): Observed {
  const isThere = !isInBand || isLetIn(w.there, real);
  if (isThere) carryOutAt("acs", w);
  else show(w, { ...w.there.get(refKey(CPE))!.state, "pppoe.password": new Sensitive(password) });
  carryOutAt("radius", w);
  return isThere ? w.there.get(refKey(CPE))! : real;
}
const show = (w: World, state: Observed["state"]) => w.there.set(refKey(CPE), seenAs(CPE, state));
const goingAt = (system: string, w: World) =>
  changes(w).filter((c) => c.ref.system === system && !c.hold && c.action !== "none");
const carryOutAt = (system: string, w: World): void =>
  goingAt(system, w).forEach((c) => {
    carryOut(w.there, c, w.desired);
  });

/** As the systems would. A router that was told redials; between that and the account's own change it may knock in vain. */
function carryOut(there: Map<string, Observed>, c: Change, desired: readonly Desired[]): void {
  const key = refKey(c.ref);
  const want = desired.find((d) => refKey(d.ref) === key)?.spec as Observed["state"] | undefined;
  const have = there.get(key);
  if (c.action === "retire") there.set(key, { ...have!, retired: true });
  else {
    const fields = c.fields.map((f) => [f.field, want?.[f.field] ?? null]);
    there.set(key, {
      ...(have ?? seenAs(c.ref, {})),
      retired: false,
      state: { ...have?.state, ...Object.fromEntries(fields) },
    });
  }
  if (c.ref.system !== "acs") return;
  // The account follows in the same run: it was seen, and nothing holds it.
  const follows = changes({ desired, there }).filter(
    (f) => f.ref.system === "radius" && f.action === "update" && !f.hold,
  );
  for (const f of follows) carryOut(there, f, desired);
}
const letIn = (there: ReadonlyMap<string, Observed>): boolean => isLetIn(there, there.get(refKey(CPE))!);
function isLetIn(there: ReadonlyMap<string, Observed>, { state }: Observed): boolean {
  const known = there.get(refKey(at(text(state["pppoe.username"]))));
  return known !== undefined && !known.retired && text(known.state["password"]) === text(state["pppoe.password"]);
}
