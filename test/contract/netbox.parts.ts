/** Each kind of object in NetBox, as the laws need it. */
import type { Desired } from "../../controller/core/model.ts";
import { desired as netbox } from "../../reconcilers/netbox/desired.ts";
import { base, type Part } from "./netbox.rig.ts";
import { allocation, ENDPOINT, pd, planTag, type Taken, tenantSubject, told, v4 } from "./netbox.subjects.ts";

const WIPED = { custom_fields: { lastmile_owner: "somebody", lastmile_key: null } };
const NOTE = { comments: "by hand" };
const vrf = { name: "internet" };
const inVrf = (field: string, text: string) => (item: Readonly<Record<string, unknown>>) =>
  item[field] === text && (item["vrf"] as { name: string } | null)?.name === "internet";

const customer = {
  "another description": { description: "mine" },
  "another status": { status: "reserved" },
  "no status of service": { status: "deprecated" },
  "no tag": { tags: [] },
  "no subscriber": { custom_fields: { lastmile_subscriber: "" } },
  "another tenant": { tenant: null },
  "a wrong owner beside the mark": WIPED,
};

const ipv4 = (n: number): string => `10.0.1.${n}`;
const staticAddress = (n: number): Taken => ({
  slot: "ipv4",
  holds: "address",
  value: ipv4(n),
  pool: v4,
});
const routed = (n: number): string => `2001:db8:9:${n.toString(16)}00::/56`;
const route = (n: number): Taken => ({
  slot: "route",
  holds: "prefix",
  value: routed(n),
  pool: { ...pd, name: "biz", reserve: [] },
});
const dynamic: Taken = { slot: "ipv4", holds: "address", value: undefined, pool: v4 };
const delegated: Taken = { slot: "delegatedPrefix", holds: "prefix", value: undefined, pool: pd };

const addresses = "/api/ipam/ip-addresses/";
const prefixes = "/api/ipam/prefixes/";
const dns = { "another name": { dns_name: "x.example" } };

const declaredAddress: Part = {
  resource: "address",
  path: addresses,
  desired: (n, edited) => allocation(n, staticAddress(n), edited),
  byHand: (n) => ({ address: `${ipv4(n)}/32`, vrf }),
  found: (n, item) => inVrf("address", `${ipv4(n)}/32`)(item),
  spoil: { ...customer, ...dns, "another address": { address: "10.0.2.200/32" }, "another VRF": { vrf: null } },
  note: NOTE,
  before: base(),
};
const takenAddress: Part = {
  resource: "address",
  path: addresses,
  desired: (n, edited) => allocation(n, dynamic, edited),
  spoil: { ...customer, ...dns },
  note: NOTE,
  before: base(),
};
const declaredPrefix: Part = {
  resource: "prefix",
  path: prefixes,
  desired: (n, edited) => allocation(n, route(n), edited),
  byHand: (n) => ({ prefix: routed(n), vrf }),
  found: (n, item) => inVrf("prefix", routed(n))(item),
  spoil: { ...customer, "another prefix": { prefix: "2001:db8:8::/56" } },
  note: NOTE,
  before: base(),
};
const takenPrefix: Part = {
  resource: "prefix",
  path: prefixes,
  desired: (n, edited) => allocation(n, delegated, edited),
  spoil: customer,
  note: NOTE,
  before: base(),
};

const { owner } = tenantSubject();
/** The n-th of a kind that a tenant stands on; `edited`: what differs then. */
const grounded =
  (resource: string, make: (n: number) => Desired, edited: Desired["spec"]) =>
  (n: number, isEdited = false): Desired => {
    const { ref, spec } = make(n);
    return { ref: { ...ref, resource }, spec: isEdited ? { ...spec, ...edited } : spec };
  };
const objects = (more: Parameters<typeof tenantSubject>[0], resource: string): Desired => {
  const all = tenantGround(more);
  return all.find((d) => d.ref.resource === resource)!;
};

const tenantGround = (more: Parameters<typeof tenantSubject>[0]): readonly Desired[] =>
  netbox(tenantSubject(more), ENDPOINT, { address: "", slots: 2, requestsPerSecond: 50 }).map(told);

const network = (n: number): string => `10.7.${n}.0/24`;
const onlyPool = (n: number) => ({
  pools: [{ ...v4, prefixes: [network(n)], reserve: [`10.7.${n}.240/28`] }],
  vlanPools: [],
});
const bare = (n: number) => ({
  pools: [{ ...v4, prefixes: [network(n)], gateway: "None" as const, reserve: [] }],
  vlanPools: [],
});
const pool: Part = {
  resource: "pool",
  path: prefixes,
  owner,
  desired: grounded("pool", (n) => objects(bare(n), "pool"), { isPool: null, status: "container" }),
  byHand: (n) => ({ prefix: network(n), vrf }),
  found: (n, item) => inVrf("prefix", network(n))(item),
  spoil: {
    "another status": { status: "reserved" },
    "network and broadcast kept back": { is_pool: false },
    "another VRF": { vrf: null },
    "a wrong owner beside the mark": WIPED,
  },
  note: NOTE,
  before: [],
};
const range: Part = {
  resource: "range",
  path: "/api/ipam/ip-ranges/",
  owner,
  desired: grounded("range", (n) => objects(onlyPool(n), "range"), { tenant: null, description: "other" }),
  byHand: (n) => ({ start_address: `10.7.${n}.240/24`, end_address: `10.7.${n}.255/24`, vrf }),
  found: (n, item) => inVrf("start_address", `10.7.${n}.240/24`)(item),
  spoil: {
    "open again": { mark_populated: false },
    shorter: { end_address: "10.7.1.250/24" },
    "another status": { status: "active" },
    "a wrong owner beside the mark": WIPED,
  },
  note: NOTE,
  before: [],
};

const domain = (n: number) => ({
  pools: [],
  vlanPools: [{ name: "p", vlanDomain: `d${n}`, serviceVlans: [[100, 109] as const] }],
});
const vlanGroup: Part = {
  resource: "vlan-group",
  path: "/api/ipam/vlan-groups/",
  owner,
  desired: grounded("vlan-group", (n) => objects(domain(n), "vlan-group"), { description: null, ranges: ["100-120"] }),
  byHand: (n) => ({ name: `hand ${n}`, slug: `acme_d${n}` }),
  found: (n, item) => item["slug"] === `acme_d${n}`,
  spoil: {
    "other ranges": { vid_ranges: [[1, 4094]] },
    "another name": { name: "mine" },
    "a wrong owner beside the mark": WIPED,
  },
  note: NOTE,
  before: [],
};
const inDomain = { pools: [], vlanPools: [{ name: "p", vlanDomain: "mitte", serviceVlans: [[100, 300] as const] }] };
const vlan: Part = {
  resource: "vlan",
  path: "/api/ipam/vlans/",
  owner,
  desired: grounded("vlan", (n) => tenantGround(inDomain).filter((d) => d.ref.resource === "vlan")[n]!, {
    group: null,
    name: "x",
  }),
  byHand: (n) => ({ vid: 100 + n, name: `hand ${n}`, group: { slug: "acme_mitte" } }),
  found: (n, item) => item["vid"] === 100 + n && (item["group"] as { slug: string } | null)?.slug === "acme_mitte",
  spoil: {
    "another tag": { vid: 299 },
    "another name": { name: "mine" },
    "another status": { status: "reserved" },
    "a wrong owner beside the mark": WIPED,
  },
  note: NOTE,
  before: tenantGround(inDomain).filter((d) => d.ref.resource === "vlan-group"),
};
const tag: Part = {
  resource: "tag",
  path: "/api/extras/tags/",
  owner,
  desired: grounded("tag", (n) => planTag(`plan-${n}`), { objectTypes: null, name: "other" }),
  byHand: (n) => ({ name: `hand ${n}`, slug: `lm-acme_plan-${n}` }),
  found: (n, item) => item["slug"] === `lm-acme_plan-${n}`,
  spoil: { "another name": { name: "mine" }, "for everything": { object_types: [] } },
  note: { color: "ff0000" },
  before: [],
};

export const parts: readonly (readonly [what: string, part: Part])[] = [
  ["address, declared", declaredAddress],
  ["address, taken", takenAddress],
  ["prefix, declared", declaredPrefix],
  ["prefix, taken", takenPrefix],
  ["pool", pool],
  ["range", range],
  ["vlan-group", vlanGroup],
  ["vlan", vlan],
  ["tag", tag],
];
