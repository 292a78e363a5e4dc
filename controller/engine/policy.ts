/** What holds the runs of a subject back: a pause, Observe mode, a maintenance window. */
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import { modeOf, pausedBy } from "../core/policy.ts";
import type { Declared } from "./declared.ts";

export function policyOf(declared: Declared, key: OwnerKey, now: number) {
  const tenant = declared.tenant(tenantOf(key));
  return {
    paused: pausedBy(tenant) ?? declared.paused(key),
    mode: (system: string) => modeOf(tenant, declared.system(system), system, now),
  };
}
