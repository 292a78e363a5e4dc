import { describe, expect, test } from "vitest";
import type { ServicePlanSpec, SubscriberCpe, SubscriberSpec, TenantSpec } from "../../api/types.generated.ts";
import { Catalog } from "../catalog.ts";
import { Sensitive } from "../sensitive.ts";
import { secretsOf } from "./account.ts";
import { plan, profile, radius, subscriber, tenant } from "./fixture.ts";
import { resolveSubscriber } from "./subscriber.ts";

const acs: Partial<TenantSpec> = { systems: { radius: [{ name: "radius-1" }], genieacs: [{ name: "acs-1" }] } };
interface World {
  readonly cpe?: Partial<SubscriberCpe>;
  readonly spec?: Partial<SubscriberSpec>;
  readonly planned?: Partial<ServicePlanSpec>;
  readonly of?: Partial<TenantSpec>;
  readonly own?: object;
  readonly assigned?: { readonly userName: string; readonly at: readonly string[] };
}
function world({ cpe, spec = {}, planned = {}, of = acs, own = {} }: World) {
  const john = subscriber({ networkProfileRef: { name: "john" }, cpe: { serial: "hw-1", ...cpe }, ...spec });
  const rival = tenant({ namespace: "isp-rival", cpeTemplates: [{ name: "voip", script: "1", weight: 0 }] });
  return {
    john,
    catalog: new Catalog([
      tenant(of),
      { ...rival, metadata: { name: "rival" } },
      plan(planned),
      profile(own),
      john,
      radius(),
    ]),
  };
}
function resolve(w: World) {
  const { john, catalog } = world(w);
  const device = ({ name }: { readonly name: string }) =>
    name === "gone" ? undefined : new Sensitive(`secret of ${name}`);
  return resolveSubscriber(catalog, john, {
    installation: "i",
    secrets: { password: new Sensitive("p"), device },
    ...(w.assigned && { account: w.assigned }),
  });
}
const cpeOf = (w: World) => {
  const r = resolve(w);
  return r.ok ? r.subject.cpe : r.blockers;
};
const settings = (w: World) => {
  const cpe = cpeOf(w);
  if (!cpe || !("settings" in cpe)) return cpe;
  return cpe.settings.map(({ name, value, management }) =>
    [name, value instanceof Sensitive ? `(${value.reveal()})` : value, management].join(" "),
  );
};

describe("a router", () => {
  test.each<[string, World, readonly string[]]>([
    [
      "dials with the account's name and password",
      {},
      ["pppoe.username john@acme.example Enforce", "pppoe.password (p) Enforce"],
    ],
    ["has nothing to dial with where the BNG knows the line", { own: { accessType: "IPoE" } }, []],
    [
      "asks for a delegated prefix where there is one",
      { own: { accessType: "IPoE", ipv6AssignmentMode: "PD", delegatedIPv6Prefix: "2001:db8:1::/56" } },
      ["ipv6.pd true Enforce"],
    ],
    [
      "its own management address before the plan's",
      {
        own: { accessType: "IPoE" },
        cpe: { managementUrl: "https://mine" },
        planned: { cpe: { templates: [], mappings: [], parameters: [], managementUrl: "https://plan" } },
      },
      ["management.url https://mine Enforce"],
    ],
    [
      "wireless networks by band or instance, left to the customer unless declared otherwise",
      {
        own: { accessType: "IPoE" },
        cpe: {
          wifi: [
            { band: "5GHz", ssid: "Doe", keySecretRef: { name: "wifi", key: "psk" }, management: "Seed" },
            { instance: 2, ssid: "Guest", management: "Enforce" },
          ],
        },
      },
      [
        "wifi.5GHz.enabled true Seed",
        "wifi.5GHz.ssid Doe Seed",
        "wifi.5GHz.key (secret of wifi) Seed",
        "wifi.2.enabled true Enforce",
        "wifi.2.ssid Guest Enforce",
      ],
    ],
    [
      "parameters of the plan, overruled by its own of the same path",
      {
        own: { accessType: "IPoE" },
        planned: {
          cpe: {
            templates: [],
            mappings: [],
            parameters: [
              { path: "A.B", value: "1", type: "Int", management: "Enforce" },
              { path: "A.C", value: "2", type: "Int", management: "Enforce" },
            ],
          },
        },
        cpe: { parameters: [{ path: "A.B", value: "9", type: "Int", management: "Seed" }] },
      },
      ["A.C 2 Enforce", "A.B 9 Seed"],
    ],
  ])("%s", (_, w, expected) => {
    expect(settings(w)).toEqual(expected);
  });
  test("is one object at the ACS, under its serial number in one spelling", () => {
    expect(cpeOf({ cpe: { serial: "4857544312345678", oui: "00d09e" } })).toMatchObject({
      ref: { system: "acs-1", resource: "device", key: "HWTC12345678" },
      serial: "HWTC12345678",
      oui: "00D09E",
    });
  });
  test("has the plan's templates unless it names its own", () => {
    const planned = { cpe: { templates: ["residential"], mappings: [], parameters: [] } };
    expect(cpeOf({ planned })).toMatchObject({ templates: ["residential"] });
    expect(cpeOf({ planned, cpe: { templates: ["business"] } })).toMatchObject({ templates: ["business"] });
  });
  test.each<[string, World, string, RegExp]>([
    ["a template of another tenant's", { cpe: { templates: ["rival_voip"] } }, "TemplateRefused", /tenant rival's/],
    ["what would read as a mark of ours", { cpe: { templates: ["lm_x"] } }, "TemplateRefused", /mark of Lastmile/],
    ["the end of a device", { cpe: { templates: ["decommissioned-lm_x"] } }, "TemplateRefused", /mark of Lastmile/],
    [
      "what Lastmile writes itself",
      { cpe: { parameters: [{ path: "pppoe.password", value: "guess", type: "String", management: "Enforce" }] } },
      "ParameterReserved",
      /pppoe\.password/,
    ],
  ])("refused: %s", (_, w, reason, message) => {
    expect(cpeOf(w)).toEqual([{ reason, message: expect.stringMatching(message) }]);
  });
  test("a template that the tenant declares carries its name", () => {
    const of = { ...acs, cpeTemplates: [{ name: "voip", script: "1", weight: 0 }] };
    expect(cpeOf({ of, cpe: { templates: ["voip", "theirs"] } })).toMatchObject({ templates: ["acme_voip", "theirs"] });
  });
  test("a secret that cannot be read is named with its place, never guessed", () => {
    const wifi = [
      { band: "5GHz" as const, ssid: "Doe", keySecretRef: { name: "gone", key: "psk" }, management: "Seed" as const },
    ];
    expect(cpeOf({ cpe: { wifi } })).toEqual([
      {
        reason: "SecretMissing",
        message: expect.stringMatching(/key psk of Secret isp-acme\/gone \(wifi\.5GHz\.key\)/),
      },
    ]);
  });
  test("nobody could be told where the tenant binds no GenieACS, and no secret is asked for", () => {
    const wifi = [
      { band: "5GHz" as const, ssid: "Doe", keySecretRef: { name: "wifi", key: "psk" }, management: "Seed" as const },
    ];
    const w = { cpe: { wifi }, of: {} };
    expect(cpeOf(w)).toBeUndefined();
    const { catalog, john } = world(w);
    expect(secretsOf(catalog, john).map((need) => need.use)).toEqual(["password"]);
    const bound = world({ cpe: { wifi } });
    expect(secretsOf(bound.catalog, bound.john).map((need) => need.use)).toEqual(["password", "device"]);
  });
});

describe("who tells the router", () => {
  const withDevice = (w: World) => {
    const r = resolve(w);
    return r.ok ? [r.subject.userName, r.subject.withDevice] : r.blockers;
  };
  const assigned = { userName: "old@acme.example", at: ["radius-1"] };
  const renamed = {
    spec: { radius: { username: "new@acme.example", passwordScheme: "Cleartext", rotation: "WithDevice" } },
    assigned,
  } satisfies World;
  const device = { ref: "acs-1/device/HW-1", fields: ["pppoe.username", "pppoe.password"], keepsFormer: true };
  test.each<[string, World, readonly [string, object | undefined]]>([
    [
      "a new name is the account's at once where an ACS tells it: the former account stays beside it",
      renamed,
      ["new@acme.example", { device }],
    ],
    ["and waits where none does", { ...renamed, of: {} }, ["old@acme.example", { rename: "new@acme.example" }]],
    [
      "who is kept out is kept out under every name",
      { ...renamed, spec: { ...renamed.spec, serviceState: "Suspended" } },
      ["new@acme.example", { device: { ...device, keepsFormer: false } }],
    ],
  ])("%s", (_, w, expected) => {
    expect(withDevice(w)).toEqual(expected);
  });
});
