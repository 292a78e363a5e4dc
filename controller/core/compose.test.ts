import { describe, expect, it } from "vitest";
import type { LastmileObject } from "../api/types.generated.ts";
import { Catalog } from "./catalog.ts";
import { type ComposeContext, compose, type Endpoint, objectKeyOf, ownerOfObject } from "./compose.ts";
import type { Desired } from "./model.ts";
import { plan, radius, subscriber, tenant } from "./resolve/fixture.ts";
import { Sensitive } from "./sensitive.ts";

const JOHN = "i/acme/Subscriber/isp-acme/john";
const BASIC = "i/acme/ServicePlan/isp-acme/basic";
/** Writes one object, named by what it is for. */
const writes = (system: string): Endpoint => ({
  desired: ({ owner }): readonly Desired[] => [{ ref: { system, resource: "thing", key: owner.name }, spec: {} }],
});
const refuses: Endpoint = { desired: () => ({ reason: "BadValue", message: "no" }) };

function composed(key: string, objects: readonly LastmileObject[], cx: Partial<ComposeContext> = {}) {
  const password = new Sensitive("p");
  return compose(new Catalog(objects), key, {
    installation: "i",
    endpoint: writes,
    secrets: { password },
    held: {},
    ...cx,
  });
}
const base: readonly LastmileObject[] = [tenant(), radius(), plan()];
const john = subscriber();
const refs = (c: ReturnType<typeof composed>) => c.desired.map((d) => `${d.ref.system}/${d.ref.key}`);

describe("compose", () => {
  it("asks every endpoint that serves the subject", () => {
    expect(refs(composed(JOHN, [...base, john]))).toEqual(["radius-1/john"]);
    expect(refs(composed(BASIC, base))).toEqual(["radius-1/basic"]);
  });
  it("wants nothing of all systems as soon as one cannot hold it", () => {
    const two = tenant({ systems: { radius: [{ name: "radius-1" }, { name: "radius-2" }] } });
    const endpoint = (name: string) => (name === "radius-2" ? refuses : writes(name));
    const c = composed(BASIC, [two, radius(), radius("radius-2"), plan()], { endpoint });
    expect([c.desired, c.blocked]).toEqual([[], [{ reason: "BadValue", message: "no" }]]);
  });
  it("rejects who is suspended wherever that can be done, and takes nothing away elsewhere", () => {
    const suspended = { ...john, spec: { ...john.spec, serviceState: "Suspended" as const } };
    const account = { userName: "john@acme.example", at: ["radius-1", "radius-2"] };
    const endpoint = (name: string) => (name === "radius-2" ? undefined : writes(name));
    const c = composed(JOHN, [...base, radius("radius-2"), suspended], { endpoint, held: { account } });
    expect(refs(c)).toEqual(["radius-1/john"]);
    expect(c.blocked.map((b) => b.reason)).toEqual(["SystemUnusable"]);
  });
  it("names the endpoint that is declared and cannot be used", () => {
    const c = composed(BASIC, base, { endpoint: () => undefined });
    expect(c.blocked).toMatchObject([{ reason: "SystemUnusable", message: expect.stringContaining("radius-1") }]);
  });
  it.each<[string, readonly LastmileObject[]]>([
    ["who is not declared any more", base],
    ["whose tenant is gone", [john, plan()]],
    ["whose namespace belongs to another tenant now", [tenant({}, "aaa"), ...base, john]],
  ])("takes away from %s, and nothing holds that", (_, objects) => {
    expect(composed(JOHN, objects)).toMatchObject({ desired: [], claims: [], blocked: [] });
  });
  it("takes away from who is Terminated, and keeps the number", () => {
    const ended = { ...john, spec: { ...john.spec, serviceState: "Terminated" as const } };
    const c = composed(JOHN, [...base, ended]);
    expect([c.desired, c.blocked]).toEqual([[], []]);
    expect(c.claims.map((k) => k.kind)).toEqual(["subscriberNumber"]);
  });
  it("claims also where something blocks, so that duplicates are found in the same pass", () => {
    const lost = { ...john, spec: { ...john.spec, planRef: { name: "nowhere" } } };
    const c = composed(JOHN, [...base, lost]);
    expect(c.blocked.map((b) => b.reason)).toContain("PlanUnknown");
    expect(c.claims.map((k) => k.kind)).toContain("subscriberNumber");
  });
});

describe("a name that another subscriber had", () => {
  const held = { subscriberNumber: "SUB-0" };
  it("is refused, takes nothing away and claims nothing", () => {
    const c = composed(JOHN, [...base, john], { held });
    expect(c).toMatchObject({ desired: [], claims: [], blocked: [{ reason: "IdentityConflict" }] });
    expect(c.blocked[0]?.message).toContain("SUB-0");
  });
  it("is taken from the former one when its retention is over", () => {
    const c = composed(JOHN, [...base, john], { held: { ...held, ended: true } });
    expect(c).toMatchObject({ desired: [], claims: [], blocked: [] });
  });
  it("belongs to who comes back with the same number, at any time", () => {
    const same = { subscriberNumber: john.spec.subscriberNumber, ended: true } as const;
    expect(refs(composed(JOHN, [...base, john], { held: same }))).toEqual(["radius-1/john"]);
  });
});

describe("keys", () => {
  it("lead from owner to object and back", () => {
    const catalog = new Catalog([...base, john]);
    expect(objectKeyOf(JOHN)).toBe("Subscriber/isp-acme/john");
    expect(ownerOfObject(catalog, objectKeyOf(JOHN), "i")).toBe(JOHN);
    expect(ownerOfObject(catalog, "Tenant/-/acme", "i")).toBe("i/acme/Tenant/-/acme");
    expect(ownerOfObject(catalog, "ExternalSystem/-/radius-1", "i")).toBeUndefined();
    expect(ownerOfObject(new Catalog([john]), objectKeyOf(JOHN), "i")).toBeUndefined();
  });
});
