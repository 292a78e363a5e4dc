import { describe, expect, it } from "vitest";
import type { LastmileObject, NetworkProfileSpec, ServicePlanSpec, SubscriberSpec } from "../../api/types.generated.ts";
import { Catalog } from "../catalog.ts";
import { Sensitive } from "../sensitive.ts";
import { secretsOf } from "./account.ts";
import { plan, profile, radius, subscriber, tenant } from "./fixture.ts";
import { type Resolution, type ResolveContext, resolveSubscriber } from "./subscriber.ts";

const context: ResolveContext = { installation: "lab", secrets: { password: new Sensitive("hunter2") } };
const base = (): LastmileObject[] => [tenant(), radius(), plan()];
interface Given {
  readonly sub?: Partial<SubscriberSpec>;
  readonly plan?: Partial<ServicePlanSpec>;
  readonly profile?: Partial<NetworkProfileSpec>;
}
/** Resolves with a declared profile where one is given. */
function resolve(given: Given, more: Partial<ResolveContext> = {}): Resolution {
  const objects = [...base(), plan(given.plan), ...(given.profile ? [profile(given.profile)] : [])];
  const ref = given.profile ? { networkProfileRef: { name: "john" } } : {};
  return resolveSubscriber(new Catalog(objects), subscriber({ ...ref, ...given.sub }), { ...context, ...more });
}
function ok(given: Given, more: Partial<ResolveContext> = {}) {
  const r = resolve(given, more);
  if (!r.ok) throw new Error(JSON.stringify(r.blockers));
  return r;
}
const reasons = (r: Resolution): readonly string[] => r.blockers.map((b) => b.reason);

describe("IPv4", () => {
  it("static in the profile > static on the subscriber > the plan's assignment", () => {
    const pool: Partial<ServicePlanSpec> = { ipv4Assignment: "Pool", pools: { ipv4: "v4" } };
    const all = { sub: { ipv4Address: "10.0.1.50" }, plan: pool, profile: { staticIPv4: "10.0.1.60" } };
    expect(ok(all).subject.ipv4).toMatchObject({ assignment: "Static", address: "10.0.1.60" });
    expect(ok({ ...all, profile: {} }).subject.ipv4).toMatchObject({ assignment: "Static", address: "10.0.1.50" });
    expect(ok({ plan: pool }).subject.ipv4).toEqual({ assignment: "Pool", pool: "v4" });
    expect(ok({ plan: { ...pool, pools: { ipv4: "cgn" } } }).subject.ipv4).toMatchObject({ pool: "bng-cgn" });
    expect(ok({}).subject.ipv4).toEqual({ assignment: "None" });
  });
  it.each<[string, Given, string]>([
    ["Dynamic without a NetBox", { plan: { ipv4Assignment: "Dynamic" } }, "AllocationUnavailable"],
    ["Static without an address", { plan: { ipv4Assignment: "Static" } }, "AddressMissing"],
    ["the gateway of the pool", { profile: { staticIPv4: "10.0.1.1" } }, "AddressReserved"],
    ["the network address", { profile: { staticIPv4: "10.0.1.0" } }, "AddressReserved"],
    ["the broadcast address", { profile: { staticIPv4: "10.0.1.255" } }, "AddressReserved"],
    ["an address that the BNG hands out", { profile: { staticIPv4: "100.64.0.9" } }, "AddressOfBngPool"],
    ["an older one that the BNG hands out", { sub: { ipv4Address: "100.64.0.9" } }, "AddressOfBngPool"],
    ["a pool that does not exist", { plan: { ipv4Assignment: "Pool", pools: { ipv4: "gone" } } }, "PoolUnknown"],
    ["a pool for something else", { plan: { ipv4Assignment: "Pool", pools: { ipv4: "pd" } } }, "PoolMismatch"],
    ["a pool of another area", { plan: { ipv4Assignment: "Pool", pools: { ipv4: "north" } } }, "PoolMismatch"],
  ])("holds on %s", (_, given, reason) => expect(reasons(resolve(given))).toEqual([reason]));
  it.each<[string, readonly string[]]>([
    ["10.0.1.60", []],
    ["192.0.2.60", ["AddressOutsidePools"]],
  ])("%s: remarks %j", (staticIPv4, remarks) =>
    expect(ok({ profile: { staticIPv4 } }).warnings.map((w) => w.reason)).toEqual(remarks),
  );
  it("claims a static address in the VRF of its pool", () =>
    expect(ok({ profile: { staticIPv4: "10.0.1.60" } }).claims).toContainEqual({
      kind: "ipv4",
      scope: "internet",
      value: "10.0.1.60",
    }));
});

describe("VRF", () => {
  it("is that of the narrowest pool around the address", () => {
    const wide = { name: "wide", use: "IPv4", prefixes: ["10.0.0.0/8"], vrf: "wide", gateway: "None" } as const;
    const narrow = { ...wide, name: "narrow", prefixes: ["10.0.1.0/24"], vrf: "narrow" };
    const sub = subscriber({ networkProfile: { option82Policy: "Ignore", staticIPv4: "10.0.1.9" } });
    for (const addressPools of [
      [wide, narrow],
      [narrow, wide],
    ]) {
      const r = resolveSubscriber(new Catalog([tenant({ addressPools }), radius(), plan()]), sub, context);
      expect(r.claims).toContainEqual({ kind: "ipv4", scope: "narrow", value: "10.0.1.9" });
    }
  });
});

describe("IPv6", () => {
  it("gives address and delegated prefix with DualStack, canonical", () => {
    const { subject, claims } = ok({
      profile: {
        ipv6AssignmentMode: "DualStack",
        staticIPv6: "2001:DB8::100",
        delegatedIPv6Prefix: "2001:db8:1:0::/56",
      },
    });
    expect(subject.ipv6).toMatchObject({
      mode: "DualStack",
      address: "2001:db8::100",
      delegatedPrefix: "2001:db8:1::/56",
    });
    expect(claims).toContainEqual({ kind: "ipv6", scope: "global", value: "2001:db8::100" });
    expect(claims).toContainEqual({ kind: "prefix", scope: "internet", value: "2001:db8:1::/56" });
  });
  it("lets the BNG choose what is not declared, with assignment Pool", () => {
    const { subject } = ok({
      plan: { ipv4Assignment: "Pool", ipv6AssignmentMode: "DualStack", pools: { ipv4: "v4", pd: "pd" } },
    });
    expect(subject.ipv6).toMatchObject({ mode: "DualStack", delegatedPool: "pd" });
  });
  it.each<[string, Given, string]>([
    ["a field without a place in the mode", { profile: { staticIPv6: "2001:db8::1" } }, "IPv6ModeMismatch"],
    ["a WAN prefix and no pool for it", { profile: { ipv6AssignmentMode: "SLAAC" } }, "PoolUnknown"],
    [
      "a delegated prefix that nobody gives",
      { profile: { ipv6AssignmentMode: "PD", pools: { pd: "pd" } } },
      "AllocationUnavailable",
    ],
    [
      "a prefix that the BNG hands out",
      { profile: { ipv6AssignmentMode: "PD", delegatedIPv6Prefix: "2001:db8:2:100::/56" } },
      "AddressOfBngPool",
    ],
    [
      "an address that the BNG hands out",
      { profile: { ipv6AssignmentMode: "Stateful", staticIPv6: "2001:db8:2::9" } },
      "AddressOfBngPool",
    ],
    [
      "a WAN prefix inside the delegated one",
      {
        profile: {
          ipv6AssignmentMode: "DualStack",
          wanIPv6Prefix: "2001:db8:1:1::/64",
          delegatedIPv6Prefix: "2001:db8:1::/56",
        },
      },
      "PrefixOverlap",
    ],
    [
      "a pool of another size",
      {
        profile: { ipv6AssignmentMode: "PD", ipv4Assignment: "Pool", pools: { ipv4: "v4", pd: "pd" }, ipv6PDSize: 60 },
      },
      "PDSizeMismatch",
    ],
  ])("holds on %s", (_, given, reason) => expect(reasons(resolve(given))).toEqual([reason]));
});

describe("VLAN", () => {
  const service = {
    name: "internet",
    vlanMode: "PerSubscriber",
    vlan: 102,
    technologyProfileId: 64,
    pbit: 0,
    keepWhenSuspended: false,
    multicast: false,
  } as const;
  it.each<[string, Given, number]>([
    ["NetworkProfile", { profile: { serviceVlan: 200 }, sub: { vlanId: 300 }, plan: { services: [service] } }, 200],
    ["Subscriber", { sub: { vlanId: 300 }, plan: { services: [service] } }, 300],
    ["Plan", { plan: { services: [service] } }, 102],
    ["Tenant", {}, 110],
  ])("comes from the %s", (source, given, vlan) => {
    const { subject } = ok(given);
    expect(subject.vlan.service).toBe(vlan);
    expect(subject.services[0]).toMatchObject({ name: "internet", service: vlan, source });
  });
  it("holds where the pool of the tags does not exist", () =>
    expect(reasons(resolve({ plan: { services: [{ ...service, vlanPool: "p" }] } }))).toEqual(["PoolUnknown"]));
  it("claims pairs of PerSubscriber services in the VLAN domain, and no single tag", () => {
    const vlan = { kind: "vlan", scope: "ring", value: "100.1000" };
    const tags = { serviceVlan: 100, innerVlan: 1000 };
    expect(ok({ profile: tags }).claims).toContainEqual(vlan);
    expect(ok({ profile: tags, plan: { services: [{ ...service, vlanMode: "Shared" }] } }).claims).not.toContainEqual(
      vlan,
    );
    expect(ok({ profile: { serviceVlan: 100 } }).claims.map((c) => c.kind)).not.toContain("vlan");
  });
});

describe("account", () => {
  const renamed = (username: string, rotation: "Force" | "WithDevice" = "WithDevice") => ({
    radius: { ...subscriber().spec.radius, username, rotation },
  });
  const old = (...at: readonly string[]) => ({ account: { userName: "old@acme.example", at } });
  it("explicit > assigned > template", () => {
    expect(ok({ sub: renamed("j@acme.example", "Force") }, old("radius-1")).subject.userName).toBe("j@acme.example");
    expect(ok({}, old("radius-1")).subject.userName).toBe("old@acme.example");
    expect(ok({}).subject.userName).toBe("john@acme.example");
  });
  it.each<[string, Given, Partial<ResolveContext>, object | undefined]>([
    ["waits for the router that dials with the old one", {}, old("radius-1"), { rename: "j@acme.example" }],
    ["is given at once where no account is in service", {}, old(), {}],
    ["is no other one", {}, { account: { userName: "j@acme.example", at: ["radius-1"] } }, {}],
    ["is given at once with IPoE, where nothing dials", { plan: { accessType: "IPoE" } }, old("radius-1"), undefined],
  ])("a declared user name %s", (_, given, context, withDevice) => {
    const { subject, claims } = ok({ ...given, sub: renamed("j@acme.example") }, context);
    expect(subject.withDevice).toEqual(withDevice);
    expect(subject.userName).toBe(subject.withDevice?.rename ? "old@acme.example" : "j@acme.example");
    expect(claims).toContainEqual({ kind: "userName", scope: "radius-1", value: "j@acme.example" });
    expect(claims).toContainEqual({ kind: "userName", scope: "radius-1", value: subject.userName });
  });
  it("nothing waits where rotation is Force", () =>
    expect(ok({ sub: renamed("j@acme.example", "Force") }).subject).not.toHaveProperty("withDevice"));
  it("refuses a realm of somebody else", () =>
    expect(
      reasons(resolve({ sub: { radius: { ...subscriber().spec.radius, username: "j@other.example" } } })),
    ).toContain("UserNameInvalid"));
  const named = (username: string, more: Partial<SubscriberSpec> = {}) =>
    subscriber({ radius: { ...subscriber().spec.radius, username }, ...more });
  it("takes names of realms that nobody declares with adoption Always, never another tenant's", () => {
    const always = tenant({ policies: { ...tenant().spec.policies, adoption: "Always" } });
    const other = tenant({ namespace: "isp-other", realms: ["other.example"] }, "other");
    const catalog = new Catalog([always, other, radius(), plan()]);
    expect(reasons(resolveSubscriber(catalog, named("j@OTHER.example"), context))).toEqual(["UserNameInvalid"]);
    expect(reasons(resolveSubscriber(catalog, named("j@nobody.example"), context))).toEqual([]);
  });
  describe("whose realm went away", () => {
    const systems = { radius: [{ name: "radius-1", realms: ["acme.example"] }] };
    const catalog = new Catalog([tenant({ systems }), radius(), plan()]);
    const assigned = { ...context, account: { userName: "j@gone.example", at: ["radius-1"] } };
    const suspended = { serviceState: "Suspended", suspension: { reason: "NonPayment" } } as const;
    it.each([
      ["stays", subscriber()],
      ["stays where it is declared", named("j@gone.example")],
      ["is suspended", subscriber(suspended)],
      ["is suspended whatever is declared by now", named("x@gone.example", suspended)],
    ])("%s, with a warning, where its account is", (_, sub) =>
      expect(resolveSubscriber(catalog, sub, assigned)).toMatchObject({
        ok: true,
        subject: { userName: "j@gone.example" },
        endpoints: ["radius-1"],
        warnings: [{ reason: "RealmGone" }],
      }),
    );
    it("is no way to a new name there", () =>
      expect(reasons(resolveSubscriber(catalog, named("x@gone.example"), assigned))).toEqual(["UserNameInvalid"]));
  });
  it("has a password with PPPoE only, and asks for no other secret", () => {
    const catalog = new Catalog([...base(), plan({ accessType: "IPoE" }, "line")]);
    expect(ok({ plan: { accessType: "IPoE" } }).subject.password).toBeUndefined();
    expect(secretsOf(catalog, subscriber({ planRef: { name: "line" } }))).toEqual([]);
    expect(secretsOf(catalog, subscriber())).toEqual([{ use: "password", generated: "radius-password" }]);
    const passwordSecretRef = { name: "s", key: "k" };
    expect(secretsOf(catalog, subscriber({ radius: { ...subscriber().spec.radius, passwordSecretRef } }))).toEqual([
      { use: "password", from: { namespace: "isp-acme", name: "s", key: "k" } },
    ]);
  });
  it("holds without its password, and shows it nowhere", () => {
    expect(reasons(resolve({}, { secrets: {} }))).toEqual(["SecretMissing"]);
    expect(JSON.stringify(ok({}))).not.toContain("hunter2");
  });
  it("never ends an idle IPoE session", () => {
    expect(ok({}).subject.plan.idleTimeout).toBe(900);
    expect(
      ok({ profile: { accessType: "IPoE", option82Policy: "Enforce", circuitId: "x" } }).subject.plan.idleTimeout,
    ).toBeUndefined();
  });
});

describe("place", () => {
  it.each<[string, Partial<SubscriberSpec>, readonly string[]]>([
    ["olt1", {}, ["bng1"]],
    ["olt2", { onu: { olt: "olt2", serial: "ALCL12345678" } }, ["bng2"]],
  ])("%s tells the NAS", (_, sub, nas) => expect(ok({ sub }).subject.nas).toEqual(nas));
  it("holds where the OLT belongs to no area", () =>
    expect(reasons(resolve({ sub: { onu: { olt: "olt9", serial: "ALCL12345678" } } }))).toEqual([
      "ServingAreaUnknown",
    ]));
  it("accepts the former place too while the customer moves, and says so", () => {
    const profile = { option82Policy: "Enforce", circuitId: "new", previousCircuitId: "old" } as const;
    const r = ok({ profile });
    expect(r.subject.option82).toMatchObject({ circuitId: "new", previousCircuitId: "old" });
    expect(r.warnings.map((w) => w.reason)).toEqual(["Moving"]);
  });
  it("takes the circuit id from the tenant's template, complete or not at all", () => {
    const objects = [tenant({ circuitIdTemplate: "{olt}/{port}" }), radius(), plan()];
    const at = (expectedPonPort: number | undefined) =>
      resolveSubscriber(
        new Catalog(objects),
        subscriber({ onu: { olt: "olt1", serial: "ALCL12345678", ...(expectedPonPort ? { expectedPonPort } : {}) } }),
        context,
      );
    expect(at(3)).toMatchObject({ subject: { option82: { circuitId: "olt1/3" } } });
    expect(at(undefined)).toMatchObject({ subject: { option82: { circuitId: undefined } } });
  });
  it("normalizes the ONU in its claim", () =>
    expect(ok({ sub: { onu: { olt: "olt1", serial: "4857544312345678" } } }).claims).toContainEqual({
      kind: "onuSerial",
      scope: "-",
      value: "HWTC12345678",
    }));
});

describe("RADIUS systems", () => {
  const bound = (realms: readonly string[]) => {
    const systems = { radius: [{ name: "radius-1" }, { name: "radius-2", realms }] };
    const t = tenant({ realms: ["acme.example", "b.example"], systems });
    return resolveSubscriber(new Catalog([t, radius(), radius("radius-2"), plan()]), subscriber(), context);
  };
  it("are those of the area that serve the realm, each with its claim of the user name", () => {
    expect(bound(["acme.example"])).toMatchObject({ endpoints: ["radius-1", "radius-2"] });
    expect(bound(["b.example"])).toMatchObject({ endpoints: ["radius-1"] });
    expect(
      bound(["acme.example"])
        .claims.filter((c) => c.kind === "userName")
        .map((c) => c.scope),
    ).toEqual(["radius-1", "radius-2"]);
  });
  it("hold the subscriber where there is none", () => {
    const catalog = new Catalog([tenant(), radius("radius-1", ["bng2"]), plan()]);
    expect(reasons(resolveSubscriber(catalog, subscriber(), context))).toEqual(["NoRadiusSystem"]);
  });
});

describe("what is missing", () => {
  it("holds an active subscriber with every reason at once", () =>
    expect(
      reasons(
        resolve({
          sub: {
            planRef: { name: "gone" },
            networkProfileRef: { name: "gone" },
            onu: { olt: "x", serial: "ALCL12345678" },
          },
        }),
      ),
    ).toEqual(["PlanUnknown", "ProfileUnknown", "ServingAreaUnknown"]));
  it("never holds a suspension: the group keeps its name", () => {
    const suspension = { reason: "NonPayment" } as const;
    const r = ok(
      {
        sub: { serviceState: "Suspended", suspension, planRef: { name: "gone" }, networkProfileRef: { name: "gone" } },
      },
      { secrets: {} },
    );
    expect(r.subject).toMatchObject({ state: "Suspended", userName: "john@acme.example", plan: { name: "gone" } });
    expect(r.warnings.map((w) => w.reason)).toEqual(
      expect.arrayContaining(["PlanUnknown", "ProfileUnknown", "SecretMissing"]),
    );
  });
  it("suspends where the account is when nothing says where the subscriber is connected", () => {
    const sub = {
      serviceState: "Suspended",
      suspension: { reason: "Fraud" },
      onu: { olt: "gone", serial: "ALCL12345678" },
    } as const;
    const account = { userName: "john@acme.example", at: ["radius-2"] };
    const r = ok({ sub }, { account });
    expect(r.endpoints).toEqual(["radius-2"]);
    expect(r.claims).toContainEqual({ kind: "userName", scope: "radius-2", value: "john@acme.example" });
    expect(ok({ sub }).endpoints).toEqual([]);
    const moved = { serviceState: "Suspended", suspension: { reason: "Fraud" } } as const;
    expect(ok({ sub: moved }, { account }).endpoints).toEqual(["radius-1", "radius-2"]);
  });
  it("never holds a termination, which keeps the number alone", () => {
    const r = ok({ sub: { serviceState: "Terminated", planRef: { name: "gone" } } }, { secrets: {} });
    expect(r.claims).toEqual([{ kind: "subscriberNumber", scope: "acme", value: "SUB-1" }]);
  });
  it("holds without a tenant", () =>
    expect(reasons(resolveSubscriber(new Catalog([]), subscriber(), context))).toEqual(["TenantUnknown"]));
});

describe("older inputs", () => {
  it("choose the plan by speed, with a warning", () => {
    const { planRef: _, ...spec } = subscriber().spec;
    const r = resolveSubscriber(
      new Catalog(base()),
      { ...subscriber(), spec: { ...spec, bandwidth_mbps: 100 } },
      context,
    );
    expect(r).toMatchObject({ ok: true, subject: { plan: { name: "basic" } }, warnings: [{ reason: "OlderField" }] });
  });
  it("are silent where the tenant has switched profiles off", () => {
    const objects = [
      tenant({ features: { networkProfiles: false, staticAudit: true, liveSessions: true } }),
      radius(),
      plan(),
    ];
    const r = resolveSubscriber(
      new Catalog(objects),
      subscriber({ networkProfile: { option82Policy: "Ignore", staticIPv4: "10.0.1.9" }, ipv4Address: "10.0.1.8" }),
      context,
    );
    expect(r).toMatchObject({ subject: { ipv4: { address: "10.0.1.8" } } });
  });
});
