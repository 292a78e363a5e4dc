import type { Subscriber } from "../../api/types.generated.ts";
import type { Notes } from "./findings.ts";

/** Older inputs still work; each says what takes its place. */
const REPLACED = {
  vlanId: "networkProfile.serviceVlan",
  ipv4Address: "networkProfile.staticIPv4",
  ipv4PrefixId: "pools.ipv4 of the plan or profile",
  ipv6PrefixId: "pools.ipv6 of the plan or profile",
  bandwidth_mbps: "planRef",
} as const;

export function warnOlder({ spec }: Subscriber, notes: Notes): void {
  for (const [field, instead] of Object.entries(REPLACED))
    if (spec[field as keyof typeof REPLACED] !== undefined)
      notes.warn("OlderField", `${field} is an older field; use ${instead}`);
  for (const field of ["firstName", "lastName"] as const)
    if (spec.customer[field] !== undefined)
      notes.warn("OlderField", `customer.${field} is an older field; use customer.name`);
}
