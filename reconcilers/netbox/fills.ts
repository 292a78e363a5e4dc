/** How full the pools are: NetBox counts what stands in each prefix, whoever put it there. */
import { parsePrefix } from "../../controller/core/resolve/address.ts";
import { type Fill, holdsAddresses, reservedOf, sizeOf } from "../../controller/core/resolve/capacity.ts";
import type { AddressPool, ResolvedTenant } from "../../controller/core/resolved.ts";
import type { Http } from "./client.ts";
import { count } from "./list.ts";
import type { Names } from "./names.ts";
import { poolsOf } from "./tenant.ts";

/** One request for each prefix of each pool that the tenant has here. */
export async function fills(
  http: Http,
  { names, endpoint }: { readonly names: Names; readonly endpoint: string },
  tenant: ResolvedTenant,
  signal: AbortSignal,
): Promise<readonly Fill[]> {
  const out: Fill[] = [];
  for (const plan of tenant.addressPlans) {
    if (plan.endpoint !== endpoint) continue;
    for (const pool of poolsOf(tenant, plan)) {
      const vrf = pool.vrf === undefined ? "null" : await names.vrf(pool.vrf, signal);
      const fill = await fillOf(http, pool, vrf, signal);
      if (fill) out.push(fill);
    }
  }
  return out;
}

/** Of a pool of prefixes, each counts as one of the length that it is made for. Undefined: it cannot be counted. */
async function fillOf(
  http: Http,
  pool: AddressPool,
  vrf: number | "null",
  signal: AbortSignal,
): Promise<Fill | undefined> {
  let [used, size] = [0, 0];
  for (const cidr of pool.prefixes) {
    const prefix = parsePrefix(cidr);
    const room = prefix && sizeOf(pool, prefix);
    if (!prefix || room === undefined) return undefined;
    size += room;
    if (holdsAddresses(pool))
      used += await count(http, "/api/ipam/ip-addresses/", { parent: cidr, vrf_id: vrf }, signal);
    else {
      const inside = await count(http, "/api/ipam/prefixes/", { within: cidr, vrf_id: vrf }, signal);
      used += Math.max(0, inside - reservedOf(pool, prefix).length);
    }
  }
  return { pool: pool.name, use: pool.use, used, size };
}
