/** Where a subscriber's addresses come from, in the words that people read in status and in billing. */
import { isOutput } from "../model.ts";
import type { AddressSource, ResolvedSubscriber } from "../resolved.ts";

type Addresses = Pick<ResolvedSubscriber, "ipv4" | "ipv6" | "routes">;

/** The IPv4 address speaks for all. `inProfile`: a static one is declared there, and not in the older field. */
export function addressSource({ ipv4, ipv6, routes }: Addresses, inProfile: boolean): AddressSource {
  if (ipv4.assignment === "Static") return inProfile ? "NetworkProfile" : "Subscriber";
  const values = [ipv6.address, ipv6.wanPrefix, ipv6.delegatedPrefix];
  if (ipv4.assignment === "Dynamic" || values.some(isOutput)) return "NetBoxDynamic";
  if (values.some((v) => v !== undefined) || routes.length > 0) return "NetworkProfile";
  return ipv4.assignment === "Pool" || ipv6.delegatedPool ? "Pool" : "None";
}
