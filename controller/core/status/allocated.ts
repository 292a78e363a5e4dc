/** Since when a status shows a customer's addresses: the time moves only when a value does. */
import type { AddressesStatus, SubscriberStatus } from "../../api/types.generated.ts";
import { rfc3339 } from "./conditions.ts";

interface Moment {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly previous: SubscriberStatus | undefined;
}

export function withAllocatedAt(section: AddressesStatus, { now, previous }: Moment): AddressesStatus {
  const values = valuesOf(section);
  if (values.length === 0) return section;
  const before = previous?.addresses;
  const same = before !== undefined && valuesOf(before).join() === values.join();
  return { ...section, allocatedAt: (same ? before.allocatedAt : undefined) ?? rfc3339(now) };
}

/** Each with its place; where it came from may change while the customer keeps it. */
const valuesOf = ({ ipv4, ipv6, wanPrefix, delegatedPrefix, routes = [] }: AddressesStatus): readonly string[] =>
  Object.entries({ ipv4, ipv6, wanPrefix, delegatedPrefix, routes: routes.toSorted().join(" ") || undefined }).flatMap(
    ([place, value]) => (value === undefined ? [] : [`${place} ${value}`]),
  );
