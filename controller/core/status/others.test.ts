import { describe, expect, it } from "vitest";
import { fault } from "../../../reconcilers/errors.ts";
import { createValidator } from "../../api/validate.ts";
import type { HeldSet } from "../held.ts";
import { plan, radius, tenant } from "../resolve/fixture.ts";
import { advanced, begun, edited, type Progress } from "../rollout.ts";
import { account, NOW, run, SYSTEMS } from "./fixture.ts";
import { type PlanStatusInput, planStatus } from "./plan.ts";
import { type SystemStatusInput, systemStatus } from "./system.ts";
import { type TenantStatusInput, tenantStatus } from "./tenant.ts";

const validator = createValidator();
const words = (s: { readonly conditions?: readonly { type: string; status: string; reason: string }[] }) =>
  s.conditions?.map((c) => `${c.type}=${c.status} ${c.reason}`);
const stamp = { generation: 1, now: NOW, previous: undefined };

describe("the status of a plan", () => {
  const group = account({ ref: { system: "radius-1", resource: "group", key: "acme:basic:generic" } });
  const base: PlanStatusInput = {
    ...stamp,
    blocked: [],
    warnings: [{ reason: "IdleTimeoutWithVoice", message: "a quiet line" }],
    report: run([group]),
    systems: SYSTEMS,
    subscribers: 7,
    rollout: undefined,
  };
  it("tells whether its groups are in place, and what was remarked", () => {
    const status = planStatus(base);
    expect(words(status)).toEqual([
      "Ready=True Converged",
      "Reconciling=False Idle",
      "Stalled=False Idle",
      "InSync=True Converged",
      "RADIUSReady=True Converged",
      "Warnings=True IdleTimeoutWithVoice",
    ]);
    expect(status.subscribers).toBe(7);
    expect(validator.validate({ ...plan(), status })).toMatchObject({ ok: true });
  });
  it("names the group that is somebody else's", () => {
    const hold = { code: "NotOwned", message: "it has another owner" } as const;
    const ready = planStatus({ ...base, report: run([{ ...group, action: "update", hold }]) }).conditions?.[0];
    expect(ready?.message).toMatch(/^radius-1\/group\/acme:basic:generic: it has another owner; /);
  });

  const policy = { step: { count: 2 }, pauseMs: 60_000, from: 0, stopAfter: 1 };
  const owners = ["a", "b", "c"].map((n) => `i/acme/Subscriber/isp-acme/${n}`);
  const faster = plan({ speed: { down: "200Mbps", up: "50Mbps" } }).spec;
  const look = (p: Progress, now: number): Progress => advanced(p, { policy, now, paused: false, belongs: () => true });
  const rolling = look(edited(begun(plan().spec), faster, owners, { policy, now: 0 }), 0);
  const arrived = { ...rolling, members: rolling.members.map((m) => ({ ...m, place: "Ready" as const })) };
  it.each([
    [
      "on the way",
      rolling,
      [
        "Ready=False RollingOut",
        "Reconciling=True RollingOut",
        "Stalled=False Progressing",
        "RolledOut=False RollingOut",
      ],
      { state: "Rolling", revision: 2, released: 2, total: 3, failed: 0, nextAt: "1970-01-01T00:01:00Z" },
    ],
    [
      "stopped, which a person sees to",
      look(rolling, 60_000),
      ["Ready=False RolloutStopped", "Stalled=True RolloutStopped", "RolledOut=False RolloutStopped"],
      { state: "Stopped", revision: 2, released: 2, total: 3, failed: 2 },
    ],
    [
      "over",
      look(arrived, 60_000),
      ["Ready=True Converged", "RolledOut=True RolledOut"],
      { state: "Done", revision: 2, released: 3, total: 3, failed: 0 },
    ],
  ])("tells of an edit that is %s", (_, rollout, conditions, section) => {
    const status = planStatus({ ...base, rollout });
    expect(words(status)).toEqual(expect.arrayContaining(conditions));
    expect(status.rollout).toEqual(section);
    expect(validator.validate({ ...plan(), status })).toMatchObject({ ok: true });
  });
  it("says nothing of an edit that reached everybody at once", () => {
    const status = planStatus({ ...base, rollout: begun(plan().spec) });
    expect([status.rollout, words(status)?.some((w) => w.startsWith("RolledOut"))]).toEqual([undefined, false]);
  });
});

describe("the status of an ExternalSystem", () => {
  const base: SystemStatusInput = {
    ...stamp,
    spec: { paused: false, mode: "Enforce" },
    contact: { ok: true, version: "PostgreSQL 18", at: NOW },
    breaker: "Closed",
    backlog: 4,
    drift: 0,
  };
  const rows: readonly (readonly [string, Partial<SystemStatusInput>, readonly string[]])[] = [
    ["reached and clean", {}, ["Ready=True Converged", "Reachable=True Reachable", "InSync=True Converged"]],
    [
      "not tried yet",
      { contact: undefined, drift: undefined },
      ["Ready=Unknown NotObserved", "Reachable=Unknown NotObserved"],
    ],
    [
      "down",
      { contact: { ok: false, fault: fault("Unavailable", "no answer") } },
      ["Ready=False Unavailable", "Reconciling=True Unavailable", "Reachable=False Unavailable"],
    ],
    [
      "refusing us",
      { contact: { ok: false, fault: fault("Denied", "may not write") } },
      ["Stalled=True Denied", "Reachable=False Denied"],
    ],
    ["paused", { spec: { paused: true, mode: "Enforce" } }, ["Ready=False Paused", "Reachable=True Reachable"]],
    [
      "observed, with differences that stay",
      { spec: { paused: false, mode: "Observe" }, drift: 2 },
      ["Ready=False ObserveOnly", "InSync=False Drifted"],
    ],
    ["observed, and nothing differs", { spec: { paused: false, mode: "Observe" } }, ["Ready=True Converged"]],
  ];
  it.each(rows)("when it is %s", (_what, change, expected) => {
    const status = systemStatus({ ...base, ...change });
    expect(status.breaker).toBe("Closed");
    expect(words(status)).toEqual(expect.arrayContaining([...expected]));
    expect(validator.validate({ ...radius(), status })).toMatchObject({ ok: true });
  });
  it("keeps version and time of the last contact while it is down", () => {
    const previous = systemStatus(base);
    const down = systemStatus({ ...base, previous, contact: { ok: false, fault: fault("Unavailable", "no answer") } });
    expect([down.version, down.checkedAt]).toEqual(["PostgreSQL 18", "2026-11-20T12:00:00Z"]);
  });
  it("has no number in a message, so that a backlog does not change its conditions", () => {
    const [a, b] = [1, 2].map((n) => systemStatus({ ...base, backlog: n, drift: n }).conditions);
    expect(a).toEqual(b);
  });
});

describe("the status of a tenant", () => {
  const ready = systemStatus({
    ...stamp,
    spec: { paused: false, mode: "Enforce" },
    contact: { ok: true, version: "18", at: NOW },
    breaker: "Closed",
    backlog: 0,
    drift: 0,
  });
  const base: TenantStatusInput = {
    ...stamp,
    paused: false,
    blocked: [],
    report: undefined,
    bound: [{ name: "radius-1", type: "RADIUS", status: ready }],
    subscribers: { active: 3, suspended: 1, terminated: 0 },
    held: [],
    warnings: [],
  };
  const down = systemStatus({
    ...stamp,
    spec: { paused: false, mode: "Enforce" },
    contact: { ok: false, fault: fault("Unavailable", "no answer") },
    breaker: "Open",
    backlog: 0,
    drift: 0,
  });
  const rows: readonly (readonly [string, Partial<TenantStatusInput>, readonly string[]])[] = [
    ["all it binds is ready", {}, ["Ready=True Converged", "RADIUSReady=True Converged"]],
    ["it is paused", { paused: true }, ["Ready=False Paused", "Stalled=True Paused", "RADIUSReady=True Converged"]],
    [
      "a system is down",
      { bound: [{ name: "radius-1", type: "RADIUS", status: down }] },
      ["Ready=False Unavailable", "RADIUSReady=False Unavailable"],
    ],
    [
      "a system is not declared",
      { bound: [{ name: "x", type: "RADIUS", status: undefined }] },
      ["Stalled=True SystemUnusable"],
    ],
    [
      "its gateway is somebody else's",
      { report: run([account({ action: "update", hold: { code: "NotOwned", message: "it has another owner" } })]) },
      ["Ready=False NotOwned", "RADIUSReady=False NotOwned"],
    ],
    ["it contradicts itself", { blocked: [{ reason: "PoolUnknown", message: "m" }] }, ["Ready=False PoolUnknown"]],
  ];
  it.each(rows)("when %s", (_what, change, expected) => {
    const status = tenantStatus({ ...base, ...change });
    expect(words(status)).toEqual(expect.arrayContaining([...expected]));
    expect(validator.validate({ ...tenant(), status })).toMatchObject({ ok: true });
  });

  describe("with something that waits for an approval", () => {
    const set = (more: Partial<HeldSet> = {}): HeldSet => ({
      ...{ changeSet: "3f9a0c11d2e4", reason: "DestructiveLimit", impact: "retire", subscribers: 12, changes: 24 },
      since: NOW,
      examples: [
        { owner: "lab/acme/Subscriber/isp-acme/john-doe", said: ["retire radius-1/account/j", "retire pon/onu/A"] },
      ],
      ...more,
    });
    const of = (...held: readonly HeldSet[]) => tenantStatus({ ...base, held });

    it("names it, tells how much it is, and is as ready as before", () => {
      const status = of(set(), set({ changeSet: "0".repeat(12), impact: "suspend", subscribers: 1 }));
      expect(status.held?.[0]).toEqual({
        ...{ changeSet: "3f9a0c11d2e4", reason: "DestructiveLimit", impact: "Retire", subscribers: 12, changes: 24 },
        since: "2026-11-20T12:00:00Z",
        examples: ["Subscriber john-doe: retire radius-1/account/j, retire pon/onu/A"],
      });
      expect(status.subscribers).toEqual({ active: 3, suspended: 1, terminated: 0, held: 13 });
      expect(status.conditions).toEqual(of().conditions);
      expect(validator.validate({ ...tenant(), status })).toMatchObject({ ok: true });
    });
    it("is valid with as many and as long words as there can be", () => {
      const examples = Array.from({ length: 10 }, (_, n) => ({
        owner: `lab/acme/Subscriber/isp-acme/s${n}`,
        said: Array.from({ length: 50 }, () => "retire radius-1/account/somebody@acme.example"),
      }));
      const status = of(set({ examples }));
      expect(status.held?.[0]?.examples.map((e) => e.length)).toEqual(Array(10).fill(256));
      expect(validator.validate({ ...tenant(), status })).toMatchObject({ ok: true });
    });
    it("shows nothing where nothing waits", () => {
      expect(of()).not.toHaveProperty("held");
      expect(of().subscribers?.held).toBe(0);
    });
    it("says which approval names nothing, and holds nothing for it", () => {
      const warnings = [{ reason: "ApprovalUnknown", message: "the annotation names 3f9a" }];
      const status = tenantStatus({ ...base, warnings });
      expect(words(status)).toEqual([...(words(tenantStatus(base)) ?? []), "Warnings=True ApprovalUnknown"]);
    });
  });
});
