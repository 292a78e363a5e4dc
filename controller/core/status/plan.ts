/** The status of a service plan. Pure. */
import type { ServicePlanStatus, ServicePlanStatusRollout } from "../../api/types.generated.ts";
import { type Progress, releasedOf } from "../rollout.ts";
import { type Cause, causesOf, type StatusInput } from "./causes.ts";
import { inSync, perSystem, progress, remarks } from "./common.ts";
import { type Draft, plain, rfc3339, stamped } from "./conditions.ts";
import { REASONS } from "./reasons.ts";

export interface PlanStatusInput extends StatusInput<ServicePlanStatus> {
  /** How many subscribers name it. */
  readonly subscribers: number;
  /** How far its last edit has come; undefined: nothing is kept of it. */
  readonly rollout: Progress | undefined;
}

export function planStatus(input: PlanStatusInput): ServicePlanStatus {
  const causes = causesOf(input);
  const rollout = input.rollout && sectionOf(input.rollout);
  const drafts = [
    ...progress(withRollout(causes, rollout), input.report !== undefined, "Converged"),
    inSync(input, causes),
    ...perSystem(input, causes),
    ...(rollout ? [rolledOut(rollout)] : []),
    ...remarks(input),
  ];
  return { ...stamped(drafts, input), ...(rollout && { rollout }), subscribers: input.subscribers };
}

/** Of an edit that went by steps. */
function sectionOf(p: Progress): ServicePlanStatusRollout | undefined {
  const { state, target: revision, total, failed, nextAt } = p.rollout;
  if (total === 0) return undefined;
  return {
    state,
    revision,
    released: releasedOf(p),
    total,
    failed,
    ...(nextAt !== undefined && { nextAt: rfc3339(nextAt) }),
  };
}

/** What a person must see to comes before everything else, what goes on by itself behind it. */
function withRollout(causes: readonly Cause[], rollout: ServicePlanStatusRollout | undefined): readonly Cause[] {
  if (!rollout || rollout.state === "Done") return causes;
  const cause = { system: undefined, ...words(rollout) };
  return rollout.state === "Stopped" ? [cause, ...causes] : [...causes, cause];
}
function rolledOut(rollout: ServicePlanStatusRollout): Draft {
  if (rollout.state === "Done") return plain("RolledOut", "True", "RolledOut");
  return { type: "RolledOut", status: "False", ...words(rollout) };
}
function words({ state, revision, released, total, failed }: ServicePlanStatusRollout) {
  const failures = failed === 0 ? "" : `, ${failed} failed`;
  const message = `${released} of ${total} subscribers were released to revision ${revision}${failures}`;
  if (state !== "Stopped") return { reason: "RollingOut", message } as const;
  return { reason: "RolloutStopped", message: `${message}; ${REASONS.RolloutStopped.remedy}` } as const;
}
