/** Pure: what billing should hold for a subscriber. No clock: dates are the billing server's own. */
import { type Desired, type Output, output, type Ref, type Spec, type Value } from "../../controller/core/model.ts";
import type {
  ResolvedBilling,
  ResolvedSubject,
  ResolvedSubscriber,
  Subscription,
} from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { fault } from "../errors.ts";
import { IN_STEP, type Kind } from "./fields.ts";
import { addonSlot, keyFor, PLAN_SLOT } from "./keys.ts";

/** @throws Fault `BadValue` for what no billing server can hold */
export function desired(subject: ResolvedSubject, endpoint: string): readonly Desired[] {
  if (subject.scope !== "subscriber" || subject.state === "Terminated") return [];
  const { account } = subject.billing;
  if (account === undefined) return [];
  const { tenant } = subject.owner;
  const ref = (resource: Kind, rest?: string): Ref => ({
    system: endpoint,
    resource,
    key: keyFor(tenant, subject.number, rest),
  });
  const customer = ref("customer", account);
  const service = ref("service");
  return [
    { ref: customer, spec: customerSpec(subject) },
    { ref: service, spec: { account: output(customer, "account", account), ...serviceSpec(subject) } },
    ...subscriptions(subject).map(({ slot, ...spec }) => ({
      ref: ref("subscription", slot),
      spec: { service: output(service, "key", service.key), state: IN_STEP, ...spec },
      ...(isLost(subject) && { left: true as const }),
    })),
    activation(subject, ref("activation"), service),
  ];
}

function customerSpec({ billing: { customer: c } }: ResolvedSubscriber): Spec {
  return {
    customerId: text("the customer's id", c.id),
    name: personal("the customer's name", c.name),
    email: personal("the customer's e-mail address", c.email),
    phone: personal("the customer's phone number", c.phone),
    address: personal("the customer's address", c.address),
    language: text("the customer's language", c.language),
  };
}

function serviceSpec(s: ResolvedSubscriber): Spec {
  const { vlan, ipv4, ipv6, devices } = s;
  return {
    plan: s.plan.name,
    networkProfileId: s.profileName,
    serviceVlan: vlan.service ?? null,
    innerVlan: vlan.inner ?? null,
    qinqEnabled: vlan.service !== undefined && vlan.inner !== undefined,
    ipv6AssignmentMode: ipv6.mode,
    ipv4: "address" in ipv4 ? whenKnown(ipv4.address) : null,
    ipv6: whenKnown(ipv6.address),
    ipv6Prefix: whenKnown(ipv6.delegatedPrefix ?? ipv6.wanPrefix),
    addressSource: s.addressSource === "None" ? null : s.addressSource,
    onuId: text("the ONU's serial", devices.onu),
    cpeId: text("the CPE's serial", devices.cpe),
    userName: text("the user name", s.userName),
    allocationMethod: ipv4.assignment,
    activationNotes: null,
  };
}

/** A service is registered while its addresses are still to come; they are written as soon as they are known. */
const whenKnown = (v: string | Output | undefined): Value | Output =>
  typeof v === "object" ? { ...v, optional: true } : (v ?? null);

/** The plan's product unless subscriptions are declared: then exactly those, the plan's own with the plan's price. */
function subscriptions(s: ResolvedSubscriber): readonly ({ readonly slot: string } & Spec)[] {
  const { product, price, subscriptions: declared } = s.billing;
  // Which of the declared ones is the plan's is not known without it, so each keeps the slot that it has.
  if (isLost(s)) return [{ slot: PLAN_SLOT }, ...declared.map(addon)];
  const wanted = declared.length === 0 && product !== undefined ? [{ product, trial: false }] : declared;
  return wanted.map((w) => (w.product === product ? { ...addon(w), ...priced(price), slot: PLAN_SLOT } : addon(w)));
}
/** A plan that is lost holds no suspension up, ends nobody's subscription and makes none. */
const isLost = ({ plan }: ResolvedSubscriber): boolean => plan.speed.downKbps === 0;
const addon = ({ product, trial }: Subscription) => ({
  slot: addonSlot(product),
  product,
  trial,
  ...priced(undefined),
});
const priced = (price: ResolvedBilling["price"]) => ({
  amount: price?.amount ?? null,
  currency: price?.currency ?? null,
  period: price?.period ?? null,
});

/** Starts the bill, once everything else of the subscriber is in place. Suspending waits for nobody. */
function activation({ state, billing }: ResolvedSubscriber, ref: Ref, service: Ref): Desired {
  const spec = { service: output(service, "key", service.key), charges: null };
  const left: Output = { ...output(service, "charges as they are"), optional: true };
  if (state === "Suspended") return { ref, spec: { ...spec, state: "SUSPENDED", charges: billing.suspended ?? left } };
  if (billing.surveyPassed === false) return { ref, spec: { ...spec, state: "PENDING" } };
  return { ref, spec: { ...spec, state: "ACTIVE" }, last: true };
}

const personal = (what: string, value: string | undefined): Value =>
  value === undefined ? null : new Sensitive(checked(what, value));
const text = (what: string, value: string | undefined): Value => (value === undefined ? null : checked(what, value));
/** PostgreSQL's text takes every character but this one. */
function checked(what: string, value: string): string {
  if (value.includes("\0")) throw fault("BadValue", `${what} holds a character that cannot be stored`);
  return value;
}
