import { describe, expect, it } from "vitest";
import type { Change, Facts } from "../model.ts";
import type { FaultView } from "./causes.ts";
import { account, input, run, USER } from "./fixture.ts";
import { subscriberStatus } from "./subscriber.ts";

const KEY = `radius-1/session/${USER}`;
const session = (rest: Partial<Change> = {}): Change => ({
  ...account(rest),
  ref: { system: "radius-1", resource: "session", key: USER },
});
const status = (changes: readonly Change[], facts: Facts = {}, faults: Readonly<Record<string, FaultView>> = {}) =>
  subscriberStatus(input({ ...run(changes, faults), facts: new Map([[KEY, facts]]) }));
const condition = (s: ReturnType<typeof status>, type: string): string => {
  const c = s.conditions?.find((one) => one.type === type);
  return c ? `${c.status} ${c.reason}: ${c.message}` : "none";
};
const silent = { kind: "Conflict", code: "NASSilent", message: "NAS bng1 does not answer", remedy: "look" } as const;
const due: Partial<Change> = {
  action: "update",
  fields: [{ field: "outdated", before: "Disconnect a1 at bng1: rejected", after: "" }],
};

describe("SessionsUpdated", () => {
  it("is true when every open session runs on what is declared", () => {
    expect(condition(status([account(), session()]), "SessionsUpdated")).toMatch(/^True SessionsCurrent/);
  });
  it("is its own: a NAS that is silent leaves RADIUS ready, and the subscriber not", () => {
    const s = status([account(), session(due)], {}, { [KEY]: silent });
    expect(condition(s, "SessionsUpdated")).toMatch(/^False NASSilent/);
    expect(condition(s, "RADIUSReady")).toMatch(/^True Converged/);
    expect(condition(s, "Ready")).toMatch(/^False NASSilent/);
    expect(condition(s, "Reconciling")).toMatch(/^True/);
  });
  it("says where nothing is sent, and why; that holds nothing", () => {
    const s = status([account()]);
    expect(condition(s, "SessionsUpdated")).toMatch(/^Unknown SessionsNotTold: no NAS .* has a secretRef/);
    expect(condition(s, "Ready")).toMatch(/^True/);
    const mute = status([account(), session()], { active: "[]", untold: "NAS bng2 has no secretRef" });
    expect(condition(mute, "SessionsUpdated")).toMatch(/^False SessionsNotTold: .*NAS bng2 has no secretRef/);
  });
});

describe("the sessions of a subscriber", () => {
  it("are told as they were seen last, cut to what the schema takes, whatever a NAS sent", () => {
    const active = JSON.stringify([
      { id: "a1", nas: "bng1", port: `x\u0000${"y".repeat(500)}`, since: "2026-11-20T11:00:00Z", secret: "no" },
    ]);
    const { sessions } = status([account(), session()], {
      active,
      lastTerminateCause: "Admin-Reset",
      ...{ lastType: "Disconnect", lastOutcome: "ACK", lastAt: "2026-11-20T11:30:00Z" },
    });
    expect(sessions).toMatchObject({
      active: [{ id: "a1", nas: "bng1", since: "2026-11-20T11:00:00Z" }],
      lastTerminateCause: "Admin-Reset",
      lastAction: { type: "Disconnect", outcome: "ACK", at: "2026-11-20T11:30:00Z" },
    });
    expect(sessions?.active?.[0]?.port?.length).toBeLessThanOrEqual(128);
    expect(sessions?.active?.[0]).not.toHaveProperty("secret");
  });
  it("are nobody's business where nobody looks", () => {
    expect(status([account()])).not.toHaveProperty("sessions");
  });
});
