/** What billing needs to know of a subscriber, and what must be observed before a bill starts. */
import type { ServicePlan, SiteSurvey, Subscriber, Tenant } from "../../api/types.generated.ts";
import type { ActivationFact, RequiredFact, ResolvedBilling } from "../resolved.ts";
import { customerName } from "./older.ts";
import { isServiceable } from "./survey.ts";

export function resolveBilling(
  { spec }: Subscriber,
  plan: ServicePlan | undefined,
  passed: boolean | undefined,
  facts: readonly RequiredFact[],
): ResolvedBilling {
  const { customer, billing, serviceAddress: at } = spec;
  const address = [at?.line, [at?.postalCode, at?.city].filter(Boolean).join(" ")].filter(Boolean).join(", ");
  return {
    account: billing?.account,
    subscriptions: (billing?.subscriptions ?? []).map(({ product, trial }) => ({ product, trial })),
    product: plan?.spec.billing?.product,
    price: plan?.spec.billing?.price,
    suspended: spec.suspension?.billing ?? plan?.spec.suspension.billing,
    customer: {
      id: customer?.id,
      name: customer && customerName(customer),
      email: customer?.email,
      phone: customer?.phone,
      address: address || undefined,
      language: customer?.language,
    },
    surveyPassed: passed,
    facts,
  };
}

/** Which kind of system can observe a fact; a survey is declared, so nothing has to be bound for it. */
const OBSERVED_BY = {
  RADIUSReady: ["radius", "RADIUS"],
  ONUActive: ["voltha", "VOLTHA"],
  CPEOnline: ["genieacs", "GenieACS"],
  InstallationCompleted: ["tickets", "ticket system"],
} as const satisfies Readonly<Record<Exclude<ActivationFact, "SurveyPassed">, readonly [string, string]>>;

/** In the order in which the policy names them. */
export function requiredFacts({ spec: { policies, systems } }: Tenant): readonly RequiredFact[] {
  const named: readonly ActivationFact[] = policies.activation.require;
  const surveyed = policies.requireSurvey && !named.includes("SurveyPassed");
  return [...(surveyed ? (["SurveyPassed"] as const) : []), ...named].map((fact): RequiredFact => {
    if (fact === "SurveyPassed") return { fact, required: true, reason: "a SiteSurvey says so" };
    const [field, type] = OBSERVED_BY[fact];
    const bound = (systems[field] ?? []).map((b) => b.name);
    return bound.length > 0
      ? { fact, required: true, reason: `${bound.join(", ")} shows it` }
      : { fact, required: false, reason: `the tenant binds no ${type}` };
  });
}

/** Undefined: no survey is required. */
export function surveyPassed(survey: SiteSurvey | undefined, tenant: Tenant): boolean | undefined {
  return requiredFacts(tenant).some((f) => f.fact === "SurveyPassed") ? isServiceable(survey) : undefined;
}
