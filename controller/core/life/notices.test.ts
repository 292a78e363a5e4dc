import { describe, expect, it } from "vitest";
import type { Subscriber, SubscriberStatus } from "../../api/types.generated.ts";
import { type NoticeKind, noticesOf } from "./notices.ts";
import type { Phase } from "./phase.ts";
import { ALLOWED } from "./transitions.ts";

const AT = "2026-11-20T12:00:00Z";
const status = (phase: Phase | undefined, served = true): SubscriberStatus => ({
  ...(phase && { phase }),
  ...(served && { activatedAt: AT }),
});
const told = (before: SubscriberStatus | undefined, after: SubscriberStatus, met = false) =>
  noticesOf({ before, after, met, spec: undefined, now: 0 }).map((n) => n.notice);

describe("a customer is told", () => {
  const rows: readonly [
    why: string,
    before: SubscriberStatus | undefined,
    to: Phase,
    notice: NoticeKind | undefined,
  ][] = [
    ["in service within the first run", undefined, "Active", "Activated"],
    ["in service at last", status("AwaitingInstallation", false), "Active", "Activated"],
    ["declared suspended first, in service now", status("Suspended", false), "Active", "Activated"],
    ["suspended", status("Active"), "Suspended", "Suspended"],
    ["suspended while it was disturbed", status("Degraded"), "Suspended", "Suspended"],
    ["suspended before it ever was in service", status("Provisioning", false), "Suspended", undefined],
    ["resumed", status("Suspended"), "Active", "Resumed"],
    ["disturbed: a storm would write to everybody", status("Active"), "Degraded", undefined],
    ["undisturbed again", status("Degraded"), "Active", undefined],
    ["its end begins", status("Active"), "Terminating", undefined],
    ["it has ended", status("Terminating"), "Terminated", "Terminated"],
    ["it has ended at once", status("Suspended"), "Terminated", "Terminated"],
    ["its end is taken back", status("Terminating"), "Active", undefined],
    ["it never was in service, and ends", status("Pending", false), "Terminated", undefined],
    ["back after its end", status("Provisioning"), "Active", "Activated"],
    ["back at once after its end", status("Terminated"), "Active", "Activated"],
    ["nothing turned", status("Active"), "Active", undefined],
  ];
  it.each(rows)("%s", (_why, before, to, notice) => {
    expect(told(before, status(to))).toEqual(notice ? [notice] : []);
    expect(told(before, status(to), true)).toEqual([]);
  });
  it("at most once for any turn that is drawn", () => {
    for (const turn of ALLOWED) {
      const [from, to] = turn.split(">") as [Phase | "[*]", Phase];
      for (const served of [true, false])
        expect(told(from === "[*]" ? undefined : status(from, served), status(to)).length).toBeLessThanOrEqual(1);
    }
  });

  const visit = (scheduledAt: string, state = "Scheduled"): SubscriberStatus => ({
    ...status("AwaitingInstallation", false),
    installation: { ticket: "TCK-20261120-0001", state, scheduledAt },
  });
  it("of each date of a visit, once", () => {
    const first = visit("2026-11-25T09:00:00Z");
    expect(told(status("Provisioning", false), first)).toEqual(["InstallationScheduled"]);
    expect(told(first, first)).toEqual([]);
    expect(told(first, visit("2026-11-26T09:00:00Z"))).toEqual(["InstallationScheduled"]);
    const second = { ...first, installation: { ...first.installation, ticket: "TCK-20261120-0002" } };
    expect(told(first, second)).toEqual(["InstallationScheduled"]); // another visit, at the hour of the first
    expect(told(first, visit("2026-11-26T09:00:00Z", "Cancelled"))).toEqual([]);
  });

  const facts = (spec: Partial<Subscriber["spec"]>, to: Phase = "Suspended") =>
    noticesOf({ before: status("Active"), after: status(to), met: false, spec: spec as Subscriber["spec"], now: 7 });
  it("what the turn was about, and nothing personal", () => {
    const customer = { id: "C-1", name: "John Doe", email: "john@example.com", language: "en" };
    const suspension = { reason: "NonPayment", mode: "Reject", resumeAt: AT } as const;
    const who = { subscriberNumber: "SUB-1", customer };
    expect(facts({ ...who, planRef: { name: "basic" }, suspension })).toEqual([
      {
        notice: "Suspended",
        at: 7,
        facts: { number: "SUB-1", customer: "C-1", plan: "basic", reason: "NonPayment", resumeAt: AT },
      },
    ]);
  });
  it("no words that an operator wrote for others", () =>
    expect(
      facts({ customer: { id: "C-1", language: "en" }, suspension: { reason: "the thief of Main St" as "Fraud" } }),
    ).toEqual([{ notice: "Suspended", at: 7, facts: { customer: "C-1" } }]));
});
