import { describe, expect, it } from "vitest";
import { Fault, type FaultCode, fault } from "../../../reconcilers/errors.ts";
import type { Change, HoldCode } from "../model.ts";
import type { FaultView } from "./causes.ts";
import { account, input, NOW, run, SECRET, USER } from "./fixture.ts";
import { reasonOf } from "./reasons.ts";
import { type SubscriberStatusInput, subscriberStatus } from "./subscriber.ts";

const KEY = `radius-1/account/${USER}`;
/** `Ready=True Converged` for each condition asked for. */
function said(i: SubscriberStatusInput, ...types: readonly string[]): readonly string[] {
  const { conditions = [] } = subscriberStatus(i);
  return types.map((t) => {
    const c = conditions.find((one) => one.type === t);
    return c ? `${t}=${c.status} ${c.reason}` : `no ${t}`;
  });
}
const held = (code: HoldCode, rest: Partial<Change> = {}): Change =>
  account({ action: "update", hold: { code, message: "because" }, ...rest });
const field = (name: string, before: string, after: string) => ({ field: name, before, after });

describe("the conditions of a subscriber", () => {
  it("says of one that converged all that kubectl shows, with the generation on each", () => {
    const status = subscriberStatus(input(run([account()])));
    expect(status.conditions?.map((c) => `${c.type}=${c.status} ${c.reason}`)).toEqual([
      "Ready=True Converged",
      "Reconciling=False Idle",
      "Stalled=False Idle",
      "InService=True InService",
      "InSync=True Converged",
      "RADIUSReady=True Converged",
      "SessionsUpdated=Unknown SessionsNotTold",
    ]);
    expect(new Set(status.conditions?.map((c) => c.observedGeneration))).toEqual(new Set([3]));
    expect(status.observedGeneration).toBe(3);
    expect(status.conditions?.[0]?.lastTransitionTime).toBe("2026-11-20T12:00:00Z");
  });

  const suspended = { serviceState: "Suspended", suspension: { reason: "NonPayment" } } as const;
  const rejecting = account({ action: "update", fields: [field("authType", "", "Reject")] });
  it.each([
    ["rejected as declared: ready, and out of service", account(), "Ready=True Suspended", "InService=False Suspended"],
    [
      "not rejected yet: the customer still gets in, and that must show",
      rejecting,
      "Ready=False Progressing",
      "InService=True Progressing",
    ],
    [
      "held by the budget: only a person ends it",
      { ...rejecting, hold: { code: "DestructiveLimit" as const, message: "used up" } },
      "Ready=False DestructiveLimit",
      "InService=True DestructiveLimit",
    ],
    [
      "unseen: nobody can say",
      account({ hold: { code: "Blocked", message: "not observed yet" } }),
      "Ready=False NotObserved",
      "InService=Unknown NotObserved",
    ],
    [
      "another setting is open: rejected all the same",
      account({ action: "update", fields: [field("idleTimeout", "1", "2")] }),
      "Ready=False Progressing",
      "InService=False Suspended",
    ],
  ])("suspended, %s", (_why, change, ready, service) =>
    expect(said(input(run([change]), suspended), "Ready", "InService")).toEqual([ready, service]),
  );
  it("suspended, with an account under an earlier name that is not out of service: nobody can say", () => {
    const changes = [account(), account({ action: "retire" }, "old@acme.example")];
    expect(said(input(run(changes), suspended), "InService")).toEqual(["InService=Unknown Progressing"]);
  });

  it.each([
    ["its account is to be made", account({ action: "create", id: "" }), "InService=False Progressing"],
    ["its account is somebody else's", held("NotOwned"), "InService=False NotOwned"],
    [
      "it is to be let in again",
      account({ action: "update", fields: [field("authType", "Reject", "")] }),
      "InService=False Progressing",
    ],
    ["it is to come back from retirement", account({ action: "restore" }), "InService=False Progressing"],
    ["only an edit is held: the old settings serve on", held("DestructiveLimit"), "InService=True InService"],
  ])("active, and %s", (_why, change, service) => expect(said(input(run([change])), "InService")).toEqual([service]));

  it.each([
    ["retired, and kept", [account()], "Ready=True Terminated", "InService=False Terminated"],
    ["gone", [], "Ready=True Terminated", "InService=False Terminated"],
    [
      "still to be retired",
      [account({ action: "retire" })],
      "Ready=False Progressing",
      "InService=Unknown Progressing",
    ],
  ])("terminated or withdrawn, and %s", (_why, changes, ready, service) => {
    const terminated = input(run(changes), { serviceState: "Terminated" });
    const withdrawn = { ...terminated, declared: undefined, resolution: undefined };
    for (const i of [terminated, withdrawn]) expect(said(i, "Ready", "InService")).toEqual([ready, service]);
  });

  const HOLDS: Readonly<Record<Exclude<HoldCode, "AwaitingDevice">, "Stalled" | "Reconciling">> = {
    NotOwned: "Stalled",
    Blocked: "Reconciling",
    NeedsApproval: "Stalled",
    DestructiveLimit: "Stalled",
    Paused: "Stalled",
    ObserveOnly: "Stalled",
    OutsideWindow: "Reconciling",
    IdentityConflict: "Stalled",
    RouterNotManaged: "Stalled",
    SessionsOpen: "Reconciling",
  };
  it.each(Object.entries(HOLDS) as [HoldCode, string][])("shows the hold %s as %s", (code, where) => {
    expect(said(input(run([held(code)])), "Ready", "RADIUSReady", "InSync", where)).toEqual([
      `Ready=False ${code}`,
      `RADIUSReady=False ${code}`,
      "InSync=False Drifted",
      `${where}=True ${code}`,
    ]);
  });

  const CODES: Readonly<
    Record<Exclude<FaultCode, "AwaitingDevice" | "AwaitingInstallation">, "Stalled" | "Reconciling">
  > = {
    Unavailable: "Reconciling",
    Lost: "Reconciling",
    InUse: "Reconciling",
    NotOwned: "Stalled",
    BadValue: "Stalled",
    NotConverging: "Stalled",
    Misconfigured: "Stalled",
    NotSupported: "Stalled",
    Denied: "Stalled",
    DeviceFault: "Stalled",
  };
  const unseen = account({ hold: { code: "Blocked", message: "not observed yet" } });
  it.each(Object.entries(CODES) as [FaultCode, string][])("shows the fault %s as %s", (code, where) => {
    const status = said(
      input(run([unseen], { [KEY]: fault(code, "it failed") })),
      "Ready",
      "RADIUSReady",
      "InSync",
      where,
    );
    expect(status).toEqual([
      `Ready=False ${code}`,
      `RADIUSReady=False ${code}`,
      `InSync=Unknown ${code}`,
      `${where}=True ${code}`,
    ]);
  });
  const KINDS: Readonly<Record<Exclude<FaultView["kind"], "Waiting">, string>> = {
    Transient: "Unavailable",
    RateLimited: "RateLimited",
    Conflict: "Conflict",
    Rejected: "Rejected",
    Forbidden: "Denied",
    Unknown: "OutcomeUnknown",
  };
  it.each(Object.entries(KINDS) as [FaultView["kind"], string][])(
    "names a wire code by its kind %s",
    (kind, reason) => {
      const wire: FaultView = { kind, code: "42P01", message: "no such table", remedy: "" };
      const i = input(run([unseen], { [KEY]: wire }));
      expect(said(i, "Ready")).toEqual([`Ready=False ${reason}`]);
      expect(subscriberStatus(i).conditions?.[0]?.message).toBe(`${KEY}: no such table; ${reasonOf(reason).remedy}`);
    },
  );

  it("says the remedy that the system gave, and says it once", () => {
    const wire: FaultView = { kind: "Rejected", code: "42P01", message: "no such table", remedy: "run init" };
    const message = (f: FaultView) => subscriberStatus(input(run([unseen], { [KEY]: f }))).conditions?.[0]?.message;
    expect(message(wire)).toBe(`${KEY}: no such table; run init`);
    expect(message({ ...wire, message: "no such table: run init" })).toBe(`${KEY}: no such table: run init`);
  });
  it("does not repeat what blocks for each object that stands still for it", () => {
    const waiting = account({ hold: { code: "Blocked", message: "the plan is unknown" } });
    const blocked = [{ reason: "PlanUnknown", message: "the plan is unknown" }];
    const [ready] = subscriberStatus({ ...input(run([waiting])), blocked }).conditions ?? [];
    expect([ready?.reason, ready?.message]).toEqual(["PlanUnknown", "the plan is unknown"]);
  });
  it("keeps the trouble of one type of system to itself", () => {
    const i = input(run([account(), account({ action: "create", ref: { system: "nb", resource: "ip", key: "x" } })]));
    const both = { ...i, systems: new Map([...i.systems, ["nb", "NetBox"], ["bill", "Billing"]]) };
    expect(said(both, "BillingReady", "NetBoxReady", "RADIUSReady")).toEqual([
      "BillingReady=True NothingWanted",
      "NetBoxReady=False Progressing",
      "RADIUSReady=True Converged",
    ]);
  });
  it("stays readable however much is wrong", () => {
    const blocked = [{ reason: "PlanUnknown", message: "x".repeat(50_000) }];
    expect(subscriberStatus({ ...input(undefined), blocked }).conditions?.[0]?.message).toHaveLength(2000);
  });
  it("says what blocks before anything ran, and waits for a person", () => {
    const i = input(undefined, { planRef: { name: "nope" } });
    expect(said(i, "Ready", "Stalled", "InService", "RADIUSReady")).toEqual([
      "Ready=False PlanUnknown",
      "Stalled=True PlanUnknown",
      "InService=Unknown PlanUnknown",
      "RADIUSReady=False PlanUnknown",
    ]);
  });
  it("knows nothing before the first run", () =>
    expect(said(input(undefined), "Ready", "Reconciling", "InSync")).toEqual([
      "Ready=Unknown NotObserved",
      "Reconciling=True NotObserved",
      "InSync=Unknown NotObserved",
    ]));
  it("puts what a person must do before what is tried again", () => {
    const i = input(
      run([unseen, held("NotOwned", { ref: { system: "radius-2", resource: "account", key: USER } })], {
        [KEY]: fault("Unavailable", "down"),
      }),
    );
    const both = { ...i, systems: new Map([...i.systems, ["radius-2", "RADIUS"]]) };
    expect(said(both, "Ready", "Stalled", "Reconciling")).toEqual([
      "Ready=False NotOwned",
      "Stalled=True NotOwned",
      "Reconciling=False AwaitingPerson",
    ]);
  });
  it("keeps the words of a fault while its retry is still to come, however often it is looked at", () => {
    const first = subscriberStatus(input(run([unseen], { [KEY]: fault("Unavailable", "no answer") })));
    const second = subscriberStatus({ ...input(run([unseen])), previous: first, now: NOW + 60_000 });
    expect(second).toEqual(first);
    expect(said({ ...input(run([account()])), previous: second }, "Ready")).toEqual(["Ready=True Converged"]);
  });
  it("keeps them where the system has other objects too, as long as what they speak of was not seen again", () => {
    const other = { ...unseen, ref: { ...unseen.ref, key: "other@acme.example" } };
    const full = new Fault("Rejected", "PoolExhausted", "no room in 10.0.1.0/24", { remedy: "" });
    const first = subscriberStatus(input(run([unseen, account({ ref: other.ref })], { [KEY]: full })));
    expect(said({ ...input(run([unseen, other])), previous: first }, "Ready")).toEqual(["Ready=False PoolExhausted"]);
    const seen = run([account(), other]);
    expect(said({ ...input(seen), previous: first }, "Ready")).toEqual(["Ready=False NotObserved"]);
  });
  it("moves the time of a transition only with its status", () => {
    const first = subscriberStatus(input(run([held("Paused")])));
    const second = subscriberStatus({ ...input(run([account()])), previous: first, now: NOW + 60_000 });
    const times = Object.fromEntries(second.conditions?.map((c) => [c.type, c.lastTransitionTime]) ?? []);
    expect(times).toMatchObject({
      Ready: "2026-11-20T12:01:00Z",
      Reconciling: "2026-11-20T12:00:00Z",
      InService: "2026-11-20T12:00:00Z",
    });
  });
});

describe("what is written for a subscriber", () => {
  it("is told by section, the password only by its name", () => {
    const { radius, addresses, network, profile } = subscriberStatus(input(run([account()])));
    expect(radius).toEqual({
      username: USER,
      plan: "basic",
      downKbps: 100_000,
      upKbps: 50_000,
      staticAddress: "10.0.1.100",
      nas: ["bng1"],
      state: "Active",
      passwordRef: { source: "Generated", name: "radius-password" },
    });
    expect(addresses).toEqual({
      source: "NetworkProfile",
      ipv4: "10.0.1.100",
      subnet: "10.0.1.0/24",
      gateway: "10.0.1.1",
      delegatedPrefix: "2001:db8:1::/56",
      allocatedAt: "2026-11-20T12:00:00Z",
    });
    expect(network).toEqual({
      vlan: "100.1000",
      services: [{ name: "internet", serviceVlan: 100, innerVlan: 1000, source: "NetworkProfile" }],
      circuitId: "OLT1/1/1/1:1",
      ipv6Mode: "PD",
      ipv6State: "Active",
      option82: { policy: "Log", state: "Unknown" },
    });
    expect(profile).toEqual({ source: "Declared", name: "john" });
  });
  it("shows the address that RADIUS gives out while another is held", () => {
    const changed = held("DestructiveLimit", { fields: [field("address", "10.0.1.7", "10.0.1.100")] });
    expect(subscriberStatus(input(run([changed]))).radius?.staticAddress).toBe("10.0.1.7");
  });
  it("does not call a speed its own while RADIUS has it in another group", () => {
    const { radius } = subscriberStatus(
      input(run([held("Blocked", { fields: [field("group", "acme:x:m", "acme:basic:m")] })])),
    );
    expect([radius?.plan, radius?.downKbps]).toEqual([undefined, undefined]);
  });
  it("gives no address to whom it was refused", () => {
    const status = subscriberStatus(
      input(run([account({ action: "create", hold: { code: "IdentityConflict", message: "x" } })])),
    );
    expect([status.addresses, status.network?.ipv6State, status.radius?.state]).toEqual([
      undefined,
      "Failed",
      "Absent",
    ]);
  });
  it("holds no secret", () => expect(JSON.stringify(subscriberStatus(input(run([account()]))))).not.toContain(SECRET));
});
