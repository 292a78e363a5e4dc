import { describe, expect, it } from "vitest";
import { fault } from "../../../reconcilers/errors.ts";
import { observedAt } from "./conditions.ts";
import { explain } from "./explain.ts";
import { account, input, run, USER } from "./fixture.ts";
import { type SubscriberStatusInput, subscriberStatus } from "./subscriber.ts";

const said = (i: SubscriberStatusInput): string => explain(subscriberStatus(i)).join("\n");

describe("explain", () => {
  it("is short where all is well", () =>
    expect(said(input(run([account()])))).toBe(
      "Done: everything that is declared is in place and was verified.\nCustomer: in service.",
    ));
  it("says what time has changed, and what it changes next", () => {
    const schedule = [
      { at: "2027-01-01T00:00:00+01:00", set: { serviceState: "Terminated" } },
      { at: "2026-11-01T00:00:00Z", set: { planRef: { name: "basic" }, serviceState: "Active" } },
    ] as const;
    const suspension = { reason: "NonPayment", resumeAt: "2026-12-01T00:00:00Z" } as const;
    const text = said(input(run([account()]), { serviceState: "Suspended", suspension, schedule }));
    expect(text).toContain("Since 2026-11-01T00:00:00Z by schedule: resumed.");
    expect(text).toContain("Scheduled for 2026-12-31T23:00:00Z: terminated.");
  });
  it("says how to resume who is suspended", () => {
    const suspended = { serviceState: "Suspended", suspension: { reason: "NonPayment" } } as const;
    expect(said(input(run([account()]), suspended))).toBe(
      [
        "Done: suspended as declared: logins are rejected.",
        "Customer: suspended as declared: logins are rejected (NonPayment).",
        "  To do: set serviceState: Active to resume.",
      ].join("\n"),
    );
  });
  it("says who must act, why, and how", () => {
    const hold = { code: "DestructiveLimit", message: "the budget for disrupt is used up" } as const;
    const fields = [{ field: "address", before: "10.0.1.7", after: "10.0.1.100" }];
    expect(said(input(run([account({ action: "update", hold, fields })])))).toBe(
      [
        "Not done: it waits for a person (DestructiveLimit).",
        "RADIUS: more customers would lose service than the tenant's budget allows (DestructiveLimit).",
        `  Why: radius-1/account/${USER}: the budget for disrupt is used up; approve what status.held of the Tenant names, with \`lastmile approve\` or its annotation, or take the declaration back; time alone releases nothing.`,
        "Customer: in service.",
        `Different from what is declared: radius-1/account/${USER}: update address.`,
      ].join("\n"),
    );
  });
  it("says that nobody need act while Lastmile tries again", () => {
    const unseen = account({ hold: { code: "Blocked", message: "not observed yet" } });
    const text = said(input(run([unseen], { [`radius-1/account/${USER}`]: fault("Unavailable", "no answer") })));
    expect(text).toContain("Not done: Lastmile goes on by itself (Unavailable).");
    expect(text).toContain("Customer: it is not known whether the service works.");
  });
  it("warns when who should be kept out still gets in", () => {
    const rejecting = account({ action: "update", fields: [{ field: "authType", before: "", after: "Reject" }] });
    expect(said(input(run([rejecting]), { serviceState: "Suspended" }))).toContain(
      "Customer: in service, although it should not be (Progressing).",
    );
  });
  it("tells a blocked one what to declare, and repeats no remedy", () => {
    const text = said(input(undefined, { planRef: { name: "nope" } }));
    expect(text).toContain("the service plan does not exist (PlanUnknown).");
    expect(text).toContain("name one of basic");
  });
  it("tells only of the systems where something is open", () => {
    const i = input(run([account(), account({ action: "create", ref: { system: "nb", resource: "ip", key: "x" } })]));
    const text = said({ ...i, systems: new Map([...i.systems, ["nb", "NetBox"]]) });
    expect(text).toContain("NetBox: changes are being made");
    expect(text).not.toContain("RADIUS:");
  });
  it("does not speak of an older declaration as if it were the one of now", () => {
    const status = subscriberStatus(input(run([account()])));
    expect(explain(observedAt(status, 4))).toEqual([expect.stringMatching(/^Not looked at yet: /)]);
    expect(explain(observedAt(status, undefined))).toEqual([expect.stringMatching(/^Not looked at yet: /)]);
    expect(explain(observedAt(status, 3))[0]).toMatch(/^Done: /);
  });
  it("passes remarks on", () =>
    expect(said(input(run([account()]), { vlanId: 7 }))).toContain("Remark: vlanId is an older field"));
  it("knows what it does not know", () => expect(explain(undefined)[0]).toMatch(/^Nothing is known yet/));
});
