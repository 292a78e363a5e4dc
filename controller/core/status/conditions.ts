/** Conditions in the form of metav1.Condition. */
import type { Condition } from "../../api/types.generated.ts";
import { shortened } from "../text.ts";
import { rfc3339 } from "../time.ts";
import { REASONS, type ReasonCode } from "./reasons.ts";

export type Verdict = Condition["status"];
export interface Draft {
  readonly type: string;
  readonly status: Verdict;
  readonly reason: string;
  readonly message: string;
}
/** A status of this kind of object, as far as conditions go. */
export interface Conditioned {
  readonly conditions?: readonly Condition[];
  readonly observedGeneration?: number;
}
export interface Stamp {
  readonly generation: number | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly previous: Conditioned | undefined;
}

/** Far below the schema's limit, so that a status of a subject with many objects stays readable. */
const LONGEST = 2000;

/** The text of the table, for states that need no more words. */
export const plain = (type: string, status: Verdict, reason: ReasonCode): Draft => ({
  type,
  status,
  reason,
  message: REASONS[reason].means,
});

/** `lastTransitionTime` moves only when `status` does; all else follows from the drafts. */
export function stamped(
  drafts: readonly Draft[],
  { generation, now, previous }: Stamp,
): Required<Pick<Conditioned, "conditions">> & Conditioned {
  const time = rfc3339(now);
  const seen = generation === undefined ? {} : { observedGeneration: generation };
  const conditions = drafts.map((d): Condition => {
    const before = previous?.conditions?.find((c) => c.type === d.type);
    const lastTransitionTime = before?.status === d.status ? before.lastTransitionTime : time;
    return { ...d, message: shortened(d.message, LONGEST), ...seen, lastTransitionTime };
  });
  return { conditions, ...seen };
}

/** A status tells of the declaration that it was made for: of any other, that nobody has looked yet. */
export function observedAt<S extends Conditioned>(status: S, generation: number | undefined): S {
  const { conditions = [], observedGeneration: seen } = status;
  if (generation === undefined ? seen === undefined : (seen ?? 0) >= generation) return status;
  return { ...status, conditions: conditions.map((c) => (c.type === "Ready" ? { ...c, ...NOT_YET } : c)) };
}
export const NOT_YET = { status: "Unknown", reason: "NotObserved", message: "not looked at yet" } as const;

export { rfc3339 } from "../time.ts";
