import { describe, expect, it } from "vitest";
import type { Subscriber, SubscriberStatus } from "../../api/types.generated.ts";
import type { Change } from "../model.ts";
import { refKey } from "../model.ts";
import type { RunView } from "../status/causes.ts";
import { account, input, NOW, run } from "../status/fixture.ts";
import { subscriberStatus } from "../status/subscriber.ts";

interface Look {
  readonly at?: number;
  readonly report?: RunView;
  readonly spec?: Partial<Subscriber["spec"]>;
  readonly previous?: SubscriberStatus;
}
const look = ({ at = NOW, report = run([account()]), spec = {}, previous }: Look): SubscriberStatus =>
  subscriberStatus({ ...input(report, spec), now: at, previous });
const FAULT = { kind: "Transient", code: "Unavailable", message: "no answer", remedy: "" } as const;
const unseen: Change = account({ hold: { code: "Blocked", message: "not observed yet" } });
const dark = run([unseen], { [refKey(unseen.ref)]: FAULT });
const suspended = { serviceState: "Suspended", suspension: { reason: "NonPayment" } } as const;
const HOUR = 3_600_000;

describe("the life in a status", () => {
  it("begins with nothing made, and counts from the first day in service", () => {
    const absent = run([account({ action: "create", hold: { code: "Paused", message: "because" } })]);
    const declared = look({
      report: { ...absent, plan: { ...absent.plan, changes: absent.plan.changes.map(({ id: _, ...c }) => c) } },
    });
    expect(declared).toMatchObject({ phase: "Pending" });
    expect(declared.activatedAt).toBeUndefined();
    const active = look({ previous: declared, at: NOW + HOUR });
    expect(active).toMatchObject({ phase: "Active", activatedAt: "2026-11-20T13:00:00Z" });
    const resumed = look({ previous: look({ previous: active, spec: suspended }), at: NOW + 9 * HOUR });
    expect(resumed).toMatchObject({ phase: "Active", activatedAt: "2026-11-20T13:00:00Z" });
  });
  it("stands still while RADIUS does not answer, and so does one that was never seen", () => {
    for (const spec of [{}, suspended]) {
      const before = look({ spec });
      expect(look({ report: dark, spec, previous: before }).phase).toBe(before.phase);
    }
    expect(look({ report: dark }).phase).toBe("Provisioning"); // something of it is remembered
  });
  it("is Degraded only where the account surely lets nobody in", () => {
    const rejecting = account({
      action: "update",
      fields: [{ field: "authType", before: "Reject", after: "" }],
      hold: { code: "NeedsApproval", message: "because" },
    });
    const degraded = look({ report: run([rejecting]), previous: look({}) });
    expect(degraded.phase).toBe("Degraded");
    expect(look({ report: dark, previous: degraded }).phase).toBe("Degraded");
    expect(look({ previous: degraded }).phase).toBe("Active");
  });
  it("ends with the word, and has ended when everything is out of service", () => {
    const leaving = look({
      report: run([account({ action: "retire" })]),
      spec: { serviceState: "Terminated" },
      previous: look({}),
    });
    expect(leaving.phase).toBe("Terminating");
    expect(look({ spec: { serviceState: "Terminated" }, previous: leaving }).phase).toBe("Terminated");
  });

  const adopted = { ...run([account()]), adopted: () => true };
  it.each([
    ["taken over in service", look({ report: adopted })],
    ["taken over while suspended", look({ report: adopted, spec: suspended })],
    ["written before there were phases", look({ previous: { conditions: [] }, spec: suspended })],
  ])("counts who was %s as served before", (_why, status) => expect(status.activatedAt).toBe("2026-11-20T12:00:00Z"));
  it("does not count who was declared suspended from the start", () =>
    expect(look({ spec: suspended })).not.toHaveProperty("activatedAt"));
  it("takes the first day from the bill, where there is one", () => {
    const billed = { conditions: [], billing: { account: "A-1", activatedAt: "2020-01-01T00:00:00Z" } };
    expect(look({ previous: billed }).activatedAt).toBe("2020-01-01T00:00:00Z");
  });
});
