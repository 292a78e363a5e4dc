/** Inputs of a status, for tests. */
import type { Subscriber } from "../../api/types.generated.ts";
import { Catalog } from "../catalog.ts";
import { type Change, isDone, type Plan } from "../model.ts";
import { plan, profile, radius, subscriber, tenant } from "../resolve/fixture.ts";
import { resolveSubscriber } from "../resolve/subscriber.ts";
import { timingAt } from "../schedule.ts";
import { Sensitive } from "../sensitive.ts";
import type { FaultView, RunView } from "./causes.ts";
import type { SubscriberStatusInput } from "./subscriber.ts";

export const NOW = Date.UTC(2026, 10, 20, 12);
export const SECRET = "correct-horse-battery";
export const USER = "john@acme.example";
export const SYSTEMS = new Map([["radius-1", "RADIUS"]]);

const owner = { installation: "i", tenant: "acme", kind: "Subscriber", namespace: "isp-acme", name: "john" };
export const account = (rest: Partial<Change> = {}, key = USER): Change => ({
  ref: { system: "radius-1", resource: "account", key },
  action: "none",
  id: key,
  fields: [],
  after: [],
  ...rest,
});
export function run(changes: readonly Change[], faults: Readonly<Record<string, FaultView>> = {}): RunView {
  const p: Plan = { owner, changes };
  const settled = changes.every(isDone);
  return {
    plan: p,
    settled,
    faults: new Map(Object.entries(faults)),
    known: () => undefined,
    facts: new Map(),
    placed: () => false,
    adopted: () => false,
  };
}

/** John, resolved from the fixtures with an address of his own; `report` as given. */
export function input(report: RunView | undefined, spec: Partial<Subscriber["spec"]> = {}): SubscriberStatusInput {
  const john = subscriber({ networkProfileRef: { name: "john" }, ...spec });
  const basic = plan();
  const own = profile({
    staticIPv4: "10.0.1.100",
    serviceVlan: 100,
    innerVlan: 1000,
    qinqEnabled: true,
    circuitId: "OLT1/1/1/1:1",
    option82Policy: "Log",
    ipv6AssignmentMode: "PD",
    delegatedIPv6Prefix: "2001:db8:1::/56",
  });
  const catalog = new Catalog([tenant(), basic, own, john, radius()]);
  const resolution = resolveSubscriber(catalog, john, {
    installation: "i",
    secrets: { password: new Sensitive(SECRET) },
  });
  return {
    generation: 3,
    now: NOW,
    previous: undefined,
    blocked: resolution.ok ? [] : resolution.blockers,
    warnings: resolution.warnings,
    report,
    systems: SYSTEMS,
    declared: { subscriber: john, plan: basic },
    resolution,
    timing: timingAt(john.spec, NOW),
  };
}
