/** Pure: the word of whoever runs the cluster, which is stricter than what is declared in git and outlives its sync. */
import type { LastmileObject, Subscriber } from "../api/types.generated.ts";

/** Its value is the reason, in any words. */
export const SUSPEND = "lastmile.dev/suspend";
type Suspension = NonNullable<Subscriber["spec"]["suspension"]>;

/** As it counts: a subscriber with the annotation is suspended, whatever its spec says; one that is terminated stays so. */
export function inForce(object: LastmileObject): LastmileObject {
  const reason = object.metadata.annotations?.[SUSPEND];
  if (object.kind !== "Subscriber" || reason === undefined || reason === "false") return object;
  const { spec } = object;
  if (spec.serviceState === "Terminated") return object;
  const { resumeAt: _, ...declared } = spec.suspension ?? {};
  const suspension: Suspension = { ...declared, reason: wordsOf(reason), mode: "Reject" };
  return { ...object, spec: { ...spec, serviceState: "Suspended", suspension } };
}
/** It is shown to people and decides nothing, so it need not be one of the list. */
const wordsOf = (text: string): Suspension["reason"] =>
  (text.trim() === "" ? "no reason given" : text.trim()) as Suspension["reason"];
/** In force, which the annotation makes stricter. */
export const stateOf = (subscriber: Subscriber): Subscriber["spec"]["serviceState"] =>
  (inForce(subscriber) as Subscriber).spec.serviceState;
