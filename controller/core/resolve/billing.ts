/** What billing needs to know of a subscriber. */
import type { ServicePlan, Subscriber } from "../../api/types.generated.ts";
import type { ResolvedBilling } from "../resolved.ts";

export function resolveBilling({ spec }: Subscriber, plan: ServicePlan | undefined): ResolvedBilling {
  const { customer, billing, serviceAddress: at } = spec;
  const address = [at?.line, [at?.postalCode, at?.city].filter(Boolean).join(" ")].filter(Boolean).join(", ");
  return {
    account: billing?.account,
    subscriptions: (billing?.subscriptions ?? []).map(({ product, trial }) => ({ product, trial })),
    product: plan?.spec.billing?.product,
    price: plan?.spec.billing?.price,
    suspended: spec.suspension?.billing ?? plan?.spec.suspension.billing ?? "Continue",
    customer: {
      id: customer?.id,
      name: customer?.name,
      email: customer?.email,
      phone: customer?.phone,
      address: address || undefined,
      language: customer?.language,
    },
    surveyPassed: undefined,
  };
}
