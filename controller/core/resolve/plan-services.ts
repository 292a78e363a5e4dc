/** The services of a plan as the access network carries them. */
import type { ServicePlan, ServicePlanService } from "../../api/types.generated.ts";
import type { PlanService, Speed } from "../resolved.ts";
import { planSpeed } from "./speed.ts";

/** No tag at the customer's; ITU-T and Broadband Forum (TR-352) number technology profiles from 64. */
const UNTAGGED = 4096;
const FIRST_PROFILE = 64;
export const DEFAULT_SERVICE: Omit<PlanService, "name"> = {
  speed: { downKbps: 0, upKbps: 0 },
  uniTag: UNTAGGED,
  technologyProfileId: FIRST_PROFILE,
  pbit: 0,
  keepWhenSuspended: false,
  multicast: false,
};

/** A plan that names no services has one: internet. */
export function planServices({ spec }: ServicePlan): readonly PlanService[] {
  const whole = planSpeed(spec.speed);
  const named = spec.services.map((s) => serviceOf(s, whole));
  return named.some((s) => s.name === "internet")
    ? named
    : [{ ...DEFAULT_SERVICE, name: "internet", speed: whole }, ...named];
}

const serviceOf = (s: ServicePlanService, whole: Speed): PlanService => ({
  name: s.name,
  speed: s.speed ? planSpeed(s.speed) : whole,
  uniTag: s.uniTag ?? UNTAGGED,
  technologyProfileId: s.technologyProfileId,
  pbit: s.pbit,
  keepWhenSuspended: s.keepWhenSuspended,
  multicast: s.multicast,
});
