/** What the address plan should hold for a subscriber: declared values are recorded, the others are taken from a pool. */
import type { Tenant, TenantAddressPool } from "../../api/types.generated.ts";
import { namespaceOf } from "../catalog.ts";
import { type Output, output, type Ref } from "../model.ts";
import type { AddressPlan, AddressPool, Allocation } from "../resolved.ts";
import type { Prefix } from "./address.ts";
import type { Facts } from "./facts.ts";
import { fallbackOf } from "./fallback.ts";
import { DEFAULT_VRF, homeOf, usablePool } from "./pools.ts";

type Slot = Allocation["slot"];
const ADDRESSES: ReadonlySet<Slot> = new Set(["ipv4", "ipv6"]);

export const addressPlansOf = (tenant: Tenant): readonly AddressPlan[] =>
  (tenant.spec.systems.netbox ?? []).map(({ name, tenant: inNetBox, vrfs = [] }) => ({
    endpoint: name,
    tenant: inNetBox,
    vrfs,
  }));

/** Several address plans share a tenant by VRF; one without a list has all that no other names. */
const endpointFor = (tenant: Tenant, vrf: string | undefined): string | undefined => {
  const plans = addressPlansOf(tenant);
  const named = plans.find((p) => p.vrfs.includes(vrf ?? DEFAULT_VRF));
  return (named ?? plans.find((p) => p.vrfs.length === 0))?.endpoint;
};

const made = new WeakMap<TenantAddressPool, AddressPool>();
export function addressPool(declared: TenantAddressPool): AddressPool {
  const known = made.get(declared);
  if (known) return known;
  const { name, use, vrf, prefixes, gateway, reserve = [], prefixLength } = declared;
  const length = prefixLength ?? (use === "WANPrefix" ? 64 : undefined);
  const inVrf = vrf === DEFAULT_VRF ? undefined : vrf;
  const pool: AddressPool = { name, use, vrf: inVrf, prefixes, gateway, reserve, prefixLength: length };
  made.set(declared, pool);
  return pool;
}

/** A declared value: nothing is allocated, and people find it where they look for addresses. */
export function record(facts: Facts, slot: Slot, value: string, inner: Prefix | string): void {
  const { tenant } = facts;
  const pool = homeOf(tenant, inner)?.pool.declared;
  const endpoint = endpointFor(tenant, pool?.vrf);
  if (endpoint === undefined || !tenant.spec.features.staticAudit || pool?.nasPool !== undefined) return;
  const named = pool && addressPool(pool);
  facts.notes.allocations.push({ ...place(facts, slot, endpoint, value), slot, value, pool: named });
}

/** A value of a pool, the same as long as the pool is: sticky within the serving area. Undefined: a blocker says why. */
export function take(facts: Facts, slot: Slot, pool: TenantAddressPool): Output | undefined {
  const { tenant, notes } = facts;
  const endpoint = endpointFor(tenant, pool.vrf);
  if (endpoint === undefined)
    return notes.block(
      "AllocationUnavailable",
      `pool ${pool.name} needs a NetBox system for VRF ${pool.vrf}; bind one in systems.netbox, or declare the value in the profile`,
    );
  if (pool.nasPool !== undefined)
    return notes.block(
      "PoolMismatch",
      `pool ${pool.name} is handed out by the BNG as ${pool.nasPool}; name another pool, or use assignment Pool`,
    );
  const at = place(facts, slot, endpoint, pool.name);
  const fallback = slot === "ipv4" ? fallbackOf(facts, pool) : undefined;
  notes.allocations.push({ ...at, slot, value: undefined, pool: addressPool(pool), ...(fallback && { fallback }) });
  // A suspension waits for nobody: what is not known yet is left as it is.
  return { ...output(at.ref, at.holds), ...(facts.subscriber.spec.serviceState === "Suspended" && { optional: true }) };
}

/** The pool that is named, else the only one of this use for the area. */
export function poolFor(facts: Facts, use: TenantAddressPool["use"], named: string | undefined) {
  if (named !== undefined) return usablePool(facts, named, use);
  const { tenant, area, notes } = facts;
  const here = tenant.spec.addressPools.filter(
    (p) =>
      p.use === use && p.nasPool === undefined && (!p.servingAreas || (area && p.servingAreas.includes(area.name))),
  );
  const [only] = here;
  if (here.length === 1 && only) return only;
  const why = here.length === 0 ? `has no pool for ${use}` : `has several pools for ${use}`;
  return notes.block(
    "PoolUnknown",
    `tenant ${tenant.metadata.name} ${why} in this area; name one in pools of the plan or profile`,
  );
}

/** Its name is ours and stable: another value or another pool is another object, so the old one goes after the new one came. */
function place({ subscriber }: Facts, slot: Slot, system: string, what: string): Pick<Allocation, "ref" | "holds"> {
  const holds = ADDRESSES.has(slot) ? "address" : "prefix";
  const key = `${namespaceOf(subscriber)}/${subscriber.metadata.name}/${slot}/${what}`;
  const ref: Ref = { system, resource: holds, key };
  return { ref, holds };
}
