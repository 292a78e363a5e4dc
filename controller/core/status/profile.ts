/** What a NetworkProfile shows of the subscriber who uses it. Pure. */
import type { NetworkProfileStatus, SubscriberStatus } from "../../api/types.generated.ts";
import type { Stamp } from "./conditions.ts";
import { acceptedStatus } from "./refused.ts";

/** `user`: undefined where nobody names it. */
export function profileStatus(
  user: { readonly name: string; readonly status: SubscriberStatus | undefined } | undefined,
  stamp: Stamp,
): NetworkProfileStatus {
  const { profile, addresses } = user?.status ?? {};
  return {
    ...acceptedStatus(stamp),
    ...(user && { subscriber: user.name }),
    ...(profile && { source: profile.source }),
    ...(addresses && { addresses }),
  };
}
