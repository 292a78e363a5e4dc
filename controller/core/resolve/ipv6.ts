/** IPv6 by mode. What is declared is sent; what is not declared is the BNG's choice, or needs an allocator. */
import type { NetworkProfileSpec } from "../../api/types.generated.ts";
import type { Ipv6 } from "../resolved.ts";
import { ipv6 as canonical, overlaps, type Prefix, parsePrefix } from "./address.ts";
import type { Facts } from "./facts.ts";
import { checkHome, nasPool, usablePool, vrfOf } from "./pools.ts";

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

type WanSide = { readonly wanPrefix: string | undefined; readonly address: string | undefined };
function wanSide(facts: Facts, mode: Mode): WanSide {
  const { profile } = facts;
  const address = profile.staticIPv6 === undefined ? undefined : claimAddress(facts, profile.staticIPv6);
  const wanPrefix = claimPrefix(facts, "wanIPv6Prefix", profile.wanIPv6Prefix);
  const declared = profile.staticIPv6 !== undefined || profile.wanIPv6Prefix !== undefined;
  if (!declared && !bngChooses(facts)) {
    const field = mode === "Stateful" || profile.ipv6WAN === "Address" ? "staticIPv6" : "wanIPv6Prefix";
    unavailable(facts, `the WAN side of mode ${mode}`, field);
  }
  return { wanPrefix, address };
}

type Delegation = { readonly delegatedPrefix: string | undefined; readonly delegatedPool: string | undefined };
function delegation(facts: Facts): Delegation {
  const { profile, plan } = facts;
  const delegatedPrefix = claimPrefix(facts, "delegatedIPv6Prefix", profile.delegatedIPv6Prefix);
  if (profile.delegatedIPv6Prefix !== undefined) return { delegatedPrefix, delegatedPool: undefined };
  const none = { delegatedPrefix: undefined, delegatedPool: undefined };
  const name = profile.pools?.pd ?? plan?.spec.pools.pd;
  const pool = name === undefined ? undefined : usablePool(facts, name, "PD");
  if (name !== undefined && !pool) return none;
  if (!pool || !(bngChooses(facts) || pool.nasPool !== undefined)) {
    unavailable(facts, "the delegated prefix", "delegatedIPv6Prefix");
    return none;
  }
  const { ipv6PDSize } = profile;
  if (ipv6PDSize !== undefined && pool.prefixLength !== undefined && ipv6PDSize !== pool.prefixLength)
    facts.notes.block(
      "PDSizeMismatch",
      `ipv6PDSize is ${ipv6PDSize} and pool ${pool.name} gives /${pool.prefixLength}; name another pool`,
    );
  return { delegatedPrefix: undefined, delegatedPool: nasPool(pool) };
}

/** With assignment Pool the BNG gives out every address that the profile does not declare. */
const bngChooses = ({ profile, plan }: Facts): boolean =>
  (profile.ipv4Assignment ?? plan?.spec.ipv4Assignment) === "Pool";

const unavailable = ({ notes }: Facts, what: string, field: keyof NetworkProfileSpec): void =>
  notes.block(
    "AllocationUnavailable",
    `${what} is not declared, and allocating it needs a NetBox system, which cannot be bound yet; set ${field} in the profile, or let the BNG choose (assignment Pool)`,
  );

function claimAddress(facts: Facts, text: string): string | undefined {
  const { notes, tenant } = facts;
  const address = canonical(text);
  if (address === undefined) return notes.block("AddressInvalid", `staticIPv6 ${text} is no IPv6 address`);
  checkHome(facts, `staticIPv6 ${address}`, address);
  notes.claim("ipv6", vrfOf(tenant, address), address);
  return address;
}
function claimPrefix(facts: Facts, field: string, text: string | undefined): string | undefined {
  const { notes, tenant } = facts;
  if (text === undefined) return undefined;
  const prefix = parsePrefix(text);
  if (prefix?.family !== 6)
    return notes.block("AddressInvalid", `${field} ${text} is no IPv6 prefix without host bits`);
  checkHome(facts, `${field} ${prefix.text}`, prefix);
  notes.claim("prefix", vrfOf(tenant, prefix), prefix.text);
  return prefix.text;
}
function clash(a: string | undefined, b: string | undefined): boolean {
  const [x, y]: readonly (Prefix | undefined)[] = [a, b].map((t) => (t === undefined ? undefined : parsePrefix(t)));
  return x !== undefined && y !== undefined && overlaps(x, y);
}
