import { fc, it } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { createValidator } from "../../api/validate.ts";
import type { Action, Change, HoldCode } from "../model.ts";
import { refKey } from "../model.ts";
import { subscriber } from "../resolve/fixture.ts";
import type { FaultView, RunView } from "./causes.ts";
import { explain } from "./explain.ts";
import { account, input, NOW, run, SECRET } from "./fixture.ts";
import { reasonOf } from "./reasons.ts";
import { type SubscriberStatusInput, subscriberStatus } from "./subscriber.ts";

const ACTIONS: readonly Action[] = ["none", "create", "adopt", "update", "restore", "retire", "destroy"];
const HOLDS: readonly HoldCode[] = [
  "NotOwned",
  "Blocked",
  "DestructiveLimit",
  "Paused",
  "ObserveOnly",
  "IdentityConflict",
];
const KINDS: readonly FaultView["kind"][] = [
  "Transient",
  "RateLimited",
  "Conflict",
  "Rejected",
  "Forbidden",
  "Unknown",
];

const change: fc.Arbitrary<Change> = fc
  .record({
    key: fc.constantFrom("john@acme.example", "old@acme.example"),
    system: fc.constantFrom("radius-1", "radius-2", "gone-1"),
    action: fc.constantFrom(...ACTIONS),
    hold: fc.option(fc.record({ code: fc.constantFrom(...HOLDS), message: fc.lorem() }), { nil: undefined }),
    field: fc.constantFrom("authType", "address", "group", "password"),
  })
  .map(({ key, system, action, hold, field }) =>
    account({
      ref: { system, resource: "account", key },
      action,
      ...(hold && { hold }),
      fields: action === "update" ? [{ field, before: "Reject", after: "" }] : [],
    }),
  );
const fault: fc.Arbitrary<FaultView> = fc.record({
  kind: fc.constantFrom(...KINDS),
  code: fc.constantFrom("Unavailable", "NotOwned", "23505", "HTTP503", ""),
  message: fc.lorem(),
  remedy: fc.constantFrom("", "do this"),
});
const report: fc.Arbitrary<RunView> = fc
  .tuple(fc.uniqueArray(change, { selector: (c) => refKey(c.ref), maxLength: 5 }), fc.array(fault, { maxLength: 5 }))
  .map(([changes, faults]) => {
    const made = faults.flatMap((f, n) => (changes[n] ? [[refKey(changes[n].ref), f] as const] : []));
    const one = run(changes, Object.fromEntries(made));
    return { ...one, settled: one.settled && made.length === 0 };
  });
const inputs: fc.Arbitrary<SubscriberStatusInput> = fc
  .record({
    report: fc.option(report, { nil: undefined }),
    serviceState: fc.constantFrom("Active" as const, "Suspended" as const, "Terminated" as const),
    blocked: fc.array(fc.record({ reason: fc.constantFrom("PlanUnknown", "Newer", "42P01"), message: fc.lorem() }), {
      maxLength: 2,
    }),
    lost: fc.boolean(),
  })
  .map(({ report, serviceState, blocked, lost }) => {
    const i = input(report, { serviceState });
    const rest = blocked.length > 0 && report ? { report: { ...report, settled: false } } : {};
    return { ...i, blocked, ...rest, ...(lost && { declared: undefined, resolution: undefined }) };
  });
const validator = createValidator();
const problems = (status: unknown) => {
  const verdict = validator.validate({ ...subscriber(), status });
  return verdict.ok ? [] : verdict.problems;
};
const conditionsOf = (i: SubscriberStatusInput) => new Map(subscriberStatus(i).conditions?.map((c) => [c.type, c]));

describe("whatever happens, the status of a subscriber", () => {
  it.prop([inputs])("is the same for the same input, and when it is fed back", (i) => {
    const first = subscriberStatus(i);
    expect(subscriberStatus(i)).toEqual(first);
    expect(subscriberStatus({ ...i, previous: first, now: NOW + 3_600_000 })).toEqual(first);
  });
  it.prop([inputs])("is Ready exactly when all that could be done was done", (i) => {
    const { report } = i;
    const done = report?.settled === true && report.faults.size === 0 && i.blocked.length === 0;
    expect(conditionsOf(i).get("Ready")?.status === "True").toBe(done);
  });
  it.prop([inputs])("is stalled or goes on, never both, and neither only when ready", (i) => {
    const c = conditionsOf(i);
    const [ready, stalled, going] = ["Ready", "Stalled", "Reconciling"].map((t) => c.get(t)?.status === "True");
    expect([ready, stalled, going].filter(Boolean)).toHaveLength(1);
    expect(stalled).toBe(reasonOf(c.get("Ready")?.reason ?? "").mover === "person");
  });
  it.prop([inputs])("never says that the systems are ready while it is not", (i) => {
    const c = conditionsOf(i);
    if (c.get("Ready")?.status === "True") return;
    expect([...c.values()].some((one) => /^(RADIUS|System)Ready$/.test(one.type) && one.status !== "True")).toBe(true);
  });
  it.prop([inputs])("shows every hold, fault and blocker by its words", (i) => {
    const message = conditionsOf(i).get("Ready")?.message ?? "";
    for (const b of i.blocked) expect(message).toContain(b.message);
    for (const f of i.report?.faults.values() ?? []) expect(message).toContain(f.message);
  });
  it.prop([inputs])("does not call a customer in service who waits for a first account", (i) => {
    const changes = i.report?.plan.changes ?? [];
    const mine = changes.filter((c) => c.ref.system === "radius-1" && c.ref.key === "john@acme.example");
    if (i.declared?.subscriber.spec.serviceState !== "Active" || mine[0]?.action !== "create") return;
    expect(conditionsOf(i).get("InService")?.status).toBe("False");
  });
  it.prop([inputs])("is valid by the schema, holds no secret, and can be explained", (i) => {
    const status = subscriberStatus(i);
    expect(JSON.stringify(status)).not.toContain(SECRET);
    expect(explain(status).length).toBeGreaterThan(0);
    expect(problems(status)).toEqual([]);
  });
});
