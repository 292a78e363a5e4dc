/** What a person asks of the bill: whose account, what is charged, since when, and what it still waits for. */
import type { SubscriberStatusBilling } from "../../api/types.generated.ts";
import { type Change, type Output, refKey } from "../model.ts";
import type { Known } from "../plan.ts";
import type { ResolvedSubscriber } from "../resolved.ts";

/** undefined: nothing is billed. */
export function billingSection(
  { billing }: ResolvedSubscriber,
  changes: readonly Change[],
  systems: ReadonlyMap<string, string>,
  known: Known,
): SubscriberStatusBilling | undefined {
  const own = changes.filter((c) => systems.get(c.ref.system) === "Billing");
  if (own.length === 0 || billing.account === undefined) return undefined;
  const of = (resource: string) => own.filter((c) => c.ref.resource === resource);
  const text = (c: Change | undefined, path: string): string | undefined => {
    const asked: Output | undefined = c && { $output: refKey(c.ref), path };
    const value = asked && known(asked);
    return value === undefined ? undefined : String(value);
  };
  const [[service], [activation]] = [of("service"), of("activation")];
  const activatedAt = text(activation, "activatedAt");
  const subscriptions = of("subscription").flatMap((c) => {
    const [product, state] = [text(c, "product"), text(c, "state")];
    return product === undefined ? [] : [{ product, ...(c.id && { id: c.id }), ...(state && { state }) }];
  });
  return {
    account: billing.account,
    ...(service?.id && { serviceId: service.id }),
    ...(subscriptions.length > 0 && { subscriptions }),
    ...(activatedAt && { activatedAt }),
    billingStarted: activatedAt !== undefined,
    facts: billing.facts.map(({ fact, required, reason }) => ({ fact, required, reason })),
  };
}
