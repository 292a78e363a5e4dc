/** IPv4: static in the profile > static on the subscriber (older field) > the plan's assignment. */
import type { Ipv4 } from "../resolved.ts";
import { addressValue, ipv4 as strict } from "./address.ts";
import { addressPool, poolFor, record, take } from "./allocation.ts";
import type { Facts } from "./facts.ts";
import { checkHome, homeOf, nasPool, usablePool, vrfOf } from "./pools.ts";

const NONE: Ipv4 = { assignment: "None" };

export function resolveIpv4(facts: Facts): Ipv4 {
  const { profile, subscriber, plan } = facts;
  if (profile.staticIPv4 !== undefined) return staticAddress(facts, profile.staticIPv4);
  const older = subscriber.spec.ipv4Address;
  const assignment = profile.ipv4Assignment ?? (older === undefined ? plan?.spec.ipv4Assignment : "Static");
  switch (assignment) {
    case "Static":
      return older === undefined ? missingAddress(facts) : staticAddress(facts, older);
    case "Pool":
      return fromPool(facts);
    case "Dynamic":
      return dynamic(facts);
    default:
      return NONE;
  }
}

function missingAddress({ notes }: Facts): Ipv4 {
  notes.block(
    "AddressMissing",
    "the assignment is Static and no address is declared; set staticIPv4 in the network profile",
  );
  return NONE;
}

function staticAddress(facts: Facts, text: string): Ipv4 {
  const address = strict(text);
  if (address === undefined) {
    facts.notes.block(
      "AddressInvalid",
      `${text} is no IPv4 address; write four numbers from 0 to 255 without leading zeros`,
    );
    return NONE;
  }
  const taken = takenByNetwork(facts, address);
  if (taken !== undefined) facts.notes.block("AddressReserved", `${address} is the ${taken}; choose another address`);
  checkHome(facts, address, address);
  facts.notes.claim("ipv4", vrfOf(facts.tenant, address), address);
  record(facts, "ipv4", address, address);
  const pool = homeOf(facts.tenant, address)?.pool.declared;
  return { assignment: "Static", address, pool: pool && addressPool(pool) };
}

/** `gateway of 10.0.1.0/24`, when the address cannot be a subscriber's. /31 and /32 have no such addresses (RFC 3021). */
function takenByNetwork({ tenant }: Facts, address: string): string | undefined {
  const home = homeOf(tenant, address);
  const number = addressValue(address)?.value;
  if (!home || number === undefined || home.prefix.length >= 31) return undefined;
  const { first, last, text } = home.prefix;
  const gateway = { FirstHost: first + 1n, LastHost: last - 1n, None: undefined }[home.pool.declared.gateway];
  if (number === gateway) return `gateway of ${text}`;
  // A routed network or a pool of PPP addresses has no broadcast domain; only a pool with a gateway is a subnet.
  if (gateway === undefined) return undefined;
  if (number === first) return `network address of ${text}`;
  return number === last ? `broadcast address of ${text}` : undefined;
}

function dynamic(facts: Facts): Ipv4 {
  const pool = poolFor(facts, "IPv4", facts.profile.pools?.ipv4 ?? facts.plan?.spec.pools.ipv4);
  const address = pool && take(facts, "ipv4", pool);
  return pool && address ? { assignment: "Dynamic", address, pool: addressPool(pool) } : NONE;
}

function fromPool(facts: Facts): Ipv4 {
  const name = facts.profile.pools?.ipv4 ?? facts.plan?.spec.pools.ipv4;
  if (name === undefined) {
    facts.notes.block(
      "PoolUnknown",
      "the assignment is Pool and no pool is named; set pools.ipv4 in the plan or profile",
    );
    return NONE;
  }
  const pool = usablePool(facts, name, "IPv4");
  return pool ? { assignment: "Pool", pool: nasPool(pool) } : NONE;
}
