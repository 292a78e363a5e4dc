/** Inputs of the older workflow. They work, and each says what takes its place. */
import type { Subscriber, Tenant } from "../../api/types.generated.ts";
import type { Notes } from "./findings.ts";
import { realmOf } from "./username.ts";

const REPLACED = {
  vlanId: "networkProfile.serviceVlan",
  ipv4Address: "networkProfile.staticIPv4",
  ipv4PrefixId: "pools.ipv4 of the plan or profile",
  ipv6PrefixId: "pools.ipv6 of the plan or profile",
  bandwidth_mbps: "planRef",
} as const;

export function warnOlder(subscriber: Subscriber, tenant: Tenant, notes: Notes): void {
  const { spec } = subscriber;
  for (const [field, instead] of Object.entries(REPLACED))
    if (spec[field as keyof typeof REPLACED] !== undefined)
      notes.warn("OlderField", `${field} is an older field; use ${instead}`);
  for (const field of ["firstName", "lastName"] as const)
    if (spec.customer[field] !== undefined)
      notes.warn("OlderField", `customer.${field} is an older field; use customer.name`);
  if (emailAsName(subscriber, tenant))
    notes.warn(
      "OlderField",
      "an e-mail address as the user name is an older input; use a name with a realm of the tenant",
    );
}

/** Undefined: the customer has none. */
export function customerName({ name, firstName, lastName }: Subscriber["spec"]["customer"]): string | undefined {
  const parts = [firstName, lastName].filter((part) => part !== undefined);
  return name ?? (parts.length > 0 ? parts.join(" ") : undefined);
}

/** Not where the provider's own realm makes it an account like any other. */
export function emailAsName({ spec }: Subscriber, tenant: Tenant): boolean {
  const { username } = spec.radius;
  if (username === undefined || username.toLowerCase() !== spec.customer.email?.toLowerCase()) return false;
  return !tenant.spec.realms.includes(realmOf(username)?.toLowerCase() ?? "");
}
