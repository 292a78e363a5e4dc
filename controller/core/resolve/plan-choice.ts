/** The plan of a subscriber: by name or alias, else by the older speed field. */
import type { Subscriber } from "../../api/types.generated.ts";
import { type Catalog, namespaceOf } from "../catalog.ts";
import type { RevisedPlan } from "../revisions.ts";
import { parseSpeed } from "./speed.ts";

/** What cannot be decided is said in words that a person can act on. */
export type PlanChoice =
  | { readonly plan: RevisedPlan }
  | { readonly plan: undefined; readonly reason: string; readonly problem: string };

/** As it counts for this subscriber, which an edit may not have reached. */
export function planOf(catalog: Catalog, subscriber: Subscriber): PlanChoice {
  const namespace = namespaceOf(subscriber);
  const { planRef, bandwidth_mbps: mbps } = subscriber.spec;
  if (planRef) {
    const plan = catalog.plan(namespace, planRef.name);
    return plan
      ? { plan: catalog.planFor(plan, subscriber) }
      : unknown(`plan ${planRef.name} does not exist in ${namespace}${known(catalog, namespace)}`);
  }
  if (mbps === undefined) return unknown("no plan is named; set planRef");
  const fitting = catalog.plans(namespace).filter((p) => parseSpeed(p.spec.speed.down) === mbps * 1000);
  const [plan] = fitting;
  if (plan && fitting.length === 1) return { plan: catalog.planFor(plan, subscriber) };
  const names = fitting.map((p) => p.metadata.name).join(", ");
  return unknown(
    plan ? `several plans have ${mbps} Mbit/s (${names}); set planRef` : `no plan has ${mbps} Mbit/s; set planRef`,
    plan ? "PlanAmbiguous" : "PlanUnknown",
  );
}
const unknown = (problem: string, reason = "PlanUnknown"): PlanChoice => ({ plan: undefined, reason, problem });

function known(catalog: Catalog, namespace: string): string {
  const names = catalog.plans(namespace).map((p) => p.metadata.name);
  return names.length === 0 ? "; declare it" : `; declare it, or name one of ${names.slice(0, 8).join(", ")}`;
}
