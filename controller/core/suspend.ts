/** Pure: a declared object as it counts at a moment: time changes it, and the word of whoever runs the cluster. */
import type { LastmileObject, Subscriber } from "../api/types.generated.ts";
import { specAt } from "./schedule.ts";

/** Its value is the reason, in any words. Stricter than what is declared in git, it outlives its sync, and time. */
export const SUSPEND = "lastmile.dev/suspend";
type Suspension = NonNullable<Subscriber["spec"]["suspension"]>;

/** A subscriber with the annotation is suspended, whatever its spec says; one that is terminated stays so. */
export function inForce(object: LastmileObject, now: number): LastmileObject {
  if (object.kind !== "Subscriber") return object;
  const spec = specAt(object.spec, now);
  const reason = object.metadata.annotations?.[SUSPEND];
  if (reason === undefined || reason === "false" || spec.serviceState === "Terminated")
    return spec === object.spec ? object : { ...object, spec };
  const { resumeAt: _, ...declared } = spec.suspension ?? {};
  const suspension: Suspension = { ...declared, reason: wordsOf(reason), mode: "Reject" };
  return { ...object, spec: { ...spec, serviceState: "Suspended", suspension } };
}
/** It is shown to people and decides nothing, so it need not be one of the list. */
const wordsOf = (text: string): Suspension["reason"] =>
  (text.trim() === "" ? "no reason given" : text.trim()) as Suspension["reason"];
/** In force, which time and the annotation change. */
export const stateOf = (subscriber: Subscriber, now: number): Subscriber["spec"]["serviceState"] =>
  (inForce(subscriber, now) as Subscriber).spec.serviceState;
