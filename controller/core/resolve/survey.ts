/** The site survey of a subscriber: which one counts, and whom it keeps from being provisioned. */
import type { SiteSurvey, Subscriber, Tenant } from "../../api/types.generated.ts";
import { type Catalog, namespaceOf } from "../catalog.ts";
import type { Notes } from "./findings.ts";

/** Of those that are completed the newest: a place changes, and so does what can be built there. */
export function completedSurvey(catalog: Catalog, subscriber: Subscriber): SiteSurvey | undefined {
  const all = catalog.surveys(namespaceOf(subscriber), subscriber.metadata.name).filter(isCompleted);
  return all.reduce<SiteSurvey | undefined>((best, s) => (best && atOf(best) > atOf(s) ? best : s), undefined);
}
const isCompleted = ({ spec }: SiteSurvey): boolean => spec.state === "Completed";
const atOf = ({ spec }: SiteSurvey): number => Date.parse(spec.completedAt ?? "") || 0;
export const isServiceable = (survey: SiteSurvey | undefined): boolean => survey?.spec.serviceability === "Serviceable";

/** @param isServed an account of it is in service: who is served already is not surveyed out of it. */
export function gateBySurvey(
  survey: SiteSurvey | undefined,
  { spec: { policies } }: Tenant,
  isServed: boolean,
  notes: Notes,
): void {
  if (!policies.requireSurvey || isServiceable(survey)) return;
  if (!isServed) hold(survey, notes);
  else if (survey) notes.warn("ServedDespiteSurvey", `${told(survey)}; who is served already stays so`);
}
function hold(survey: SiteSurvey | undefined, notes: Notes): void {
  if (!survey) notes.block("AwaitingSurvey", NONE);
  else if (survey.spec.serviceability === "PendingExpansion")
    notes.block("PendingExpansion", `${told(survey)}; survey again when the network reaches it`);
  else if (survey.spec.serviceability === "RequiresConstruction")
    notes.block("RequiresConstruction", `${told(survey)}; survey again when it is built`);
  else notes.block("NotServiceable", `${told(survey)}; survey again, or terminate the order`);
}
const NONE = "no SiteSurvey of this subscriber is Completed; it goes on when one is, and is Serviceable";
const told = ({ metadata, spec }: SiteSurvey): string => `SiteSurvey ${metadata.name} says ${spec.serviceability}`;
