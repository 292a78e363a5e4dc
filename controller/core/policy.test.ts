import { describe, expect, it } from "vitest";
import { budgetLimit, modeOf, PAUSED, pausedBy, retentionMs, rolloutPolicy } from "./policy.ts";
import { radius, tenant } from "./resolve/fixture.ts";

const system = (mode: "Enforce" | "Observe", paused = false) => ({
  ...radius(),
  spec: { ...radius().spec, mode, paused },
});
const annotated = (annotations: Record<string, string>) => {
  const made = system("Enforce");
  return { ...made, metadata: { ...made.metadata, annotations } };
};
const bound = (mode?: "Enforce" | "Observe") =>
  tenant({ systems: { radius: [{ name: "radius-1", ...(mode && { mode }) }] } });

describe("modeOf", () => {
  it.each([
    ["neither says anything", bound(), system("Enforce"), "Enforce"],
    ["the binding is stricter", bound("Observe"), system("Enforce"), "Observe"],
    ["the endpoint is stricter", bound("Enforce"), system("Observe"), "Observe"],
    ["a pause is stricter than observing", bound("Observe"), system("Observe", true), "Paused"],
    ["a pause by annotation is one", bound(), annotated({ [PAUSED]: "until the vendor calls" }), "Paused"],
    ["a withdrawn tenant must not keep its subscribers from being rejected", undefined, system("Enforce"), "Enforce"],
    ["an unknown endpoint has nothing to observe", bound(), undefined, "Enforce"],
  ] as const)("%s", (_, t, s, mode) => {
    expect(modeOf(t, s, "radius-1", 0)).toBe(mode);
  });
  it("takes the binding of this endpoint, not of another", () => {
    const two = tenant({ systems: { radius: [{ name: "other", mode: "Observe" }, { name: "radius-1" }] } });
    expect(modeOf(two, system("Enforce"), "radius-1", 0)).toBe("Enforce");
  });
});

describe("pausedBy", () => {
  it.each([
    ["nothing", undefined, undefined],
    ["false, as a person writes who takes it back", { [PAUSED]: "false" }, undefined],
    ["true", { [PAUSED]: "true" }, /annotation/],
    ["empty: to be there is enough", { [PAUSED]: "" }, /annotation/],
    ["another annotation", { paused: "true" }, undefined],
  ])("%s", (_, annotations, words) => {
    const plain = tenant();
    const said = pausedBy({ ...plain, metadata: { ...plain.metadata, ...(annotations && { annotations }) } });
    if (words === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(words);
  });
  it("names the object whose field says so", () => {
    expect(pausedBy(tenant({ paused: true }))).toBe("Tenant acme is paused");
    expect(pausedBy(undefined)).toBeUndefined();
  });
});

describe("limits", () => {
  it("are the tenant's, in milliseconds and per cent", () => {
    expect(budgetLimit(tenant(), "suspend")).toEqual({ percent: 25, floor: 5, windowMs: 86_400_000 });
    expect(retentionMs(tenant())).toBe(720 * 3_600_000);
  });
  it("without a tenant nobody may be lost, and what is retired is kept for a month", () => {
    expect(budgetLimit(undefined, "retire")).toMatchObject({ percent: 0, floor: 0, windowMs: 86_400_000 });
    expect(retentionMs(undefined)).toBe(720 * 3_600_000);
  });
});

describe("rolloutPolicy", () => {
  const declared = { step: "10%", pause: "10m", from: 20, stopAfter: 3 };
  const of = (rollout: Partial<typeof declared>) => {
    const made = tenant();
    const policies = { ...made.spec.policies, rollout: { ...declared, ...rollout } };
    return rolloutPolicy({ ...made, spec: { ...made.spec, policies } });
  };
  it("reads a share, a number and the pause", () => {
    expect(of({})).toEqual({ step: { percent: 10 }, pauseMs: 600_000, from: 20, stopAfter: 3 });
    expect(of({ step: "250", pause: "1h30m" })).toMatchObject({ step: { count: 250 }, pauseMs: 5_400_000 });
  });
  it("is none where the tenant is gone or has none: all at once", () => {
    expect([rolloutPolicy(undefined), rolloutPolicy(tenant())]).toEqual([undefined, undefined]);
  });
});
