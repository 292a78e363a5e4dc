/** Address pools of a tenant, parsed once. */
import type { Tenant, TenantAddressPool } from "../../api/types.generated.ts";
import type { AddressPool } from "../resolved.ts";
import { addressText, type Prefix, parsePrefix, within } from "./address.ts";
import type { Facts } from "./facts.ts";

export interface Pool {
  readonly declared: TenantAddressPool;
  readonly prefixes: readonly Prefix[];
}
export const DEFAULT_VRF = "global";

const parsed = new WeakMap<Tenant, readonly Pool[]>();

export function poolsOf(tenant: Tenant): readonly Pool[] {
  const known = parsed.get(tenant);
  if (known) return known;
  const pools = tenant.spec.addressPools.map((declared) => ({
    declared,
    prefixes: declared.prefixes.flatMap((p) => parsePrefix(p) ?? []),
  }));
  parsed.set(tenant, pools);
  return pools;
}

/** Every network of every pool, and where it is declared. */
export const networksOf = (tenant: Tenant) =>
  poolsOf(tenant).flatMap(({ declared: { name, vrf }, prefixes }, i) =>
    prefixes.map((prefix, j) => ({
      vrf,
      prefix,
      path: `spec.addressPools[${i}].prefixes[${j}]`,
      what: `${prefix.text} of pool ${name}`,
    })),
  );

/** The narrowest prefix of the tenant's pools around an address or network, and its pool. */
export function homeOf(tenant: Tenant, inner: Prefix | string): Home | undefined {
  if (last?.tenant === tenant && last.inner === inner) return last.home;
  const home = narrowest(tenant, inner);
  last = { tenant, inner, home };
  return home;
}
interface Home {
  readonly pool: Pool;
  readonly prefix: Prefix;
}
/** Every value is asked for several times in a row. */
let last: { readonly tenant: Tenant; readonly inner: Prefix | string; readonly home: Home | undefined } | undefined;

const narrowest = (tenant: Tenant, inner: Prefix | string): Home | undefined =>
  poolsOf(tenant)
    .flatMap((pool) => pool.prefixes.filter((p) => within(p, inner)).map((prefix) => ({ pool, prefix })))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
/** The VRF in which a static address is unique. */
export const vrfOf = (tenant: Tenant, inner: Prefix | string): string =>
  homeOf(tenant, inner)?.pool.declared.vrf ?? DEFAULT_VRF;

/** `what` is a static value of the subscriber: nobody else may hand it out, and somebody should know of it. */
export function checkHome({ tenant, notes }: Facts, what: string, inner: Prefix | string): void {
  const pool = homeOf(tenant, inner)?.pool.declared;
  if (!pool)
    notes.warn("AddressOutsidePools", `${what} lies in no address pool of tenant ${tenant.metadata.name}; declare one`);
  else if (pool.nasPool !== undefined)
    notes.block(
      "AddressOfBngPool",
      `${what} lies in pool ${pool.name}, which the BNG hands out itself as ${pool.nasPool}; choose another, or remove nasPool from the pool`,
    );
}

/** The pool by name, if it serves this use and area; otherwise a blocker that says what is wrong. */
export function usablePool(facts: Facts, name: string, use: TenantAddressPool["use"]): TenantAddressPool | undefined {
  const { tenant, area, notes } = facts;
  const pool = tenant.spec.addressPools.find((p) => p.name === name);
  if (!pool)
    return notes.block(
      "PoolUnknown",
      `tenant ${tenant.metadata.name} has no address pool ${name}; declare it or name another`,
    );
  if (pool.use !== use)
    return notes.block("PoolMismatch", `pool ${name} is for ${pool.use}, not for ${use}; name another pool`);
  if (area && pool.servingAreas && !pool.servingAreas.includes(area.name))
    return notes.block(
      "PoolMismatch",
      `pool ${name} does not serve area ${area.name}; add the area to the pool or name another`,
    );
  return pool;
}
/** Name of the pool on the BNG. */
export const nasPool = (pool: TenantAddressPool): string => pool.nasPool ?? pool.name;

/** Of an address of the pool. */
export function networkAround({ prefixes, gateway }: AddressPool, address: string) {
  const subnet = prefixes.map(parsePrefix).find((p) => p && within(p, address));
  if (!subnet) return undefined;
  const host = { FirstHost: subnet.first + 1n, LastHost: subnet.last - 1n, None: undefined }[gateway];
  return { subnet: subnet.text, ...(host !== undefined && { gateway: addressText(subnet.family, host) }) };
}
