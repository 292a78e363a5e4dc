/** Addresses of our own for the time while the address plan cannot be reached; once it can, they are imported. */
import type { TenantAddressPool } from "../../api/types.generated.ts";
import type { Fallback } from "../holding.ts";
import { addressText, parsePrefix, within } from "./address.ts";
import type { Facts } from "./facts.ts";
import { DEFAULT_VRF } from "./pools.ts";

/** Keeps what was taken from it before: a customer is not renumbered because the address plan is back. */
export function fallbackOf({ notes, addresses }: Facts, pool: TenantAddressPool): Fallback | undefined {
  if (pool.fallback === undefined) return undefined;
  const vrf = pool.vrf ?? DEFAULT_VRF;
  for (const held of addresses)
    if (held.vrf === vrf && isFallback(pool.fallback, held.value)) notes.claim("ipv4", vrf, held.value);
  return { field: "address", vrf, prefix: pool.fallback, gateway: pool.gateway };
}

export function isFallback(prefix: string | undefined, address: string): boolean {
  const network = prefix === undefined ? undefined : parsePrefix(prefix);
  return network !== undefined && within(network, address);
}

/** How many `hosts` there are. */
export function hostCount(prefix: string | undefined, gateway: Fallback["gateway"]): number | undefined {
  const network = prefix === undefined ? undefined : parsePrefix(prefix);
  if (!network) return undefined;
  return Math.max(0, Number(network.last - network.first) - (gateway === "None" ? 1 : 2));
}

/** The hosts of the network but its gateway, the lowest first. */
export function* hosts({ prefix, gateway }: Fallback): Generator<string> {
  const network = parsePrefix(prefix);
  if (!network) return;
  const first = network.first + (gateway === "FirstHost" ? 2n : 1n);
  const end = network.last - (gateway === "LastHost" ? 1n : 0n);
  for (let n = first; n < end; n++) yield addressText(network.family, n);
}
