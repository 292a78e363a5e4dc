/** Pure: what the address plan should hold for a subject. */
import { type Desired, type Ref, type RefKey, refKey, type Spec, type Value } from "../../controller/core/model.ts";
import type { Owner } from "../../controller/core/owner.ts";
import type {
  AddressPlan,
  AddressPool,
  Allocation,
  ResolvedSubject,
  ResolvedSubscriber,
} from "../../controller/core/resolved.ts";
import { fault } from "../errors.ts";
import { address, prefix } from "./addresses.ts";
import type { NetboxConfig } from "./config.ts";
import { MARKING, TAG } from "./kind.ts";
import { basis, ground } from "./tenant.ts";

/** @throws Fault `BadValue` for what this NetBox may not hold. */
export function desired(subject: ResolvedSubject, endpoint: string, _config: NetboxConfig): readonly Desired[] {
  const plan = subject.addressPlans.find((p) => p.endpoint === endpoint);
  if (!plan) return [];
  if (subject.scope === "tenant") return ground(subject, plan);
  if (subject.scope === "plan") return [planTag(endpoint, subject.owner.tenant, subject.plan.name)];
  if (subject.state === "Terminated") return [];
  return subject.allocations.filter((a) => a.ref.system === endpoint).map((a) => allocation(subject, a, plan));
}

const LONGEST = 100;
/** NetBox's slugs have no colon, and names of tenants and plans no underscore. */
function tagRef(endpoint: string, tenant: string, plan: string): Ref {
  return { system: endpoint, resource: "tag", key: `${TAG}${tenant}_${plan}`.slice(0, LONGEST) };
}
function planTag(endpoint: string, tenant: string, plan: string): Desired {
  const ref = tagRef(endpoint, tenant, plan);
  const spec = {
    name: `${tenant}:${plan}`.slice(0, LONGEST),
    slug: ref.key,
    objectTypes: [address.model, prefix.model],
    [MARKING]: true,
  };
  return { ref, spec };
}

function allocation(s: ResolvedSubscriber, a: Allocation, plan: AddressPlan): Desired {
  const { endpoint } = plan;
  const vrf = vrfFor(a, plan);
  const tag = tagRef(endpoint, s.owner.tenant, s.plan.name);
  const spec: Spec = {
    ...(a.value === undefined ? taken(a) : { [a.holds]: a.value }),
    vrf,
    status: "active", // also of who is suspended: the address stays his
    tenant: tenantOf(plan, s.owner),
    ...(a.holds === "address" && { dnsName: s.dnsName ?? null }),
    description: `${s.number} ${WHAT[a.slot]}`,
    tags: [tag.key],
    subscriber: s.number,
    customer: s.customerId ?? null,
    [MARKING]: true,
  };
  const requires = [...requirements(s.owner, a.pool, plan), refKey(tag)];
  return { ref: a.ref, spec, requires, ...(a.fallback && { fallback: a.fallback }) };
}
const WHAT: Readonly<Record<Allocation["slot"], string>> = {
  ipv4: "IPv4",
  ipv6: "IPv6",
  wanPrefix: "WAN prefix",
  delegatedPrefix: "delegated prefix",
  route: "routed network",
};
const tenantOf = (plan: AddressPlan, owner: Owner): string => plan.tenant ?? owner.tenant;

function vrfFor({ pool }: Allocation, { endpoint, vrfs }: AddressPlan): Value {
  const vrf = pool?.vrf;
  if (vrf !== undefined && vrfs.length > 0 && !vrfs.includes(vrf))
    throw fault("BadValue", `pool ${pool?.name}: the tenant may not use VRF ${vrf} of ${endpoint}`);
  return vrf ?? null;
}

function taken({ slot, holds, pool }: Allocation): Spec {
  if (!pool) throw fault("BadValue", `the ${WHAT[slot]} is neither declared nor taken from a pool`);
  if (holds === "address") return { from: pool.prefixes };
  if (pool.prefixLength === undefined)
    throw fault("BadValue", `pool ${pool.name} says no prefixLength, so how much of it a customer gets is not known`);
  return { from: pool.prefixes, length: pool.prefixLength };
}

/** Gateways and reserved networks are taken before anything is given away. */
function requirements(owner: Owner, pool: AddressPool | undefined, plan: AddressPlan): readonly RefKey[] {
  return pool ? basis(owner.tenant, pool, plan) : [];
}
