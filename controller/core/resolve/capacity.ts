/** How much a pool can give out. Pure; what is given out is counted elsewhere. */
import type { TenantAddressPool, TenantVlanPool } from "../../api/types.generated.ts";
import type { AddressPool } from "../resolved.ts";
import { type Prefix, parsePrefix, within } from "./address.ts";
import { hostCount, isFallback } from "./fallback.ts";
import { isInside, parseRange } from "./vlan-pool.ts";

export interface Fill {
  readonly pool: string;
  /** `IPv4`, `PD`, `VLAN`: two pools of one tenant may have one name. */
  readonly use: string;
  readonly used: number;
  readonly size: number;
}

export interface PoolFill extends Fill {
  readonly tenant: string;
}

/** Pools of addresses; the others hold prefixes. */
export const holdsAddresses = ({ use }: Pick<AddressPool, "use">): boolean => use === "IPv4" || use === "IPv6Address";

/** Of one prefix of the pool, gateway included. Undefined: it has no piece that it could be counted in. */
export function sizeOf(pool: AddressPool, prefix: Prefix): number | undefined {
  const reserved = reservedOf(pool, prefix);
  if (!holdsAddresses(pool)) {
    const { prefixLength } = pool;
    if (prefixLength === undefined) return undefined;
    const pieces = ({ length }: Prefix): number => 2 ** Math.max(0, prefixLength - length);
    return reserved.reduce((n, r) => n - pieces(r), pieces(prefix));
  }
  const [first, last] = hostsOf(pool, prefix);
  const shared = (r: Prefix): bigint => lesser(last, r.last) - greater(first, r.first) + 1n;
  return Number(reserved.reduce((n, r) => n - greater(0n, shared(r)), last - first + 1n));
}
export const reservedOf = ({ reserve }: AddressPool, prefix: Prefix): readonly Prefix[] =>
  reservedIn(
    prefix,
    reserve.flatMap((r) => parsePrefix(r) ?? []),
  );
/** Networks of a prefix that are never given away, none inside another. */
export function reservedIn(prefix: Prefix, reserve: readonly Prefix[]): readonly Prefix[] {
  const all = reserve.filter((r) => within(prefix, r));
  return all.filter((p, at) => !all.some((o, n) => within(o, p) && (o.length < p.length || n < at)));
}

/** RFC 3021, RFC 6164: so short a network has neither a network address nor a broadcast. */
function hostsOf(pool: AddressPool, { family, first, last, length }: Prefix): readonly [bigint, bigint] {
  if (family === 6) return [length >= 127 ? first : first + 1n, last];
  return length >= 31 || pool.gateway === "None" ? [first, last] : [first + 1n, last - 1n];
}
const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** `taken`: all tags that are claimed in its VLAN domain. */
export function vlanFill({ name, serviceVlans, innerVlans = [] }: TenantVlanPool, taken: readonly string[]): Fill {
  const [outer, inner] = [serviceVlans.map(parseRange), innerVlans.map(parseRange)];
  const count = (ranges: typeof outer): number => ranges.reduce((n, [first, last]) => n + last - first + 1, 0);
  const used = taken.filter((tag) => isInside(outer, inner, tag)).length;
  return { pool: name, use: "VLAN", used, size: count(outer) * (inner.length === 0 ? 1 : count(inner)) };
}

/** `taken`: all addresses that are claimed in its VRF. */
export function fallbackFill(
  { name, fallback, gateway }: TenantAddressPool,
  taken: readonly string[],
): Fill | undefined {
  const size = hostCount(fallback, gateway);
  if (size === undefined) return undefined;
  return { pool: name, use: "Fallback", used: taken.filter((a) => isFallback(fallback, a)).length, size };
}
