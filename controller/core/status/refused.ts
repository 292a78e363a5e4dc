/** The status of what is only declared: accepted, or refused with everything that is wrong. Pure. */
import { type Conditioned, type Draft, plain, type Stamp, stamped } from "./conditions.ts";

export interface Refusal {
  /** Field path; empty: the object as a whole. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}
type Stamped = ReturnType<typeof stamped>;
const SHOWN = 8;

/** Ready tells of the refusal; what was said of the declaration that stands is kept beside it. */
export function refusedStatus(refusals: readonly Refusal[], stamp: Stamp, standing: Conditioned): Stamped {
  const more = refusals.length > SHOWN ? ["and others"] : [];
  const own = stopped([...refusals.slice(0, SHOWN).map(words), ...more].join("; "), stamp);
  const others = (standing.conditions ?? []).filter((c) => !own.conditions.some((o) => o.type === c.type));
  return { ...standing, ...own, conditions: [...own.conditions, ...others] };
}
/** Of kinds that have nothing of their own in a system. */
export const acceptedStatus = (stamp: Stamp): Stamped =>
  stamped(
    [plain("Ready", "True", "Accepted"), plain("Reconciling", "False", "Idle"), plain("Stalled", "False", "Idle")],
    stamp,
  );

function stopped(message: string, stamp: Stamp) {
  const draft = (type: string, status: "True" | "False"): Draft => ({ type, status, reason: "Refused", message });
  return stamped(
    [draft("Ready", "False"), plain("Reconciling", "False", "AwaitingPerson"), draft("Stalled", "True")],
    stamp,
  );
}
const words = ({ path, message, remedy }: Refusal): string =>
  `${path === "" ? "" : `${path}: `}${message}${remedy === "" ? "" : ` (${remedy})`}`;
