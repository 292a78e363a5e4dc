import { describe, expect, test } from "vitest";
import type { SubscriberInstallation, TenantSpec } from "../../api/types.generated.ts";
import { Catalog } from "../catalog.ts";
import { Sensitive } from "../sensitive.ts";
import { plan, radius, subscriber, tenant } from "./fixture.ts";
import { type ResolveContext, resolveSubscriber } from "./subscriber.ts";

const systems = { radius: [{ name: "radius-1" }], tickets: [{ name: "tickets-1" }] };
const served = { account: { userName: "john@acme.example", at: ["radius-1"] } };
function resolve(
  wish?: Partial<SubscriberInstallation>,
  context: Partial<ResolveContext> = {},
  of: Partial<TenantSpec> = {},
) {
  const john = subscriber(wish ? { installation: { priority: "Normal", visit: 1, ...wish } } : {});
  return resolveSubscriber(new Catalog([tenant({ systems, ...of }), plan(), john, radius()]), john, {
    installation: "i",
    secrets: { password: new Sensitive("x") },
    ...context,
  });
}
const visit = (...args: Parameters<typeof resolve>) => {
  const found = resolve(...args);
  return found.ok ? found.subject.installation : undefined;
};

describe("whom a technician visits", () => {
  test.each<[why: string, visit: number | undefined, Parameters<typeof resolve>]>([
    ["who is new", 1, []],
    ["nobody, where the tenant has no ticket system", undefined, [{}, {}, { systems: { radius: systems.radius } }]],
    ["not who was served before there was one: thousands would be visited for nothing", undefined, [{}, served]],
    ["who is served by now, and was new then", 1, [{}, { ...served, visits: ["SUB-1:1"] }]],
    ["who moves: that is another visit", 2, [{ visit: 2 }, served]],
  ])("%s", (_, expected, args) => expect(visit(...args)?.visit).toBe(expected));

  test("the visit is claimed, so that it is remembered who was new", () => {
    const claims = (...args: Parameters<typeof resolve>) =>
      resolve(...args).claims.filter((c) => c.kind === "installation");
    expect(claims()).toEqual([{ kind: "installation", scope: "acme", value: "SUB-1:1" }]);
    expect(claims({ visit: 2 }, served)).toEqual([{ kind: "installation", scope: "acme", value: "SUB-1:2" }]);
    expect(claims({}, served)).toEqual([]);
  });
});

describe("what the visit is", () => {
  test("by the tenant where the subscriber says nothing", () => {
    expect(visit()).toEqual({
      endpoint: "tickets-1",
      visit: 1,
      date: undefined,
      priority: "Normal",
      team: "field_operations",
      skills: [],
      notes: undefined,
      area: "mitte",
      rules: {
        leadDays: 3,
        count: "WorkingDays",
        at: "10:00",
        holidays: [],
        timeZone: "UTC",
        slaSeconds: { Low: 259_200, Normal: 86_400, High: 28_800, Urgent: 14_400 },
      },
    });
  });
  test("by the subscriber's own wish", () => {
    const wish = {
      date: "2026-12-01",
      priority: "Urgent",
      team: "north",
      notes: "ring twice",
      skills: ["b", "a"],
    } as const;
    expect(visit(wish)).toMatchObject({ ...wish, skills: ["a", "b"] });
  });
});
