import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { keyOf, keyOfObject } from "../core/catalog.ts";
import { plan, profile, radius, subscriber, tenant } from "../core/resolve/fixture.ts";
import { crossCheck } from "./cross.ts";
import { type Document, load } from "./load.ts";
import { createAssembler, type Snapshot } from "./load-snapshot.ts";
import type { LastmileObject, SubscriberSpec, TenantAddressPool } from "./types.generated.ts";
import { createValidator } from "./validate.ts";

const source: Document = {
  file: "f.yaml",
  kind: "Tenant",
  object: {},
  line: 1,
  locate: () => ({ line: 7, column: 3 }),
};
const check = (objects: readonly LastmileObject[], refused: ReadonlySet<string> = new Set()) =>
  crossCheck(
    objects.map((object) => ({ object, source })),
    refused,
  ).map((f) => `${f.of.object.metadata.name} ${f.path}: ${f.message}; ${f.remedy}`);

const base = [tenant(), radius(), plan()];
const sub = (name: string, number: string, spec: Partial<SubscriberSpec> = {}) =>
  subscriber({ subscriberNumber: number, onu: { olt: "olt1", serial: `ALCL0000000${number}` }, ...spec }, name);
const inline = (spec: Partial<NonNullable<SubscriberSpec["networkProfile"]>>): Partial<SubscriberSpec> => ({
  networkProfile: { option82Policy: "Ignore", ...spec },
});
const asked = (name: string) => ({ name, op: "=", value: "x", target: "Reply" }) as const;
const pool = (spec: Partial<TenantAddressPool>): TenantAddressPool => ({
  name: "p",
  use: "IPv4",
  prefixes: [],
  vrf: "internet",
  gateway: "None",
  ...spec,
});
const other = (addressPools: TenantAddressPool[] = []) =>
  tenant({ namespace: "isp-other", realms: ["other.example"], addressPools, servingAreas: [] }, "other");

describe("peace", () => {
  it("finds nothing wrong with neighbours that differ", () =>
    expect(check([...base, sub("a", "1"), sub("b", "2"), other()])).toEqual([]));
});

describe("references over time", () => {
  const at = (year: number) => `${year}-01-01T00:00:00Z`;
  const suspension = { reason: "NonPayment" } as const;
  it.each<[string, Partial<SubscriberSpec>, readonly string[]]>([
    [
      "one mistake is told once, where it was made",
      {
        schedule: [
          { at: at(2027), set: { planRef: { name: "gone" } } },
          { at: at(2028), set: { serviceState: "Suspended", suspension } },
          { at: at(2029), set: { serviceState: "Active" } },
        ],
      },
      ["john spec.schedule[0].set.planRef.name"],
    ],
    [
      "of the declared plan too",
      {
        planRef: { name: "gone" },
        schedule: [
          { at: at(2027), set: { serviceState: "Suspended", suspension } },
          { at: at(2028), set: { serviceState: "Active" } },
        ],
      },
      ["john spec.planRef.name"],
    ],
    ["who is suspended for good needs none", { planRef: { name: "gone" }, serviceState: "Suspended", suspension }, []],
  ])("%s", (_, spec, places) =>
    expect(check([...base, subscriber(spec)]).map((f) => f.split(": ")[0])).toEqual(places),
  );
});

describe("references", () => {
  it.each<[string, readonly LastmileObject[], string]>([
    [
      "a plan",
      [...base, subscriber({ planRef: { name: "gone" } })],
      "john spec.planRef.name: plan gone does not exist in isp-acme; declare it, or name one of basic",
    ],
    ["a profile", [...base, subscriber({ networkProfileRef: { name: "gone" } })], "john spec.networkProfileRef.name"],
    [
      "a scheduled plan",
      [...base, subscriber({ schedule: [{ at: "2027-01-01T00:00:00Z", set: { planRef: { name: "gone" } } }] })],
      "john spec.schedule[0].set.planRef.name",
    ],
    [
      "a plan that is needed when a suspension ends",
      [
        ...base,
        subscriber({
          planRef: { name: "gone" },
          serviceState: "Suspended",
          suspension: { reason: "NonPayment", resumeAt: "2027-01-01T00:00:00Z" },
        }),
      ],
      "john spec.planRef.name: plan gone does not exist",
    ],
    [
      "a scheduled profile",
      [
        ...base,
        subscriber({ schedule: [{ at: "2027-01-01T00:00:00Z", set: { networkProfileRef: { name: "gone" } } }] }),
      ],
      "john spec.schedule[0].set.networkProfileRef.name: NetworkProfile gone does not exist",
    ],
    ["a tenant", [radius(), plan()], "basic metadata.namespace: namespace isp-acme belongs to no tenant"],
    ["a system", [tenant()], "acme spec.systems.radius[0].name: ExternalSystem radius-1 does not exist"],
    [
      "a system of the type",
      [tenant({ systems: { netbox: [{ name: "radius-1" }] }, servingAreas: [] }), radius()],
      "is of type RADIUS, not NetBox",
    ],
    [
      "a NAS",
      [tenant(), radius("radius-1", ["bng1"])],
      "acme spec.servingAreas[1].nas[0]: no RADIUS system of the tenant has a NAS bng2; name one of bng1",
    ],
    [
      "a pool",
      [...base, plan({ pools: { ipv4: "gone" } }, "x")],
      "x spec.pools.ipv4: address pool gone of tenant acme does not exist; name one of v4, cgn, north",
    ],
    ["a pool for the use", [...base, plan({ pools: { ipv4: "pd" } }, "x")], "is for PD, not for IPv4"],
    [
      "an attribute",
      [...base, plan({ radius: { profiles: {}, attributes: [asked("Mikrotik-Nonsense")] } }, "x")],
      "x spec.radius.attributes[0]: attribute Mikrotik-Nonsense is not in FreeRADIUS's dictionaries",
    ],
    ["a VLAN pool", [...base, profile({ vlanPool: "gone" })], "john spec.vlanPool: VLAN pool gone"],
  ])("name %s that is not there", (_, objects, text) => {
    const findings = check(objects);
    expect(
      findings.some((f) => f.includes(text)),
      findings.join("\n"),
    ).toBe(true);
  });
  it("never keep anybody from being suspended or ended", () => {
    const gone = { planRef: { name: "gone" }, networkProfileRef: { name: "gone" } };
    expect(
      check([...base, sub("a", "1", { ...gone, serviceState: "Suspended", suspension: { reason: "Fraud" } })]),
    ).toEqual([]);
    expect(check([...base, sub("a", "1", { ...gone, serviceState: "Terminated" })])).toEqual([]);
  });
  it("are no second mistake where the object is declared and refused", () =>
    expect(check([tenant(), radius(), subscriber()], new Set([keyOf("ServicePlan", "isp-acme", "basic")]))).toEqual(
      [],
    ));
});

describe("option 82, enforced", () => {
  const enforced = inline({ option82Policy: "Enforce" });
  it("needs an id, of the profile or by the tenant's template", () => {
    expect(check([...base, sub("a", "1", enforced)])).toEqual([
      "a spec.networkProfile.option82Policy: option82Policy Enforce needs a circuitId or a remoteId; set one of them, or circuitIdTemplate in the tenant",
    ]);
    expect(check([...base, profile({ option82Policy: "Enforce" })])).toHaveLength(1);
    expect(check([...base, sub("a", "1", inline({ option82Policy: "Enforce", remoteId: "CPE-1" }))])).toEqual([]);
    expect(check([tenant({ circuitIdTemplate: "{olt}" }), radius(), plan(), sub("a", "1", enforced)])).toEqual([]);
  });
});

describe("one holder: the lesser name keeps it, both are named", () => {
  const two = (a: Partial<SubscriberSpec>, b: Partial<SubscriberSpec> = a) => [
    ...base,
    sub("b", "2", b),
    sub("a", "1", a),
  ];
  const radiusAs = (username: string) => ({ radius: { ...subscriber().spec.radius, username } });
  it.each<[string, readonly LastmileObject[], string]>([
    [
      "subscriber number",
      two({ subscriberNumber: "X" }),
      "b spec.subscriberNumber: subscriber number X is held by Subscriber isp-acme/a (f.yaml:7)",
    ],
    ["user name", two(radiusAs("j@acme.example")), "set radius.username, for example 2@acme.example"],
    [
      "static address",
      two(inline({ staticIPv4: "10.0.1.9" })),
      "b spec.networkProfile.staticIPv4: IPv4 address 10.0.1.9 is held by",
    ],
    [
      "address, older field",
      two(inline({ staticIPv4: "10.0.1.9" }), { ipv4Address: "10.0.1.9" }),
      "b spec.ipv4Address",
    ],
    ["VLAN pair", two(inline({ serviceVlan: 100, innerVlan: 5 })), "VLAN pair (outer.inner) 100.5"],
    [
      "ONU in two spellings",
      two({ onu: { olt: "olt1", serial: "4857544312345678" } }, { onu: { olt: "olt1", serial: "HWTC12345678" } }),
      "b spec.onu.serial",
    ],
    [
      "prefix",
      two(inline({ ipv6AssignmentMode: "PD", delegatedIPv6Prefix: "2001:db8:1::/56" })),
      "prefix 2001:db8:1::/56",
    ],
    [
      "profile",
      [...two({ networkProfileRef: { name: "john" } }), profile()],
      "b spec.networkProfileRef.name: NetworkProfile john is held by",
    ],
    [
      "plan alias",
      [...base, plan({ aliases: ["basic"] }, "other")],
      "other spec.aliases[0]: the plan name basic is held by",
    ],
    [
      "realm",
      [...base, tenant({ namespace: "isp-other", addressPools: [], servingAreas: [] }, "other")],
      "other spec.realms[0]: realm acme.example",
    ],
    [
      "namespace",
      [...base, tenant({ realms: [], addressPools: [], servingAreas: [] }, "other")],
      "other spec.namespace: namespace isp-acme",
    ],
  ])("%s", (_, objects, text) => {
    const findings = check(objects);
    expect(findings, findings.join("\n")).toHaveLength(1);
    expect(findings[0]).toContain(text);
  });
  it("frees what an ended subscriber had", () =>
    expect(
      check(
        two(inline({ staticIPv4: "10.0.1.9" }), { ...inline({ staticIPv4: "10.0.1.9" }), serviceState: "Terminated" }),
      ),
    ).toEqual([]));
  it("lets areas with different VLAN domains use one pair", () =>
    expect(
      check(
        two(inline({ serviceVlan: 100, innerVlan: 5 }), {
          ...inline({ serviceVlan: 100, innerVlan: 5 }),
          onu: { olt: "olt2", serial: "ALCL00000009" },
        }),
      ),
    ).toEqual([]));
});

describe("networks", () => {
  it.each<[string, readonly LastmileObject[], string]>([
    [
      "two tenants in one VRF",
      [...base, other([pool({ prefixes: ["10.0.1.128/25"] })])],
      "other spec.addressPools[0].prefixes[0]: 10.0.1.128/25 of pool p overlaps 10.0.1.0/24 of pool v4 of Tenant acme",
    ],
    [
      "a fallback in any VRF",
      [...base, other([pool({ prefixes: ["172.16.0.0/24"], vrf: "y", fallback: "10.9.1.0/24" })])],
      "fallback 10.9.1.0/24",
    ],
    [
      "an address in the pool of another tenant",
      [
        ...base,
        other([pool({ prefixes: ["10.7.0.0/16"], vrf: "global" })]),
        sub("a", "1", inline({ staticIPv4: "10.7.0.9" })),
      ],
      "a spec.networkProfile: 10.7.0.9 lies in pool p of tenant other",
    ],
    [
      "a WAN prefix inside the delegated prefix of another",
      [
        ...base,
        sub("a", "1", inline({ ipv6AssignmentMode: "PD", delegatedIPv6Prefix: "2001:db8:1:100::/56" })),
        sub("b", "2", inline({ ipv6AssignmentMode: "SLAAC", wanIPv6Prefix: "2001:db8:1:101::/64" })),
      ],
      "b spec.networkProfile: 2001:db8:1:101::/64 overlaps 2001:db8:1:100::/56 of Subscriber isp-acme/a",
    ],
  ])("never overlap: %s", (_, objects, text) => expect(check(objects).join("\n")).toContain(text));
  it("stand apart behind nested networks of one subscriber", () =>
    expect(
      check([
        ...base,
        sub("a", "1", inline({ routedSubnets: ["203.0.113.0/25", "203.0.113.0/26"] })),
        sub("b", "2", inline({ routedSubnets: ["203.0.113.128/25"] })),
      ]),
    ).toEqual([]));
  it("may be alike in two VRFs", () =>
    expect(check([...base, other([pool({ prefixes: ["10.0.1.0/24"], vrf: "theirs" })])])).toEqual([]));
});

describe("of another tenant's objects its own people learn nothing", () => {
  const theirs = (spec: Partial<SubscriberSpec>): LastmileObject => {
    const made = sub("jane", "2", { planRef: { name: "basic" }, ...spec });
    return { ...made, metadata: { ...made.metadata, namespace: "isp-other" } } as LastmileObject;
  };
  const toTenant = (...objects: readonly LastmileObject[]) =>
    crossCheck(
      [...base, ...objects].map((object) => ({ object, source })),
      new Set(),
    ).flatMap((f) => f.toTenant ?? []);
  it.each<[string, Partial<SubscriberSpec>, Partial<SubscriberSpec>, string]>([
    ["a serial", { onu: { olt: "olt1", serial: "ALCL00000001" } }, {}, "is held by another tenant"],
    [
      "a prefix",
      inline({ ipv6AssignmentMode: "PD", delegatedIPv6Prefix: "2001:db8:9::/56" }),
      inline({ ipv6AssignmentMode: "SLAAC", wanIPv6Prefix: "2001:db8:9:1::/64" }),
      "overlaps another tenant's",
    ],
  ])("who has %s", (_, a, b, words) => {
    const said = toTenant(other(), sub("a", "1", a), theirs(Object.keys(b).length > 0 ? b : a));
    expect(said.filter((text) => text.includes(words)).length, said.join("\n")).toBeGreaterThan(0);
    expect(said.join()).not.toMatch(/isp-|jane|Subscriber/);
  });
  it("nor whose pool an address lies in; of their own they are told all", () => {
    const pools = other([pool({ prefixes: ["10.7.0.0/16"], vrf: "global" })]);
    expect(toTenant(pools, sub("a", "1", inline({ staticIPv4: "10.7.0.9" })))).toEqual([
      "10.7.0.9 lies in a pool of another tenant",
    ]);
    expect(toTenant(sub("a", "1"), sub("b", "1"))).toEqual([]);
  });
});

describe("what only one may have", () => {
  const named = (username: string) => ({
    radius: { username, passwordScheme: "Cleartext", rotation: "WithDevice" } as const,
  });
  const [holder, newcomer] = [sub("zoe", "1"), sub("adam", "2", named("zoe@acme.example"))];
  const losers = (accepted?: LastmileObject) =>
    crossCheck(
      [...base, newcomer, holder].map((object) => ({ object, source })),
      new Set(),
      (key) => (accepted && keyOfObject(accepted) === key ? accepted : undefined),
    ).map((f) => f.of.object.metadata.name);
  it("is the lesser name's where both are new", () => expect(losers()).toEqual(["zoe"]));
  it("stays with who has it, whatever the newcomer is called, and whatever else the holder edits", () =>
    expect(losers(sub("zoe", "1", { paused: true }))).toEqual(["adam"]));
  it("is not who had something else before", () =>
    expect(losers(sub("zoe", "1", named("zoe2@acme.example")))).toEqual(["zoe"]));
});

describe("a snapshot", () => {
  const assemble = createAssembler(createValidator());
  const TENANT =
    "apiVersion: lastmile.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {namespace: isp-acme, realms: [acme.example]}\n";
  const PLAN = (name: string, rest = ""): string =>
    `apiVersion: lastmile.dev/v1alpha1\nkind: ServicePlan\nmetadata: {name: ${name}, namespace: isp-acme}\nspec:\n  speed: {down: 1Mbps, up: 1Mbps}\n${rest}`;
  const snapshot = (text: string): Snapshot => {
    expect(parseAllDocuments(text)).not.toHaveLength(0);
    return assemble({ ...load("f.yaml", Buffer.from(text)), complete: true, revision: "r" });
  };
  it("refuses one object and lets the others stand", () => {
    const s = snapshot([TENANT, PLAN("a"), PLAN("b", "  speeed: 3\n")].join("---\n"));
    expect(s.declared.map((d) => d.object.metadata.name)).toEqual(["acme", "a"]);
    expect([...s.refused]).toEqual(["ServicePlan/isp-acme/b"]);
    expect(s.complete).toBe(false);
    expect(s.problems).toMatchObject([
      { file: "f.yaml", line: 17, column: 3, kind: "ServicePlan", name: "isp-acme/b", path: "spec.speeed" },
    ]);
  });
  it("keeps the first of an object that is declared twice", () => {
    const s = snapshot([TENANT, PLAN("a"), PLAN("a")].join("---\n"));
    expect(s.problems.map((p) => p.message)).toEqual([
      "is declared twice: the first is ServicePlan isp-acme/a (f.yaml:8)",
    ]);
    expect(s.declared).toHaveLength(2);
  });
});
