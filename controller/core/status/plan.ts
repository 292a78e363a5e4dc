/** The status of a service plan. Pure. */
import type { ServicePlanStatus } from "../../api/types.generated.ts";
import { causesOf, type StatusInput } from "./causes.ts";
import { inSync, perSystem, progress, remarks } from "./common.ts";
import { stamped } from "./conditions.ts";

export interface PlanStatusInput extends StatusInput<ServicePlanStatus> {
  /** How many subscribers name it. */
  readonly subscribers: number;
}

export function planStatus(input: PlanStatusInput): ServicePlanStatus {
  const causes = causesOf(input);
  const drafts = [
    ...progress(causes, input.report !== undefined, "Converged"),
    inSync(input, causes),
    ...perSystem(input, causes),
    ...remarks(input),
  ];
  return { ...stamped(drafts, input), subscribers: input.subscribers };
}
