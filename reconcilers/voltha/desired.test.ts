import { describe, expect, test } from "vitest";
import { type Desired, refKey } from "../../controller/core/model.ts";
import type { ResolvedPlan, ResolvedSubscriber, ResolvedTenant } from "../../controller/core/resolved.ts";
import { internet } from "../../test/contract/voltha.subjects.ts";
import { parseConfig } from "./config.ts";
import { desired, type How } from "./desired.ts";
import { uniFields } from "./fields.ts";
import { publishes, type SadisSubscriber } from "./sadis.ts";
import { readService } from "./service.ts";

const olts = [
  { name: "olt1", serial: "OLT1", address: "olt1.example:50060", uplinkPort: 16777216, nniPorts: [16777216] },
  { name: "olt2", serial: "OLT2", address: "olt2.example:50060", uplinkPort: 5, nniPorts: [5, 6] },
];
const configFor = (type: "VGC" | "ONOS") =>
  parseConfig({ address: "v:55555", voltha: { controller: { type, address: "http://c.example" }, olts } });
const config = configFor("VGC");
const owner = { installation: "lab", tenant: "acme", kind: "Subscriber", namespace: "isp-acme", name: "john" };
const voice = {
  ...internet,
  name: "voice",
  technologyProfileId: 65,
  pbit: 7,
  serviceVlan: 444,
  innerVlan: undefined,
  keepWhenSuspended: true,
};
const tv = { ...internet, name: "tv", technologyProfileId: 66, pbit: 4, serviceVlan: 555, innerVlan: 555 };
const onu = {
  olt: "olt1",
  serial: "ALCL12345678",
  expectedPonPort: 3,
  unis: [{ uni: 1, services: [internet, voice, tv] }],
};
const subscriber = (more: Partial<ResolvedSubscriber> = {}) =>
  ({
    scope: "subscriber",
    owner,
    state: "Active",
    plan: { name: "res" },
    onu,
    option82: { policy: "Log", circuitId: "OLT1/1/1/1:1", remoteId: undefined },
    ...more,
  }) as ResolvedSubscriber;
const plan = {
  scope: "plan",
  owner,
  plan: { name: "res" },
  services: [internet, voice, tv],
} as unknown as ResolvedPlan;
const tenant = (names: readonly string[]) => ({ scope: "tenant", owner, olts: names }) as unknown as ResolvedTenant;
const keys = (all: readonly Desired[]) => all.map((d) => refKey(d.ref));
const uniIn = (all: readonly Desired[]): Desired => all.find((d) => d.ref.resource === "uni")!;
const uniOf = (s: ResolvedSubscriber): Desired => uniIn(desired(s, "v", config));

describe("what should stand there", () => {
  test("for a tenant: of its OLTs those of this endpoint", () => {
    expect(keys(desired(tenant(["olt2", "elsewhere"]), "v", config))).toEqual(["v/olt/olt2"]);
  });
  test("for a plan: a profile for each service and direction, and one for two that are alike", () => {
    expect(desired(plan, "v", config)).toHaveLength(6);
    const twice = { ...plan, services: [internet, { ...internet }] };
    expect(desired(twice, "v", config)).toHaveLength(2);
  });
  test("for a subscriber: the ONU before its ports, and both after what they stand on", () => {
    const [first, second] = desired(subscriber(), "v", config);
    expect(first).toMatchObject({ ref: { resource: "onu", key: "ALCL12345678" }, requires: ["v/olt/olt1"] });
    expect(second?.spec["onu"]).toMatchObject({ $output: "v/onu/ALCL12345678", foreseen: "ALCL12345678" });
    expect(second?.requires).toEqual(expect.arrayContaining(["v/olt/olt1", ...keys(desired(plan, "v", config))]));
    expect(second?.how).toEqual({ olt: "olt1", kept: ["internet", "voice"] } satisfies How);
  });
  test("of an ONU its place, where one is expected", () => {
    const [there] = desired(subscriber(), "v", config);
    const [anywhere] = desired(subscriber({ onu: { ...onu, expectedPonPort: undefined } }), "v", config);
    expect([there?.spec, there?.how]).toEqual([
      { enabled: true, expectedPonPort: 3 },
      { olt: "olt1", kept: [], pon: 3 },
    ]);
    expect([anywhere?.spec, anywhere?.how]).toEqual([{ enabled: true }, { olt: "olt1", kept: [] }]);
  });
  test("the lines of a port, with the profiles of its plan", () => {
    const lines = uniOf(subscriber()).spec["services"] as readonly string[];
    expect(lines.map((l) => l.replace(/_[0-9a-f]{8}/g, ""))).toEqual([
      "internet s100 c1000 u4096 tp64 p0 up=acme_res_internet_up down=acme_res_internet_down",
      "tv s555 c555 u4096 tp66 p4 up=acme_res_tv_up down=acme_res_tv_down",
      "voice s444 c4096 u4096 tp65 p7 up=acme_res_voice_up down=acme_res_voice_down",
    ]);
  });
  test.each([
    ["who is terminated", subscriber({ state: "Terminated" })],
    ["who has no ONU", subscriber({ onu: undefined })],
    ["whose ONU is on an OLT of another endpoint", subscriber({ onu: { ...onu, olt: "elsewhere" } })],
  ])("nothing for one %s", (_, s) => expect(desired(s, "v", config)).toEqual([]));
  test("who is suspended keeps all that is declared, and a word that says so", () => {
    const active = uniOf(subscriber());
    const suspended = uniOf(subscriber({ state: "Suspended" }));
    expect(suspended.spec).toEqual({ ...active.spec, suspended: true });
    expect(active.spec).not.toHaveProperty("suspended");
  });
  test("another OLT, serial or UNI is another key: the old one is retired by its old name", () => {
    const other = { ...onu, serial: "HWTC12345678", unis: [{ uni: 2, services: [internet] }] };
    expect(keys(desired(subscriber({ onu: other }), "v", config))).toEqual([
      "v/onu/HWTC12345678",
      "v/uni/HWTC12345678-2",
    ]);
  });
});

test.each([
  ["a service more costs nobody anything", ["a"], ["a", "b"], false],
  ["a service less does", ["a", "b"], ["a"], true],
  ["a service that changes does", ["a"], ["b"], true],
  ["the first one does not", [], ["a"], false],
])("%s", (_, have, want, costs) => expect(uniFields.services.disruptive(have, want)).toBe(costs));

describe("SADIS", () => {
  const onos = configFor("ONOS");
  const all = [
    ...desired(tenant(["olt1"]), "v", onos),
    ...desired(plan, "v", onos),
    ...desired(subscriber(), "v", onos),
  ];
  const published = all.flatMap((d) => publishes(d, onos) ?? []);
  test("is what ONOS asks for: OLTs and ports under one path, profiles under another", () => {
    expect(published.map((p) => p.path.replace(/_[0-9a-f]{8}$/, "")).sort()).toEqual([
      "/sadis/v2/bandwidthprofiles/acme_res_internet_down",
      "/sadis/v2/bandwidthprofiles/acme_res_internet_up",
      "/sadis/v2/bandwidthprofiles/acme_res_tv_down",
      "/sadis/v2/bandwidthprofiles/acme_res_tv_up",
      "/sadis/v2/bandwidthprofiles/acme_res_voice_down",
      "/sadis/v2/bandwidthprofiles/acme_res_voice_up",
      "/sadis/v2/subscribers/ALCL12345678-1",
      "/sadis/v2/subscribers/OLT1",
    ]);
  });
  test("names the port, its uplink and its relay agent, and every service by its tags", () => {
    expect(published.find((p) => p.path.endsWith("ALCL12345678-1"))?.body).toMatchObject({
      id: "ALCL12345678-1",
      nasPortId: "ALCL12345678-1",
      circuitId: "OLT1/1/1/1:1",
      remoteId: "",
      uniTagList: [
        {
          serviceName: "internet",
          uniTagMatch: 4096,
          ponSTag: 100,
          ponCTag: 1000,
          technologyProfileId: 64,
          usPonSTagPriority: 0,
        },
        { serviceName: "tv" },
        { serviceName: "voice", ponSTag: 444, ponCTag: 4096, usPonSTagPriority: 7, dsPonCTagPriority: 7 },
      ],
    });
    expect(published.find((p) => p.path.endsWith("OLT1"))?.body).toMatchObject({
      id: "OLT1",
      nasId: "olt1",
      uplinkPort: 16777216,
    });
  });
  const trapped = (d: readonly Desired[]): readonly unknown[] =>
    (publishes(uniIn(d), onos)!.body as SadisSubscriber).uniTagList.flatMap((t) =>
      t.isDhcpRequired || t.isIgmpRequired ? [[t.serviceName, t.isDhcpRequired, t.isIgmpRequired]] : [],
    );
  const watching = (more: Partial<ResolvedSubscriber> = {}): ResolvedSubscriber =>
    subscriber({
      onu: { ...onu, unis: [{ uni: 1, services: [internet, { ...tv, multicast: true }, voice] }] },
      ...more,
    });
  test.each<readonly [string, Partial<ResolvedSubscriber>, readonly unknown[]]>([
    ["an IPoE line is named by option 82, which ONOS inserts", { accessType: "IPoE" }, [["internet", true, false]]],
    ["who dials is named by his user name", { accessType: "PPPoE" }, []],
    ["who has a fixed address asks for none", { accessType: "Static" }, []],
  ])("DHCP is relayed where it is needed: %s", (_why, more, dhcp) => {
    expect(trapped(desired(watching(more), "v", onos))).toEqual([...dhcp, ["tv", false, true]]);
  });
  test("VGC is told of multicast, and of no relay: it could insert nothing", () => {
    const lines = uniIn(desired(watching({ accessType: "IPoE" }), "v", config)).spec["services"] as readonly string[];
    expect(lines.map((l) => readService(l)?.traps)).toEqual([undefined, ["igmp"], undefined]);
  });
  test("is told to VGC instead", () => {
    expect(all.flatMap((d) => publishes(d, config) ?? [])).toEqual([]);
  });
});
