/** VLAN tags from pools: what is free is known to the store alone, so resolving says what is wanted and takes what is held. */
import type { Range, TagWant } from "../holding.ts";
import type { Facts } from "./facts.ts";

export interface Pair {
  readonly service: number;
  readonly inner: number | undefined;
}

/** Ranges of VLAN tags as the API writes them: `100` or `100-109`, both ends included. */
export function parseRange(text: string): Range {
  const [first = "", last = first] = text.split("-");
  return [Number(first), Number(last)];
}
const tagText = ({ service, inner }: Pair): string => (inner === undefined ? `${service}` : `${service}.${inner}`);
function parseTag(text: string): Pair {
  const [service, inner] = text.split(".");
  return { service: Number(service), inner: inner === undefined ? undefined : Number(inner) };
}

const inside = (ranges: readonly Range[], n: number): boolean => ranges.some(([a, b]) => a <= n && n <= b);
/** Whether a pool of these ranges gives out this tag. */
export const isInside = (serviceVlans: readonly Range[], innerVlans: readonly Range[], tag: string): boolean =>
  fits({ serviceVlans, innerVlans }, parseTag(tag));
function fits({ serviceVlans, innerVlans }: Omit<TagWant, "vlanDomain">, { service, inner }: Pair): boolean {
  const pair = inner === undefined ? innerVlans.length === 0 : inside(innerVlans, inner);
  return pair && inside(serviceVlans, service);
}

/** All that would do, the lowest first. */
export function* candidates({ serviceVlans, innerVlans }: TagWant): Generator<string> {
  for (const service of numbers(serviceVlans)) {
    if (innerVlans.length === 0) yield tagText({ service, inner: undefined });
    else for (const inner of numbers(innerVlans)) yield tagText({ service, inner });
  }
}
function* numbers(ranges: readonly Range[]): Generator<number> {
  for (const [first, last] of ranges) for (let n = first; n <= last; n++) yield n;
}

/** Undefined: nothing is held yet; the want and a blocker are noted. */
export function takeTags(
  facts: Facts,
  service: string,
  pool: string | undefined,
  fixed: { readonly service: number | undefined; readonly inner: number | undefined },
): Pair | undefined {
  const want = wanted(facts, service, pool, fixed);
  if (!want) return undefined;
  const { notes, tags } = facts;
  const mine = tags.findIndex((t) => t.vlanDomain === want.vlanDomain && fits(want, parseTag(t.value)));
  const [held] = mine < 0 ? [] : tags.splice(mine, 1); // two services never share a pair
  if (held) {
    notes.claim("vlan", held.vlanDomain, held.value);
    return parseTag(held.value);
  }
  notes.wants.push(want);
  return notes.block(
    "PoolExhausted",
    `VLAN pool ${pool ?? ""} has no free tags for service ${service}; add VLANs to the pool, or end subscribers who are gone`,
  );
}

function wanted(
  { tenant, area, notes }: Facts,
  service: string,
  name: string | undefined,
  fixed: { readonly service: number | undefined; readonly inner: number | undefined },
): TagWant | undefined {
  if (!area) return undefined; // said already
  const vlanDomain = area.vlanDomain ?? area.name;
  const here = tenant.spec.vlanPools.filter((p) => p.vlanDomain === vlanDomain);
  const pool = name === undefined && here.length === 1 ? here[0] : here.find((p) => p.name === name);
  if (!pool)
    return notes.block(
      "PoolUnknown",
      `service ${service} takes VLAN tags from ${name ? `pool ${name}` : "a pool"}, and VLAN domain ${vlanDomain} has none of that name; declare it in vlanPools, or set serviceVlan and innerVlan in the profile`,
    );
  const one = (n: number | undefined): readonly Range[] | undefined => (n === undefined ? undefined : [[n, n]]);
  return {
    vlanDomain,
    serviceVlans: one(fixed.service) ?? pool.serviceVlans.map(parseRange),
    innerVlans: one(fixed.inner) ?? (pool.innerVlans ?? []).map(parseRange),
  };
}
