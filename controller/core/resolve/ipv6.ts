/** IPv6 by mode. What is declared is sent; what is not declared is the BNG's choice, or needs an allocator. */
import type { Ipv6 } from "../resolved.ts";
import { ipv6 as canonical, overlaps, type Prefix, parsePrefix } from "./address.ts";
import { poolFor, record, take } from "./allocation.ts";
import type { Facts } from "./facts.ts";
import { checkHome, nasPool, vrfOf } from "./pools.ts";

type Mode = Ipv6["mode"];
type Declared = "staticIPv6" | "wanIPv6Prefix" | "delegatedIPv6Prefix";
/** Which declared fields have a place in which mode. */
const FITS: Readonly<Record<Mode, readonly Declared[]>> = {
  None: [],
  SLAAC: ["wanIPv6Prefix"],
  Stateful: ["staticIPv6"],
  PD: ["delegatedIPv6Prefix"],
  DualStack: ["staticIPv6", "wanIPv6Prefix", "delegatedIPv6Prefix"],
};
const NOTHING = { wanPrefix: undefined, address: undefined, delegatedPrefix: undefined, delegatedPool: undefined };

export function resolveIpv6(facts: Facts): Ipv6 {
  const { profile, plan, notes } = facts;
  const mode = profile.ipv6AssignmentMode ?? plan?.spec.ipv6AssignmentMode ?? "None";
  for (const field of ["staticIPv6", "wanIPv6Prefix", "delegatedIPv6Prefix"] as const)
    if (profile[field] !== undefined && !FITS[mode].includes(field))
      notes.block(
        "IPv6ModeMismatch",
        `${field} is declared and the IPv6 mode is ${mode}; set ipv6AssignmentMode in the profile`,
      );
  if (mode === "None") return { mode, ...NOTHING };
  const wan = mode === "PD" ? NOTHING : wanSide(facts, mode);
  const delegated = mode === "PD" || mode === "DualStack" ? delegation(facts) : NOTHING;
  const both = { wanPrefix: wan.wanPrefix, delegatedPrefix: delegated.delegatedPrefix };
  if (clash(both.wanPrefix, both.delegatedPrefix))
    notes.block(
      "PrefixOverlap",
      `the WAN prefix ${both.wanPrefix} lies in the delegated ${both.delegatedPrefix}; RFC 3633 keeps them apart`,
    );
  return { mode, address: wan.address, delegatedPool: delegated.delegatedPool, ...both };
}

type WanSide = Pick<Ipv6, "wanPrefix" | "address">;
function wanSide(facts: Facts, mode: Mode): WanSide {
  const { profile, plan } = facts;
  const address = profile.staticIPv6 === undefined ? undefined : claimAddress(facts, profile.staticIPv6);
  const wanPrefix = claimPrefix(facts, "wanIPv6Prefix", "wanPrefix", profile.wanIPv6Prefix);
  const declared = profile.staticIPv6 !== undefined || profile.wanIPv6Prefix !== undefined;
  if (declared || bngChooses(facts)) return { wanPrefix, address };
  const named = profile.pools?.ipv6 ?? plan?.spec.pools.ipv6;
  if (mode === "Stateful" || profile.ipv6WAN === "Address") {
    const pool = poolFor(facts, "IPv6Address", named);
    return { wanPrefix, address: pool && take(facts, "ipv6", pool) };
  }
  const pool = poolFor(facts, "WANPrefix", named);
  return { address, wanPrefix: pool && take(facts, "wanPrefix", pool) };
}

type Delegation = Pick<Ipv6, "delegatedPrefix" | "delegatedPool">;
function delegation(facts: Facts): Delegation {
  const { profile, plan } = facts;
  const delegatedPrefix = claimPrefix(facts, "delegatedIPv6Prefix", "delegatedPrefix", profile.delegatedIPv6Prefix);
  if (profile.delegatedIPv6Prefix !== undefined) return { delegatedPrefix, delegatedPool: undefined };
  const pool = poolFor(facts, "PD", profile.pools?.pd ?? plan?.spec.pools.pd);
  if (!pool) return { delegatedPrefix: undefined, delegatedPool: undefined };
  const { ipv6PDSize } = profile;
  if (ipv6PDSize !== undefined && pool.prefixLength !== undefined && ipv6PDSize !== pool.prefixLength)
    facts.notes.block(
      "PDSizeMismatch",
      `ipv6PDSize is ${ipv6PDSize} and pool ${pool.name} gives /${pool.prefixLength}; name another pool`,
    );
  if (bngChooses(facts) || pool.nasPool !== undefined)
    return { delegatedPrefix: undefined, delegatedPool: nasPool(pool) };
  return { delegatedPrefix: take(facts, "delegatedPrefix", pool), delegatedPool: undefined };
}

/** With assignment Pool the BNG gives out every address that the profile does not declare. */
const bngChooses = ({ profile, plan }: Facts): boolean =>
  (profile.ipv4Assignment ?? plan?.spec.ipv4Assignment) === "Pool";

function claimAddress(facts: Facts, text: string): string | undefined {
  const { notes, tenant } = facts;
  const address = canonical(text);
  if (address === undefined) return notes.block("AddressInvalid", `staticIPv6 ${text} is no IPv6 address`);
  checkHome(facts, `staticIPv6 ${address}`, address);
  notes.claim("ipv6", vrfOf(tenant, address), address);
  record(facts, "ipv6", address, address);
  return address;
}
function claimPrefix(
  facts: Facts,
  field: string,
  slot: "wanPrefix" | "delegatedPrefix",
  text: string | undefined,
): string | undefined {
  const { notes, tenant } = facts;
  if (text === undefined) return undefined;
  const prefix = parsePrefix(text);
  if (prefix?.family !== 6)
    return notes.block("AddressInvalid", `${field} ${text} is no IPv6 prefix without host bits`);
  checkHome(facts, `${field} ${prefix.text}`, prefix);
  notes.claim("prefix", vrfOf(tenant, prefix), prefix.text);
  record(facts, slot, prefix.text, prefix);
  return prefix.text;
}
/** What is taken from pools cannot clash: pools do not overlap. */
function clash(...both: readonly [a: Ipv6["wanPrefix"], b: Ipv6["delegatedPrefix"]]): boolean {
  const [x, y]: readonly (Prefix | undefined)[] = both.map((t) => (typeof t === "string" ? parsePrefix(t) : undefined));
  return x !== undefined && y !== undefined && overlaps(x, y);
}
