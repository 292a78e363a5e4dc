import { describe, expect, test } from "vitest";
import { type Desired, refKey } from "../../controller/core/model.ts";
import type {
  AddressPlan,
  AddressPool,
  Allocation,
  ResolvedSubscriber,
  ResolvedTenant,
} from "../../controller/core/resolved.ts";
import { parseConfig } from "./config.ts";
import { desired } from "./desired.ts";

const config = parseConfig({ address: "https://netbox.example/" });
const plan = (more: Partial<AddressPlan> = {}): AddressPlan => ({
  endpoint: "nb",
  tenant: undefined,
  vrfs: [],
  ...more,
});
const pool = (more: Partial<AddressPool> = {}): AddressPool => ({
  name: "res",
  use: "IPv4",
  vrf: undefined,
  prefixes: ["10.0.1.0/24"],
  gateway: "None",
  reserve: [],
  prefixLength: undefined,
  ...more,
});
const owner = { installation: "lab", tenant: "acme", kind: "Tenant", namespace: "-", name: "acme" };
const tenant = (pools: readonly AddressPool[], more: Partial<ResolvedTenant> = {}): readonly Desired[] =>
  desired(
    { scope: "tenant", owner, addressPlans: [plan()], pools, vlanPools: [], olts: [], templates: [], ...more },
    "nb",
    config,
  );
const keys = (all: readonly Desired[]) => all.map((d) => `${d.ref.resource} ${d.ref.key}`);

describe("what stands before anything is given away", () => {
  const rows: readonly (readonly [why: string, pool: AddressPool, keys: readonly string[]])[] = [
    ["no gateway: every address is a customer's", pool(), ["pool -/acme/pool/global/10.0.1.0/24"]],
    [
      "first host, and the reserved network",
      pool({ gateway: "FirstHost", reserve: ["10.0.1.240/28"], vrf: "internet" }),
      [
        "pool -/acme/pool/internet/10.0.1.0/24",
        "address -/acme/gateway/internet/10.0.1.1",
        "range -/acme/reserve/internet/10.0.1.240-10.0.1.255",
      ],
    ],
    [
      "last host is not the broadcast address",
      pool({ gateway: "LastHost" }),
      ["pool -/acme/pool/global/10.0.1.0/24", "address -/acme/gateway/global/10.0.1.254"],
    ],
    [
      "a /31 has neither network nor broadcast (RFC 3021)",
      pool({ gateway: "FirstHost", prefixes: ["10.0.1.0/31"] }),
      ["pool -/acme/pool/global/10.0.1.0/31", "address -/acme/gateway/global/10.0.1.0"],
    ],
    [
      "IPv6: the first address is every router's, the next is the gateway",
      pool({ use: "IPv6Address", gateway: "FirstHost", prefixes: ["2001:db8::/64"] }),
      ["pool -/acme/pool/global/2001:db8::/64", "address -/acme/gateway/global/2001:db8::1"],
    ],
    [
      "a pool of prefixes has no gateway, and its reserve is a prefix",
      pool({ use: "PD", gateway: "FirstHost", prefixes: ["2001:db8:1::/48"], reserve: ["2001:db8:1:ff00::/56"] }),
      ["pool -/acme/pool/global/2001:db8:1::/48", "prefix -/acme/reserve/global/2001:db8:1:ff00::/56"],
    ],
    [
      "NetBox refuses ranges that overlap: the outer one is enough",
      pool({ reserve: ["10.0.1.240/28", "10.0.1.240/29", "10.0.1.240/28"] }),
      ["pool -/acme/pool/global/10.0.1.0/24", "range -/acme/reserve/global/10.0.1.240-10.0.1.255"],
    ],
  ];
  for (const [why, given, wanted] of rows) test(why, () => expect(keys(tenant([given]))).toEqual(wanted));

  test("is_pool only where network and broadcast are customers' too, never for IPv6", () => {
    const isPool = (p: AddressPool) => tenant([p])[0]!.spec["isPool"];
    expect(isPool(pool())).toBe(true);
    expect(isPool(pool({ gateway: "FirstHost" }))).toBeNull();
    expect(isPool(pool({ use: "IPv6Address", prefixes: ["2001:db8::/64"] }))).toBeNull();
  });
  test("the range comes after the gateway: NetBox lets no address into a closed range", () => {
    const [, gateway, range] = tenant([pool({ gateway: "FirstHost", reserve: ["10.0.1.0/28"] })]);
    expect(range!.spec["gateway"]).toEqual({ $output: refKey(gateway!.ref), path: "address" });
  });
  test("several plans share a tenant by VRF, and VLANs stand in the first", () => {
    const both = { addressPlans: [plan(), plan({ endpoint: "nb2", vrfs: ["mgmt"] })] };
    const pools = [pool(), pool({ name: "m", vrf: "mgmt", prefixes: ["10.9.0.0/24"] })];
    expect(keys(tenant(pools, both))).toEqual(["pool -/acme/pool/global/10.0.1.0/24"]);
  });
  test("one VLAN group for a domain, ranges joined, one VLAN for each tag", () => {
    const vlanPool = (serviceVlans: readonly (readonly [number, number])[]) => ({
      name: "p",
      vlanDomain: "mitte",
      serviceVlans,
    });
    const all = tenant([], { vlanPools: [vlanPool([[102, 103]]), vlanPool([[100, 101]])] });
    expect(keys(all)).toEqual([
      "vlan-group acme_mitte",
      ...[100, 101, 102, 103].map((vid) => `vlan acme_mitte/${vid}`),
    ]);
    expect(all[0]!.spec["ranges"]).toEqual(["100-103"]);
  });
});

const allocation = (more: Partial<Allocation> = {}): Allocation => ({
  slot: "ipv4",
  holds: "address",
  ref: { system: "nb", resource: "address", key: "isp-acme/s1/ipv4/res" },
  value: undefined,
  pool: pool({ gateway: "FirstHost" }),
  ...more,
});
const subscriber = (a: Allocation, more: Partial<ResolvedSubscriber> = {}, p = plan()): readonly Desired[] => {
  const who = { ...owner, kind: "Subscriber", namespace: "isp-acme", name: "s1" };
  const s = {
    scope: "subscriber",
    owner: who,
    number: "S-1",
    state: "Active",
    plan: { name: "fiber" },
    addressPlans: [p],
  };
  const rest = { allocations: [a], dnsName: "s1.acme.example", customerId: "c-1", ...more };
  return desired({ ...s, ...rest } as unknown as ResolvedSubscriber, "nb", config);
};

describe("what a subscriber holds", () => {
  test("taken: says where from, after gateway and tag", () => {
    const [d] = subscriber(allocation());
    expect(d!.spec).toMatchObject({ from: ["10.0.1.0/24"], status: "active", tenant: "acme", tags: ["lm-acme_fiber"] });
    expect(d!.spec).not.toHaveProperty("address");
    expect(d!.requires).toEqual([
      "nb/pool/-/acme/pool/global/10.0.1.0/24",
      "nb/address/-/acme/gateway/global/10.0.1.1",
      "nb/tag/lm-acme_fiber",
    ]);
  });
  test("declared: the value is ours", () => {
    expect(subscriber(allocation({ value: "10.0.1.100" }))[0]!.spec).toMatchObject({ address: "10.0.1.100" });
  });
  test("suspended keeps it, terminated wants nothing", () => {
    expect(subscriber(allocation(), { state: "Suspended" })[0]!.spec["status"]).toBe("active");
    expect(subscriber(allocation(), { state: "Terminated" })).toEqual([]);
  });
  test("a prefix says how long it is, and only names of addresses are in the DNS", () => {
    const pd = pool({ use: "PD", prefixes: ["2001:db8:1::/48"], prefixLength: 56 });
    const [d] = subscriber(allocation({ slot: "delegatedPrefix", holds: "prefix", pool: pd }));
    expect(d!.spec).toMatchObject({ from: ["2001:db8:1::/48"], length: 56 });
    expect(d!.spec).not.toHaveProperty("dnsName");
    const unsaid = allocation({ slot: "delegatedPrefix", holds: "prefix", pool: { ...pd, prefixLength: undefined } });
    expect(() => subscriber(unsaid)).toThrow("prefixLength");
  });
  test("a VRF that the tenant may not use is refused", () => {
    const bad = allocation({ pool: pool({ vrf: "core" }) });
    expect(() => subscriber(bad, {}, plan({ vrfs: ["internet"] }))).toThrow("VRF core");
  });
  test("another NetBox holds nothing of it", () => {
    expect(subscriber(allocation(), {}, plan({ endpoint: "other" }))).toEqual([]);
  });
});
