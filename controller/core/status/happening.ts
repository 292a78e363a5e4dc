/** Which turns of a status people are told of when they happen: what was shown before, and what is shown now. Pure. */
import type { Condition } from "../../api/types.generated.ts";
import type { Conditioned, Draft } from "./conditions.ts";
import { reasonOf } from "./reasons.ts";

/** Short, because there are some for each object that is watched. */
export interface Landmarks {
  readonly ready: string | undefined;
  /** Of a subscriber's life. */
  readonly phase: string | undefined;
  /** Of an edit that reaches a plan's subscribers. */
  readonly step: string | undefined;
}
export interface Happening extends Pick<Draft, "reason" | "message"> {
  readonly type: "Normal" | "Warning";
}
interface Shown extends Conditioned {
  readonly phase?: string;
  readonly rollout?: { readonly revision?: number; readonly state?: string; readonly released?: number };
}

export function landmarksOf(status: object): Landmarks {
  const { phase, rollout } = status as Shown;
  const ready = condition(status, "Ready");
  return {
    ready: ready && `${ready.status} ${ready.reason}`,
    phase,
    step: rollout && `${rollout.revision} ${rollout.state} ${rollout.released}`,
  };
}

/** Each reason once: where a plan is not Ready because of a step, the step says so. */
export function happeningsOf(before: Landmarks, status: object): readonly Happening[] {
  const now = landmarksOf(status);
  const turn =
    before.phase !== undefined && now.phase !== undefined && now.phase !== before.phase
      ? {
          type: now.phase === "Degraded" ? WARNING : NORMAL,
          reason: now.phase,
          message: `${before.phase} → ${now.phase}`,
        }
      : undefined;
  const step = now.step === before.step ? undefined : told(condition(status, "RolledOut"));
  const ready = now.ready === before.ready ? undefined : told(condition(status, "Ready"));
  // What Ready says is why the phase is another one: one event tells both.
  const both = ready && turn ? { ...ready, message: `${turn.message}; ${ready.message}` } : (ready ?? turn);
  return [...(step ? [step] : []), ...(both && both.reason !== step?.reason ? [both] : [])];
}
const [NORMAL, WARNING] = ["Normal", "Warning"] as const;

function told(c: Condition | undefined): Happening | undefined {
  if (!c) return undefined;
  const isWork = reasonOf(c.reason).group === "work";
  return { type: c.status === "False" && !isWork ? WARNING : NORMAL, reason: c.reason, message: c.message };
}
const condition = (status: object, type: string): Condition | undefined =>
  (status as Conditioned).conditions?.find((c) => c.type === type);
