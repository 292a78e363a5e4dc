import { describe, expect, test } from "vitest";
import type { CpeSetting, ResolvedCpe, ResolvedSubscriber, ResolvedTenant } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { desired, type How } from "./desired.ts";

const cpe: ResolvedCpe = {
  ref: { system: "acs-1", resource: "device", key: "HWTC12345678" },
  serial: "HWTC12345678",
  oui: undefined,
  productClass: undefined,
  templates: ["voice", "fiber", "voice"],
  settings: [],
  mappings: [],
  onRetire: "Keep",
};
/** All that is asked of a subscriber here. */
const subscriber = (more: Partial<ResolvedCpe>, state: ResolvedSubscriber["state"] = "Active") =>
  ({ scope: "subscriber", state, cpe: { ...cpe, ...more } }) as ResolvedSubscriber;
const one = (...settings: readonly CpeSetting[]) => desired(subscriber({ settings }), "acs-1")[0]!;

describe("a router", () => {
  test("has its templates and settings by name, in their types", () => {
    const { ref, spec } = one(
      { name: "management.informInterval", value: 600, management: "Enforce" },
      { name: "Time.Enable", value: "1", management: "Enforce", type: "Boolean" },
      { name: "X.Number", value: 7, management: "Enforce", type: "String" },
    );
    expect(ref.key).toBe("HWTC12345678");
    expect(spec).toEqual({
      marking: true,
      onRetire: "Keep",
      templates: ["fiber", "voice"],
      "management.informInterval": 600,
      "Time.Enable": true,
      "X.Number": "7",
    });
  });
  test("without templates has none: what was there of ours is taken away", () => {
    expect(desired(subscriber({ templates: [] }), "acs-1")[0]!.spec).toMatchObject({ templates: null });
  });
  test("seeds and secrets are written once, whichever is enforced", () => {
    const how = one(
      { name: "A", value: "a", management: "Enforce" },
      { name: "B", value: "b", management: "Seed" },
      { name: "C", value: new Sensitive("c"), management: "Enforce" },
    ).how as How;
    expect([...how.once]).toEqual(["B", "C"]);
  });
  test.each(["ManagementServer.ConnectionRequestPassword", "X_VENDOR.Wlan.PreSharedKey", "X_VENDOR.Sip.Secret"])(
    "what looks like a secret is one, and is never read: %s",
    (name) => {
      const d = one({ name, value: "in the clear", management: "Enforce" });
      expect(d.spec[name]).toBeInstanceOf(Sensitive);
      expect([...(d.how as How).once]).toEqual([name]);
      expect(JSON.stringify(d.spec)).not.toContain("in the clear");
    },
  );
  test.each([
    ["acs-2", "Active", "another ACS's"],
    ["acs-1", "Terminated", "nobody's any more"],
  ] as const)("at %s, %s: nothing (%s)", (endpoint, state, _why) => {
    expect(desired(subscriber({}, state), endpoint)).toEqual([]);
  });
  test("stays as it is while its subscriber is suspended", () => {
    expect(desired(subscriber({}, "Suspended"), "acs-1")).toHaveLength(1);
  });
  test.each([
    ["HW*", "X.Y", "a wildcard to the NBI"],
    ["/HW/", "X.Y", "a regular expression to the NBI"],
    ["HW", "X.Y,Z", "two names in a projection"],
    ["HW", "X.[a:1].Y", "a pattern of GenieACS"],
    ["HW", "X.Y.", "an object"],
  ])("serial %s with %s is a bad value: %s", (serial, name, _why) => {
    const settings = [{ name, value: 1, management: "Enforce" as const }];
    const make = () => desired(subscriber({ serial, settings }), "acs-1");
    expect(make).toThrow(expect.objectContaining({ code: "BadValue" }));
  });
});

test("a tenant's template is a provision, and a preset that waits for it; both are named after the tenant", () => {
  const tenant = {
    scope: "tenant",
    owner: { tenant: "acme" },
    templates: [{ name: "fiber", script: "log(1);", weight: 7 }],
  } as unknown as ResolvedTenant;
  expect(desired(tenant, "acs-1")).toEqual([
    {
      ref: { system: "acs-1", resource: "provision", key: "acme_fiber" },
      spec: { marking: true, script: "log(1);" },
    },
    {
      ref: { system: "acs-1", resource: "preset", key: "acme_fiber" },
      spec: {
        marking: true,
        tag: "acme_fiber",
        weight: 7,
        provision: { $output: "acs-1/provision/acme_fiber", path: "name", foreseen: "acme_fiber" },
      },
    },
  ]);
});
