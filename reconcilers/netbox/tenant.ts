/** Pure: what a tenant's customers stand on in the address plan, and by which names it is referred to. */
import { type Desired, output, type Ref, type RefKey, refKey } from "../../controller/core/model.ts";
import { addressText, type Prefix, parsePrefix } from "../../controller/core/resolve/address.ts";
import { holdsAddresses, reservedIn } from "../../controller/core/resolve/capacity.ts";
import { DEFAULT_VRF } from "../../controller/core/resolve/pools.ts";
import type { AddressPlan, AddressPool, ResolvedTenant, VlanPool } from "../../controller/core/resolved.ts";
import { fault } from "../errors.ts";
import { MARKING } from "./kind.ts";

export function ground(subject: ResolvedTenant, plan: AddressPlan): readonly Desired[] {
  const { tenant } = subject.owner;
  const mine = poolsOf(subject, plan);
  const vlanPools = plan === subject.addressPlans[0] ? subject.vlanPools : [];
  return [...mine.flatMap((p) => poolObjects(tenant, p, plan)), ...vlans(tenant, vlanPools, plan)];
}
/** Those that are given out there. */
export const poolsOf = ({ pools, addressPlans }: ResolvedTenant, plan: AddressPlan): readonly AddressPool[] =>
  pools.filter((p) => planOf(p, addressPlans) === plan);
/** Several plans share a tenant by VRF; one that names none has what no other names. */
const planOf = ({ vrf = DEFAULT_VRF }: AddressPool, plans: readonly AddressPlan[]): AddressPlan | undefined =>
  plans.find((p) => p.vrfs.includes(vrf)) ?? plans.find((p) => p.vrfs.length === 0);

const kept = new WeakMap<AddressPool, Map<string, readonly RefKey[]>>();
/** Everything of a pool that must stand before anything is taken from it. */
export function basis(tenant: string, pool: AddressPool, plan: AddressPlan): readonly RefKey[] {
  const known = kept.get(pool) ?? new Map<string, readonly RefKey[]>();
  kept.set(pool, known);
  const at = `${plan.endpoint} ${tenant}`;
  const refs = known.get(at) ?? poolObjects(tenant, pool, plan).map((d) => refKey(d.ref));
  known.set(at, refs);
  return refs;
}

function poolObjects(tenant: string, pool: AddressPool, plan: AddressPlan): readonly Desired[] {
  return pool.prefixes.flatMap((cidr) => {
    const prefix = parse(pool, cidr);
    const home = poolPrefix(tenant, pool, prefix, plan);
    const gateway = gatewayOf(pool, prefix);
    const reserved = reservedIn(
      prefix,
      pool.reserve.map((r) => parse(pool, r)),
    );
    const cx: Home = { tenant, pool, plan, prefix, ref: home.ref };
    const door = gateway === undefined ? undefined : gatewayAddress(cx, gateway);
    const closed = reserved.map((r) => (holdsAddresses(pool) ? range(cx, r, door) : reservedPrefix(cx, r)));
    return [home, ...(door ? [door] : []), ...closed];
  });
}
interface Home {
  readonly tenant: string;
  readonly pool: AddressPool;
  readonly plan: AddressPlan;
  readonly prefix: Prefix;
  /** Of the pool's prefix. */
  readonly ref: Ref;
}

function parse(pool: AddressPool, cidr: string): Prefix {
  const prefix = parsePrefix(cidr);
  if (!prefix) throw fault("BadValue", `pool ${pool.name}: ${cidr} is no prefix`);
  return prefix;
}

const refOf = (plan: AddressPlan, resource: string, key: string): Ref => ({ system: plan.endpoint, resource, key });
/** `-/tenant/what/vrf/value`: by VRF and value an object without a mark is found. */
const key = (tenant: string, what: string, { vrf }: AddressPool, value: string): string =>
  `-/${tenant}/${what}/${vrf ?? DEFAULT_VRF}/${value}`;
const nameOf = (plan: AddressPlan, tenant: string): string => plan.tenant ?? tenant;

function poolPrefix(tenant: string, pool: AddressPool, { text }: Prefix, plan: AddressPlan): Desired {
  const spec = {
    prefix: text,
    vrf: pool.vrf ?? null,
    status: holdsAddresses(pool) ? "active" : "container",
    // Of an IPv6 prefix the first address is every router's (RFC 4291, 2.6.1): never a customer's.
    isPool: pool.use === "IPv4" && pool.gateway === "None" ? true : null,
    tenant: nameOf(plan, tenant),
    description: `Pool ${pool.name}`,
    [MARKING]: true,
  };
  return { ref: refOf(plan, "pool", key(tenant, "pool", pool, text)), spec };
}

function gatewayOf(pool: AddressPool, { family, first, last, length }: Prefix): string | undefined {
  if (pool.gateway === "None" || !holdsAddresses(pool)) return undefined;
  const whole = length >= (family === 4 ? 31 : 127); // RFC 3021, RFC 6164: no network address, no broadcast
  if (pool.gateway === "FirstHost") return addressText(family, whole ? first : first + 1n);
  return addressText(family, whole || family === 6 ? last : last - 1n);
}

function gatewayAddress({ tenant, pool, plan, prefix, ref }: Home, address: string): Desired {
  const spec = {
    address,
    length: prefix.length,
    parent: output(ref, "prefix"),
    vrf: pool.vrf ?? null,
    status: "active",
    tenant: nameOf(plan, tenant),
    description: `Gateway of pool ${pool.name}`,
    [MARKING]: true,
  };
  return { ref: refOf(plan, "address", key(tenant, "gateway", pool, address)), spec };
}

/** After the gateway: NetBox lets no address into a range that is closed. */
function range(
  { tenant, pool, plan, prefix, ref }: Home,
  { family, first, last }: Prefix,
  door: Desired | undefined,
): Desired {
  const [from, to] = [addressText(family, first), addressText(family, last)];
  const spec = {
    first: from,
    last: to,
    length: prefix.length,
    parent: output(ref, "prefix"),
    ...(door && { gateway: output(door.ref, "address") }),
    populated: true,
    vrf: pool.vrf ?? null,
    status: "reserved",
    tenant: nameOf(plan, tenant),
    description: `Reserved in pool ${pool.name}`,
    [MARKING]: true,
  };
  return { ref: refOf(plan, "range", key(tenant, "reserve", pool, `${from}-${to}`)), spec };
}

function reservedPrefix({ tenant, pool, plan, ref }: Home, { text }: Prefix): Desired {
  const spec = {
    prefix: text,
    parent: output(ref, "prefix"),
    vrf: pool.vrf ?? null,
    status: "reserved",
    tenant: nameOf(plan, tenant),
    description: `Reserved in pool ${pool.name}`,
    [MARKING]: true,
  };
  return { ref: refOf(plan, "prefix", key(tenant, "reserve", pool, text)), spec };
}

/** One group for each VLAN domain, and its S-tags in it. */
function vlans(tenant: string, pools: readonly VlanPool[], plan: AddressPlan): readonly Desired[] {
  const domains = new Map<string, VlanPool["serviceVlans"][number][]>();
  for (const { vlanDomain, serviceVlans } of pools)
    domains.set(vlanDomain, [...(domains.get(vlanDomain) ?? []), ...serviceVlans]);
  return [...domains].flatMap(([domain, ranges]) => domainObjects(tenant, domain, joined(ranges), plan));
}

function domainObjects(
  tenant: string,
  domain: string,
  ranges: VlanPool["serviceVlans"],
  plan: AddressPlan,
): readonly Desired[] {
  const slug = `${tenant}_${domain}`;
  const group = refOf(plan, "vlan-group", slug);
  const spec = {
    name: `${tenant}:${domain}`,
    slug,
    ranges: ranges.map((r) => r.join("-")),
    description: `S-tags of VLAN domain ${domain}`,
    [MARKING]: true,
  };
  const tags = ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, n) => first + n));
  const vlan = (vid: number): Desired => ({
    ref: refOf(plan, "vlan", `${slug}/${vid}`),
    spec: {
      vid,
      group: slug,
      parent: output(group, "slug"),
      name: `${tenant}-${domain}-${vid}`.slice(0, 64),
      status: "active",
      tenant: nameOf(plan, tenant),
      [MARKING]: true,
    },
  });
  return [{ ref: group, spec }, ...tags.map(vlan)];
}

/** NetBox refuses ranges of one group that overlap. */
function joined(ranges: VlanPool["serviceVlans"]): VlanPool["serviceVlans"] {
  const out: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = out.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else out.push([first, last]);
  }
  return out;
}
