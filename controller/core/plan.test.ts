/** Laws of the pure core, for any subject and any world. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GateInput, gate } from "./gate.ts";
import {
  type Change,
  type Desired,
  type FieldTable,
  type Observed,
  output,
  type Ref,
  type RefKey,
  refKey,
  type Seen,
  type Spec,
  type State,
} from "./model.ts";
import { type Owner, ownerKey, token } from "./owner.ts";
import { knownFrom, type PlanInput, plan, planId, resolve } from "./plan.ts";
import { Sensitive } from "./sensitive.ts";

const owner: Owner = { installation: "lab", tenant: "acme", kind: "Subscriber", namespace: "acme", name: "s1" };
const mine = (key: string) => token(ownerKey(owner), key);
const rules: FieldTable = {
  a: { authority: "managed" },
  b: { authority: "managed", disruptive: true },
  s: { authority: "seeded" },
  p: { authority: "managed", secret: true },
  access: { authority: "managed", suspends: "Reject" },
};
const ref = (key: string): Ref => ({ system: "x", resource: "y", key });
const value = fc.option(fc.stringMatching(/^[a-z]{1,4}$/), { nil: null });
const secret = fc.option(fc.stringMatching(/^[A-Z]{12}$/), { nil: null });
const access = fc.constantFrom("Accept", "Reject", null);

/** Objects may refer to outputs of lesser ones: no cycles, as in every real profile. */
const desired: fc.Arbitrary<readonly Desired[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 6 })
  .chain((keys) => fc.tuple(...keys.sort().map((k, n) => oneDesired(k, n > 0 ? keys[n - 1] : undefined))));
function oneDesired(k: number, maker: number | undefined): fc.Arbitrary<Desired> {
  const made = maker === undefined ? value : fc.oneof(value, fc.constant(output(ref(`k${maker}`), "out")));
  const p = secret.map((v) => (v === null ? null : new Sensitive(v)));
  return fc
    .record({ a: made, b: value, s: value, p, access })
    .map((spec): Desired => ({ ref: ref(`k${k}`), spec: spec as Spec }));
}
const there = (key: string): fc.Arbitrary<[string, Observed | null]> =>
  fc
    .oneof(
      fc.constant(null),
      fc.record({
        token: fc.constantFrom(mine(refKey(ref(key))), undefined, "lm_other"),
        retired: fc.boolean(),
        state: fc.record({ a: value, b: value, s: value, p: secret, access }),
      }),
    )
    .map((o) => [refKey(ref(key)), o && { ...o, ref: ref(key), id: `id-${key}`, outputs: { out: `out-${key}` } }]);
const input: fc.Arbitrary<PlanInput> = fc
  .record({
    desired,
    seen: fc.array(fc.integer({ min: 0, max: 7 })).chain((ks) => fc.tuple(...ks.map((k) => there(`k${k}`)))),
    remembered: fc.uniqueArray(fc.record({ ref: fc.integer({ min: 0, max: 7 }), due: fc.boolean() }), {
      selector: (r) => r.ref,
    }),
    adoption: fc.constantFrom("Never" as const, "MatchingOnly" as const, "Always" as const),
  })
  .map((i) => ({
    ...i,
    owner,
    token: mine,
    blocked: [],
    seen: new Map(i.seen) as Seen,
    remembered: i.remembered.map((r) => ({ ref: refKey(ref(`k${r.ref}`)), needs: [], due: r.due })),
    fields: () => rules,
    digest: (t: string) => `#${t.length}`,
  }));

/** Does what the plan says, as an honest system would. */
function obey(i: PlanInput): PlanInput {
  const next = new Map(i.seen);
  for (const c of plan(i).changes) {
    const key = refKey(c.ref);
    if (c.hold || c.action === "none") continue;
    if (c.action === "destroy") {
      next.set(key, null);
      continue;
    }
    const have = next.get(key) ?? undefined;
    const spec = resolve(
      i.desired.find((d) => refKey(d.ref) === key)?.spec ?? {},
      knownFrom(next, () => undefined),
    ).spec;
    const state = { ...have?.state, ...Object.fromEntries(c.fields.map((f) => [f.field, spec[f.field]])) } as State;
    const retired = c.action === "retire" || (c.action !== "restore" && have?.retired === true);
    const outputs = have?.outputs ?? { out: `new-${key}` };
    next.set(key, { ref: c.ref, id: have?.id ?? `new-${key}`, token: mine(key), retired, state, outputs });
  }
  return { ...i, seen: next };
}
const turn = <T>(xs: readonly T[], n: number): T[] => [
  ...xs.slice(n % (xs.length || 1)),
  ...xs.slice(0, n % (xs.length || 1)),
];

/** What may be done to an object, given who owns it and what was seen. */
function allowed(c: Change, i: PlanInput): readonly string[] {
  const key = refKey(c.ref);
  const have = i.seen.get(key);
  if (have === undefined) return ["none"];
  if (have === null) return ["create", "none"];
  if (have.token === undefined) return ["adopt", "none", "held"];
  if (have.token !== mine(key)) return ["none", "held"];
  const due = have.retired && i.remembered.some((r) => r.ref === key && r.due);
  return ["none", "update", "restore", "retire", ...(due ? ["destroy"] : [])];
}

describe("plan", () => {
  test("same input, same plan and same id, whatever the order", () => {
    fc.assert(
      fc.property(input, fc.nat(), (i, n) => {
        const other = {
          ...i,
          desired: turn(i.desired, n),
          remembered: turn(i.remembered, n),
          seen: new Map(turn([...i.seen], n)),
        };
        expect(plan(other)).toEqual(plan(i));
        expect(planId(plan(other), other)).toBe(planId(plan(i), i));
      }),
      { numRuns: 300 },
    );
  });

  test("obeyed, it is empty: nothing that could be done is left", () => {
    fc.assert(
      fc.property(input, (i) => {
        let now = i;
        for (let round = 0; round < 3; round++) now = obey(now);
        const left = plan(now).changes.filter((c) => c.action !== "none" && !c.hold);
        // Only what waits for an output that nobody will ever make may remain.
        expect(left.filter((c) => !c.fields.every((f) => f.after === "(known after apply)"))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("makers come before users, and nothing is planned twice", () => {
    fc.assert(
      fc.property(input, (i) => {
        const keys = plan(i).changes.map((c) => refKey(c.ref));
        expect(new Set(keys).size).toBe(keys.length);
        for (const [n, c] of plan(i).changes.entries()) {
          for (const r of c.after) expect(keys.indexOf(r)).toBeLessThan(n);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("nothing foreign is touched, nothing unknown is assumed absent, nothing of ours is destroyed before its time", () => {
    fc.assert(
      fc.property(input, (i) => {
        for (const c of plan(i).changes)
          expect(allowed(c, i)).toContain(c.hold?.code === "NotOwned" ? "held" : c.action);
      }),
      { numRuns: 300 },
    );
  });

  test("a patch names only managed fields that differ", () => {
    fc.assert(
      fc.property(input, (i) => {
        for (const c of plan(i).changes.filter((x) => x.action === "update" && !x.hold)) {
          const have = i.seen.get(refKey(c.ref));
          for (const f of c.fields) {
            expect(rules[f.field]?.authority).toBe("managed");
            if (f.field !== "p") expect(String(have?.state[f.field] ?? "")).toBe(f.before);
            expect(f.before === f.after && f.field !== "p").toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("no secret comes out, neither the wanted nor the found", () => {
    fc.assert(
      fc.property(input, (i) => {
        const out = JSON.stringify(plan(i)) + planId(plan(i), i);
        for (const d of i.desired)
          if (d.spec["p"] instanceof Sensitive) expect(out).not.toContain(d.spec["p"].reveal());
        for (const o of i.seen.values()) if (o?.state["p"]) expect(out).not.toContain(String(o.state["p"]));
      }),
      { numRuns: 300 },
    );
  });

  test("the id is one over retries: half-done work and new outputs do not change it", () => {
    fc.assert(
      fc.property(desired, fc.nat(6), (d, done) => {
        const base = {
          owner,
          token: mine,
          desired: d,
          blocked: [],
          remembered: [],
          adoption: "Never",
          fields: () => rules,
          digest: (t: string) => t,
        } as const;
        const first = { ...base, seen: new Map(d.map((x) => [refKey(x.ref), null] as const)) };
        const half = new Map([...obey(first).seen].slice(0, done));
        expect(planId(plan({ ...base, seen: half }), base)).toBe(planId(plan(first), base));
      }),
      { numRuns: 200 },
    );
  });

  test("what cannot be told changes nothing, and takes nothing away", () => {
    fc.assert(
      fc.property(input, (i) => {
        const blocked = { ...i, desired: [], blocked: [{ reason: "PlanMissing", message: "no such plan" }] };
        for (const c of plan(blocked).changes) expect([c.action, c.hold?.code]).toEqual(["none", "Blocked"]);
      }),
    );
  });
});

test("an object that serves nobody by itself goes without a place in the budget, the last of a customer never", () => {
  const have = { ref: ref("g"), id: "g", token: mine("x/y/g"), retired: false, state: {}, outputs: {} };
  const gone = (fields: FieldTable, wanted: readonly Desired[]) =>
    plan({
      owner,
      token: mine,
      desired: wanted,
      blocked: [],
      seen: new Map([["x/y/g", have]]),
      remembered: [{ ref: "x/y/g", needs: [], due: false }],
      adoption: "Never",
      fields: () => fields,
      digest: (t) => t,
    }).changes.find((c) => c.ref.key === "g");
  const other = [{ ref: ref("k0"), spec: {} }];
  const plain: FieldTable = { a: { authority: "managed" } };
  expect(gone(plain, other)).toMatchObject({ action: "retire" });
  expect(gone(plain, other)?.impact).toBeUndefined();
  expect(gone(rules, other)).toMatchObject({ action: "retire", impact: "disrupt" });
  expect(gone(plain, [])).toMatchObject({ action: "retire", impact: "retire" });
});

test.each<[why: string, bill: Partial<Observed> | null, after: readonly RefKey[]]>([
  ["has not begun: it waits for everything but what stands apart", null, ["x/y/account", "x/y/router"]],
  ["runs: it goes by the account alone, so that a router holds no resume up", { begun: true }, ["x/y/account"]],
  ["was suspended before it began", {}, ["x/y/account", "x/y/router"]],
  ["was ended: it begins anew", { begun: true, retired: true }, ["x/y/account", "x/y/router"]],
])("a bill that %s", (_, bill, after) => {
  const made = { id: "bill", token: mine("x/y/bill"), retired: false, state: {}, outputs: {} };
  const { changes } = plan({
    ...{ owner, token: mine, blocked: [], remembered: [], adoption: "Never", digest: (t) => t },
    desired: [
      { ref: ref("account"), spec: {} },
      { ref: ref("router"), spec: {} },
      { ref: ref("ticket"), spec: {}, apart: true },
      { ref: ref("bill"), spec: { a: 1 }, last: true },
    ],
    seen: new Map([["x/y/bill", bill && { ref: ref("bill"), ...made, ...bill }]]),
    fields: () => rules,
    traits: ({ key }) => ({ lent: false, unmarkable: false, ...(key === "account" && { serves: "Session" as const }) }),
  });
  expect(changes.find((c) => c.ref.key === "bill")?.after).toEqual(after);
});

test("what cannot be marked and is as declared is taken whatever the policy; what differs is not", () => {
  const there = (a: string): Seen =>
    new Map([["x/y/g", { ref: ref("g"), id: "g", token: undefined, retired: false, state: { a }, outputs: {} }]]);
  const taken = (a: string, unmarkable: boolean) =>
    plan({
      owner,
      token: mine,
      desired: [{ ref: ref("g"), spec: { a: "as declared" } }],
      blocked: [],
      seen: there(a),
      remembered: [],
      adoption: "Never",
      fields: () => ({ a: { authority: "managed" } }),
      traits: () => ({ lent: false, unmarkable }),
      digest: (t) => t,
    }).changes[0];
  expect(taken("as declared", true)).toMatchObject({ action: "adopt", fields: [] });
  expect(taken("as declared", true)?.hold).toBeUndefined();
  expect(taken("another", true)?.hold?.code).toBe("NotOwned");
  expect(taken("as declared", false)?.hold?.code).toBe("NotOwned");
});
test("what is lent goes at once when it is out of service, everything else when retention is over", () => {
  const gone = (lent: boolean, due: boolean) =>
    plan({
      owner,
      token: mine,
      desired: [],
      blocked: [],
      seen: new Map([
        ["x/y/g", { ref: ref("g"), id: "g", token: mine("x/y/g"), retired: true, state: {}, outputs: {} }],
      ]),
      remembered: [{ ref: "x/y/g", needs: [], due }],
      adoption: "Never",
      fields: () => rules,
      traits: () => ({ lent, unmarkable: false }),
      digest: (t) => t,
    }).changes[0]?.action;
  expect([gone(true, false), gone(false, false), gone(false, true)]).toEqual(["destroy", "none", "destroy"]);
});

const open: GateInput = {
  paused: undefined,
  mode: () => "Enforce",
  refused: [],
  missing: new Map(),
  approved: new Set<string>(),
  granted: new Set(["retire", "suspend", "disrupt"]),
};

describe("gate", () => {
  test("without a place in the budget nothing costly passes, all or nothing", () => {
    fc.assert(
      fc.property(input, (i) => {
        for (const c of gate(plan(i), { ...open, granted: new Set() }).changes) expect(c.impact && !c.hold).toBeFalsy();
      }),
      { numRuns: 200 },
    );
  });
  test("an approval passes exactly what it lists", () => {
    fc.assert(
      fc.property(input, (i) => {
        const p = plan(i);
        const costly = (approved: readonly string[]) =>
          gate(p, { ...open, granted: new Set(), approved: new Set(approved) }).changes.filter((c) => c.impact);
        const all = costly(p.changes.flatMap((c) => c.tuple ?? []));
        expect(all.some((c) => c.hold?.code === "DestructiveLimit")).toBe(false);
        // What waits for something else needs no approval, and its lack holds nobody.
        const tuples = all.flatMap((c) => (c.hold ? [] : (c.tuple ?? [])));
        if (tuples.length) expect(costly(tuples.slice(1)).every((c) => c.hold)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
  test.each([
    ["a pause stops everything, deletion included", { ...open, paused: "maintenance" }],
    ["Observe reports and corrects nothing", { ...open, mode: () => "Observe" as const }],
  ])("%s", (_, stopped) => {
    fc.assert(
      fc.property(input, (i) => {
        expect(gate(plan(i), stopped).changes.every((c) => c.action === "none" || c.hold)).toBe(true);
      }),
    );
  });
  test("a refused claim holds what would be made, and lets go what is to be taken away", () => {
    fc.assert(
      fc.property(input, (i) => {
        for (const c of gate(plan(i), { ...open, refused: ["user a@b is held by x"] }).changes) {
          if (["create", "adopt", "update", "restore"].includes(c.action)) expect(c.hold).toBeDefined();
          if (c.action === "retire" && c.hold) expect(c.hold.code).toBe("Blocked");
        }
      }),
    );
  });
});
