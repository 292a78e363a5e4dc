import type { NetworkProfileSpec, Subscriber, Tenant, TenantServingArea } from "../../api/types.generated.ts";
import type { HeldAddress, HeldTag } from "../holding.ts";
import type { RevisedPlan } from "../revisions.ts";
import type { Notes } from "./findings.ts";

/** Everything that the parts of one subscriber are computed from. */
export interface Facts {
  readonly tenant: Tenant;
  readonly subscriber: Subscriber;
  /** The effective profile. */
  readonly profile: NetworkProfileSpec;
  /** Undefined: it does not exist; the blocker is already noted. */
  readonly plan: RevisedPlan | undefined;
  /** All tenants, this one too. */
  readonly tenants: () => Iterable<Tenant>;
  readonly area: TenantServingArea | undefined;
  /** Tags of pools that it holds; a service that takes one removes it. */
  readonly tags: HeldTag[];
  /** Addresses that it holds as claims. */
  readonly addresses: readonly HeldAddress[];
  readonly notes: Notes;
}
