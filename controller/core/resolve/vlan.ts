/** VLAN tags per service: profile > older `vlanId` > plan > pool > tenant default. */
import type { NetworkProfileService, ServicePlanService } from "../../api/types.generated.ts";
import type { ResolvedSubscriber, ServiceTags } from "../resolved.ts";
import type { Facts } from "./facts.ts";
import { takeTags } from "./vlan-pool.ts";

export type Tags = ResolvedSubscriber["vlan"];
const INTERNET = "internet";

/** Of every service, internet first; the pairs of all PerSubscriber services are claimed. */
export function resolveServices(facts: Facts): readonly ServiceTags[] {
  const planned = facts.plan?.spec.services ?? [];
  const internet = planned.find((s) => s.name === INTERNET);
  const others = planned.filter((s) => s.name !== INTERNET);
  return [tagsOf(facts, INTERNET, internet), ...others.map((s) => tagsOf(facts, s.name, s))];
}
export const internetTags = ([internet]: readonly ServiceTags[]): Tags => ({
  service: internet?.service,
  inner: internet?.inner,
});

function tagsOf(facts: Facts, name: string, planned: ServicePlanService | undefined): ServiceTags {
  const { profile, tenant } = facts;
  const own = declared(facts, name);
  const [fixed, source] = outerTag(facts, name, own, planned);
  const pool = own?.vlanPool ?? planned?.vlanPool;
  const mode = planned?.vlanMode;
  const shared = mode === "Shared";
  const wantsInner = name === INTERNET ? profile.qinqEnabled : undefined;
  const innerVlan = own?.innerVlan ?? (shared ? planned?.innerVlan : undefined);
  const needsInner = innerVlan === undefined && !shared && wantsInner !== false && (pool !== undefined || wantsInner);
  if ((fixed === undefined && pool !== undefined && !shared) || needsInner) {
    const tags = takeTags(facts, name, pool, { service: fixed, inner: innerVlan });
    return { name, service: tags?.service, inner: tags?.inner, mode, source: fixed === undefined ? "Pool" : source };
  }
  const service = fixed ?? (name === INTERNET ? tenant.spec.defaultVlan : undefined);
  const inner = wantsInner === false ? undefined : innerVlan;
  if (!shared) claimPair(facts, service, inner);
  return { name, service, inner, mode, source };
}

function outerTag(
  { subscriber }: Facts,
  name: string,
  own: Omit<NetworkProfileService, "name"> | undefined,
  planned: ServicePlanService | undefined,
): readonly [tag: number | undefined, source: ServiceTags["source"]] {
  if (own?.serviceVlan !== undefined) return [own.serviceVlan, "NetworkProfile"];
  const older = name === INTERNET ? subscriber.spec.vlanId : undefined;
  if (older !== undefined) return [older, "Subscriber"];
  return planned?.vlan === undefined ? [undefined, "Tenant"] : [planned.vlan, "Plan"];
}
/** The shorthand of the internet service, or the entry of the service by name. */
function declared({ profile }: Facts, name: string): Omit<NetworkProfileService, "name"> | undefined {
  const listed = profile.services?.find((s) => s.name === name);
  if (name !== INTERNET) return listed;
  const { serviceVlan = listed?.serviceVlan, innerVlan = listed?.innerVlan, vlanPool = listed?.vlanPool } = profile;
  return {
    ...(serviceVlan === undefined ? {} : { serviceVlan }),
    ...(innerVlan === undefined ? {} : { innerVlan }),
    ...(vlanPool === undefined ? {} : { vlanPool }),
  };
}

/** Only a pair tells one subscriber from another: a single tag is a VLAN that many of a plan may share. */
function claimPair({ area, notes }: Facts, service: number | undefined, inner: number | undefined): void {
  if (area && service !== undefined && inner !== undefined)
    notes.claim("vlan", vlanDomain(area), `${service}.${inner}`);
}
const vlanDomain = (area: { readonly name: string; readonly vlanDomain?: string }): string =>
  area.vlanDomain ?? area.name;
