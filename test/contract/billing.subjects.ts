/** Subscribers of a small provider, as resolution hands them to billing. */
import type { ResolvedBilling, ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { subscriber } from "./radius.subjects.ts";

export const owner = (n: number) => subscriber(n).owner;
/** Personal data: nothing that outlives its erasure may show it. */
export const CUSTOMER = (n: number) => ({
  id: `c-${n}`,
  name: `John Doe ${n}`,
  email: `john-${n}@example.com`,
  phone: `+49 30 ${n}`,
  address: `123 Main St ${n}`,
  language: "en",
});

export const billing = (n: number, more: Partial<ResolvedBilling> = {}): ResolvedBilling => ({
  account: `ACC-${n}`,
  subscriptions: [{ product: "res-100", trial: true }],
  product: "res-100",
  price: { amount: "29.90", currency: "EUR", period: "Monthly" },
  suspended: "Pause",
  customer: CUSTOMER(n),
  surveyPassed: undefined,
  facts: [],
  ...more,
});

/** `edited`: of each of its objects at least one field is another, and one is gone. */
export function billed(n: number, edited = false): ResolvedSubscriber {
  const base = subscriber(n, { state: "Suspended", billing: billing(n), devices: { onu: "ALCL12345678", cpe: "X1" } });
  if (!edited) return base;
  return {
    ...base,
    state: "Active",
    plan: { ...base.plan, name: "fiber-1g" },
    vlan: { service: 200, inner: undefined },
    ipv4: { assignment: "Pool", pool: "cgnat" },
    devices: { onu: "ALCL12345678", cpe: undefined },
    billing: billing(n, {
      subscriptions: [{ product: "fiber-1g", trial: true }],
      product: "fiber-1g",
      price: undefined,
      customer: { ...CUSTOMER(n), name: `Jane Doe ${n}`, phone: undefined },
    }),
  };
}
