import { describe, expect, it } from "vitest";
import type { SubscriberStatus } from "../../api/types.generated.ts";
import { Catalog } from "../catalog.ts";
import type { Change, Facts } from "../model.ts";
import type { Warning } from "../resolve/findings.ts";
import { plan, radius, subscriber, tenant } from "../resolve/fixture.ts";
import { resolveSubscriber } from "../resolve/subscriber.ts";
import { Sensitive } from "../sensitive.ts";
import { causesOf } from "./causes.ts";
import { explain } from "./explain.ts";
import { account, input, run } from "./fixture.ts";
import { subscriberStatus } from "./subscriber.ts";

const KEY = "acme:SUB-1:installation";
const change = (resource: string, key = KEY, rest: Partial<Change> = {}): Change =>
  account({ ref: { system: "tickets-1", resource, key }, ...rest });
const TOLD = {
  ticket: "TCK-20261117-0001",
  state: "Scheduled",
  technician: "ada",
  scheduledAt: "2026-11-20T09:00:00Z",
  priority: "Normal",
  slaDue: "2026-11-21T09:00:00Z",
} as const;
const FACTS: Facts = { ...TOLD, visit: 1 };
const systems = { radius: [{ name: "radius-1" }], tickets: [{ name: "tickets-1" }] };

interface Seen {
  readonly facts?: Readonly<Record<string, Facts>>;
  readonly now?: string;
  readonly visit?: number;
  readonly waits?: boolean;
  readonly changes?: readonly Change[];
  readonly previous?: SubscriberStatus;
  readonly warnings?: readonly Warning[];
}
function status({ facts = { [KEY]: FACTS }, now = "2026-11-20T12:00:00Z", visit = 1, ...seen }: Seen = {}) {
  const john = subscriber({ installation: { priority: "Normal", visit } });
  const catalog = new Catalog([tenant({ systems }), plan(), john, radius()]);
  const resolution = resolveSubscriber(catalog, john, { installation: "i", secrets: { password: new Sensitive("x") } });
  const fault = {
    kind: "Waiting",
    code: "AwaitingInstallation",
    message: "ticket is not completed",
    remedy: "",
  } as const;
  const ref = `tickets-1/installation/${KEY}`;
  const changes = seen.changes ?? [account(), change("ticket"), change("installation")];
  const report = {
    ...run(changes, seen.waits ? { [ref]: fault } : {}),
    facts: new Map(Object.entries(facts).map(([key, f]) => [`tickets-1/ticket/${key}`, f])),
  };
  const types = new Map([
    ["radius-1", "RADIUS"],
    ["tickets-1", "Tickets"],
  ]);
  return subscriberStatus({
    ...input(report),
    ...{
      resolution,
      systems: types,
      previous: seen.previous,
      now: Date.parse(now),
      warnings: seen.warnings ?? [],
      blocked: [],
    },
    declared: { subscriber: john, plan: plan() },
  });
}
const condition = (s: SubscriberStatus, type: string): string | undefined => {
  const found = s.conditions?.find((c) => c.type === type);
  return found && `${found.status} ${found.reason}`;
};

describe("the installation section", () => {
  it("tells the ticket as it was seen", () => expect(status().installation).toEqual(TOLD));
  it("what was seen last stands while the ticket system is away", () => {
    expect(status({ facts: {}, previous: { installation: TOLD } }).installation).toEqual(TOLD);
  });
  it.each(["retire", "none"] as const)(
    "of two visits the one that is wanted, also where the other is kept: %s",
    (action) => {
      const two = { [KEY]: { ...FACTS, ticket: "TCK-1" }, [`${KEY}:2`]: { ...FACTS, ticket: "TCK-2", visit: 2 } };
      const changes = [account(), change("ticket", `${KEY}:2`), change("ticket", KEY, { action })];
      expect(status({ facts: two, visit: 2, changes }).installation?.ticket).toBe("TCK-2");
      expect(status({ facts: two, visit: 1, changes }).installation?.ticket).toBe("TCK-1");
    },
  );
});

describe("a ticket that is late", () => {
  it.each<[why: string, seen: Seen, warned: string | undefined]>([
    ["it is not yet due", { now: "2026-11-21T08:59:59Z" }, undefined],
    ["it is due now", { now: "2026-11-21T09:00:00Z" }, "True SLAOverdue"],
    ["it was due long ago", { now: "2026-12-21T09:00:00Z" }, "True SLAOverdue"],
    [
      "it was done, however late",
      { now: "2026-12-21T09:00:00Z", facts: { [KEY]: { ...FACTS, state: "Completed" } } },
      undefined,
    ],
    [
      "it was cancelled",
      { now: "2026-12-21T09:00:00Z", facts: { [KEY]: { ...FACTS, state: "Cancelled" } } },
      undefined,
    ],
  ])("%s", (_, seen, warned) => expect(condition(status(seen), "Warnings")).toBe(warned));
  it("says the same as long as it is late", () => {
    const words = (now: string) => status({ now }).conditions?.find((c) => c.type === "Warnings")?.message;
    expect(words("2026-11-22T00:00:00Z")).toBe(words("2026-12-22T00:00:00Z"));
  });
  it("comes before what was only remarked of the declaration: alerts go by the reason", () => {
    const warnings = [{ reason: "Deprecated", message: "vlanId is an older field" }];
    const said = status({ now: "2026-12-21T09:00:00Z", warnings });
    expect(condition(said, "Warnings")).toBe("True SLAOverdue");
    expect(said.conditions?.find((c) => c.type === "Warnings")?.message).toMatch(/past the moment.*vlanId/);
  });
  it("nobody goes: that is said too", () => {
    const { technician: _, ...nobody } = FACTS;
    expect(condition(status({ facts: { [KEY]: nobody } }), "Warnings")).toBe("True NoTechnician");
  });
});

it("what is told first is what the plan names first, however the answers came", () => {
  const fault = (code: string) => ({ kind: "Waiting", code, message: code, remedy: "" }) as const;
  const [onu, cpe] = [change("onu", "A"), change("device", "B")];
  const faults = { "tickets-1/onu/A": fault("AwaitingDevice"), "tickets-1/device/B": fault("AwaitingInstallation") };
  const turned = Object.fromEntries(Object.entries(faults).toReversed());
  const told = (f: typeof faults | typeof turned) => causesOf(input(run([onu, cpe], f))).map((c) => c.reason);
  expect(told(faults)).toEqual(["AwaitingDevice", "AwaitingInstallation"]);
  expect(told(turned)).toEqual(told(faults));
});

describe("who waits for the technician", () => {
  it("is ready, is not in service, and is told so", () => {
    const s = status({ waits: true });
    expect(["Ready", "InService", "TicketsReady", "Stalled"].map((type) => condition(s, type))).toEqual([
      "True AwaitingInstallation",
      "False AwaitingInstallation",
      "False AwaitingInstallation",
      "False Idle",
    ]);
    expect(explain(s).join("\n")).toContain("Done, as far as it can be: the rest waits for the technician's visit.");
    expect(explain(s)).toContain(
      "Ticket TCK-20261117-0001: ada comes at 2026-11-20T09:00:00Z; due by 2026-11-21T09:00:00Z (Normal).",
    );
  });
  it("who moves is in service where he is", () => {
    const previous = { activatedAt: "2026-01-01T00:00:00Z" };
    expect(condition(status({ waits: true, visit: 2, previous }), "InService")).toBe("True InService");
  });
  it("who orders a move before anybody ever came is not in service yet", () => {
    expect(condition(status({ waits: true, visit: 2 }), "InService")).toBe("False AwaitingInstallation");
  });
});
