/** The parts of a subscriber's status that say what was written for it, so that nobody queries the systems. */
import type {
  AddressesStatus,
  ServicePlan,
  Subscriber,
  SubscriberStatusNetwork,
  SubscriberStatusRadius,
} from "../../api/types.generated.ts";
import { type Change, isOutput, type Output, refKey } from "../model.ts";
import type { Known } from "../plan.ts";
import { MADE_PASSWORD } from "../resolve/account.ts";
import { isFallback } from "../resolve/fallback.ts";
import { networkAround } from "../resolve/pools.ts";
import type { Resolution } from "../resolve/subscriber.ts";
import type { ResolvedSubscriber, ServiceTags } from "../resolved.ts";
import type { AccountState } from "./account.ts";

export type Resolved = Extract<Resolution, { readonly ok: true }>;
export interface Declared {
  readonly subscriber: Subscriber;
  /** The plan that it resolves to. */
  readonly plan: ServicePlan | undefined;
}

/** Values as the account has them, so far as it was seen; the password only by its name. */
export function radiusSection(
  subject: ResolvedSubscriber,
  declared: Declared,
  accounts: readonly Change[],
  state: AccountState | undefined,
  known: Known,
): SubscriberStatusRadius {
  const own = accounts.find((c) => c.ref.key === subject.userName && c.action === "update");
  const different = (field: string) => own?.fields.find((f) => f.field === field);
  const { ipv4, plan, nas, userName } = subject;
  const own4 = ipv4.assignment === "Dynamic" ? known(ipv4.address) : ipv4.assignment === "Static" && ipv4.address;
  const address = different("address")?.before ?? own4;
  // The group is the plan: another group there has a speed that is not known here.
  const group = different("group") ? {} : { plan: plan.name, ...speedOf(subject) };
  return {
    username: userName,
    ...group,
    ...(address && { staticAddress: String(address) }),
    ...(nas.length > 0 && { nas }),
    ...(state && { state }),
    ...(subject.password && { passwordRef: passwordRef(declared.subscriber) }),
  };
}
/** A plan that is lost has no speed; nought would be a lie. */
const speedOf = ({ plan: { speed } }: ResolvedSubscriber) =>
  speed.downKbps > 0 && { downKbps: speed.downKbps, upKbps: speed.upKbps };

function passwordRef({ spec }: Subscriber): NonNullable<SubscriberStatusRadius["passwordRef"]> {
  const ref = spec.radius.passwordSecretRef;
  return ref ? { source: "Secret", name: ref.name, key: ref.key } : { source: "Generated", name: MADE_PASSWORD };
}

/** As they were given; the claims that make them the subscriber's own must not have been refused. */
export function addressesSection(
  { subject, profile }: Resolved,
  known: Known,
  changes: readonly Change[],
): AddressesStatus {
  const { routes } = subject;
  const value = (v: string | Output | undefined) => (isOutput(v) ? known(v) : v);
  const ipv4 = subject.ipv4.assignment === "Static" || subject.ipv4.assignment === "Dynamic" ? subject.ipv4 : undefined;
  const values = {
    ipv4: value(ipv4?.address),
    ipv6: value(subject.ipv6.address),
    wanPrefix: value(subject.ipv6.wanPrefix),
    delegatedPrefix: value(subject.ipv6.delegatedPrefix),
    pool: subject.ipv4.assignment === "Pool" ? subject.ipv4.pool : subject.ipv6.delegatedPool,
    dnsName: profile.profile.dnsName,
  };
  const fallback = subject.allocations.some(
    (a) => a.slot === "ipv4" && isFallback(a.fallback?.prefix, String(values.ipv4)),
  );
  return {
    source: fallback ? "Fallback" : subject.addressSource,
    ...Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined)),
    ...(values.ipv4 && ipv4?.pool && networkAround(ipv4.pool, String(values.ipv4))),
    ...(routes.length > 0 && { routes }),
    ...netboxIds(subject, changes),
  };
}
/** Of what was seen there, by slot; several routes are told apart by their network. */
function netboxIds(
  { allocations }: ResolvedSubscriber,
  changes: readonly Change[],
): Pick<AddressesStatus, "netboxIds"> {
  const ids = new Map(changes.map((c) => [refKey(c.ref), Number(c.id)]));
  const found = allocations.flatMap(({ slot, ref, value }) => {
    const id = ids.get(refKey(ref));
    return id ? [[slot === "route" ? `route ${value}` : slot, id] as const] : [];
  });
  return found.length > 0 ? { netboxIds: Object.fromEntries(found) } : {};
}

type Ipv6State = NonNullable<SubscriberStatusNetwork["ipv6State"]>;
export function networkSection(
  { subject, profile }: Resolved,
  declared: Declared,
  ipv6: Ipv6State,
): SubscriberStatusNetwork {
  const { vlan, option82, state } = subject;
  const tags = [vlan.service, vlan.inner].filter((t) => t !== undefined);
  const tagged = subject.services.filter((t) => t.service !== undefined).map(serviceStatus);
  const ended = profile.profile.ipv6AssignmentMode ?? declared.plan?.spec.ipv6AssignmentMode ?? "None";
  const ipv6Mode = state === "Terminated" ? ended : subject.ipv6.mode;
  return {
    ...(tags.length > 0 && { vlan: tags.join(".") }),
    ...(tagged.length > 0 && { services: tagged }),
    ...(option82.circuitId !== undefined && { circuitId: option82.circuitId }),
    ipv6Mode,
    ...(ipv6Mode !== "None" && { ipv6State: ipv6 }),
    option82: {
      policy: option82.policy,
      // No login is read yet: that nothing is known must never look like a match.
      ...(option82.policy !== "Ignore" && { state: "Unknown" as const }),
    },
  };
}

type Service = NonNullable<SubscriberStatusNetwork["services"]>[number];
const serviceStatus = ({ name, service, inner, mode, source }: ServiceTags): Service => ({
  name,
  ...(service !== undefined && { serviceVlan: service }),
  ...(inner !== undefined && { innerVlan: inner }),
  ...(mode && { mode }),
  source,
});
