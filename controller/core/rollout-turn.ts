/** What one look at an edited plan has done, in words for the audit and the log. Pure. */
import { type Progress, releasedOf } from "./rollout.ts";

export interface RolloutTurn {
  readonly action: "release" | "stop" | "finish";
  readonly revision: number;
  /** Of those whom the plan served when it was edited; with nothing before it, none. */
  readonly before: string;
  readonly after: string;
}

/** undefined: nothing that anybody waits for. An edit that reaches everybody at once goes by no steps. */
export function turnOf(before: Progress, after: Progress): RolloutTurn | undefined {
  const action = actionOf(before, after);
  const isSame = before.rollout.target === after.rollout.target;
  const none = `0 of ${after.rollout.total}`;
  return (
    action && { action, revision: after.rollout.target, before: isSame ? words(before) : none, after: words(after) }
  );
}

function actionOf({ rollout: before }: Progress, { rollout: after }: Progress): RolloutTurn["action"] | undefined {
  const isSame = before.target === after.target;
  if (after.state === "Stopped") return isSame && before.state === "Stopped" ? undefined : "stop";
  if (after.step > (isSame ? before.step : 0)) return "release";
  return after.state === "Done" && before.state !== "Done" ? "finish" : undefined;
}

function words(p: Progress): string {
  const { total, failed } = p.rollout;
  return `${releasedOf(p)} of ${total}${failed === 0 ? "" : `, ${failed} failed`}`;
}
