/** VLAN tags per service: profile > older `vlanId` > plan > pool > tenant default. */
import type { NetworkProfileService, ServicePlanService } from "../../api/types.generated.ts";
import type { ResolvedSubscriber } from "../resolved.ts";
import type { Facts } from "./facts.ts";

export type Tags = ResolvedSubscriber["vlan"];
const INTERNET = "internet";
const UNTAGGED: Tags = { service: undefined, inner: undefined };

/** Tags of the internet service; the pairs of all PerSubscriber services are claimed. */
export function resolveVlans(facts: Facts): Tags {
  const planned = facts.plan?.spec.services ?? [];
  const internet = planned.find((s) => s.name === INTERNET);
  const tags = tagsOf(facts, INTERNET, internet);
  for (const service of planned) if (service.name !== INTERNET) tagsOf(facts, service.name, service);
  return tags;
}

function tagsOf(facts: Facts, name: string, planned: ServicePlanService | undefined): Tags {
  const { profile, subscriber, tenant, notes } = facts;
  const own = declared(facts, name);
  const older = name === INTERNET ? subscriber.spec.vlanId : undefined;
  const fixed = own?.serviceVlan ?? older ?? planned?.vlan;
  const pool = own?.vlanPool ?? planned?.vlanPool;
  const shared = planned?.vlanMode === "Shared";
  const wantsInner = name === INTERNET ? profile.qinqEnabled : undefined;
  const needsInner =
    own?.innerVlan === undefined && !shared && wantsInner !== false && (pool !== undefined || wantsInner);
  if ((fixed === undefined && pool !== undefined) || needsInner) {
    notes.block(
      "AllocationUnavailable",
      `service ${name} takes VLAN tags from ${pool ? `pool ${pool}` : "a pool"}, which cannot be done yet; set serviceVlan and innerVlan in the profile`,
    );
    return UNTAGGED;
  }
  const service = fixed ?? (name === INTERNET ? tenant.spec.defaultVlan : undefined);
  const inner = wantsInner === false ? undefined : own?.innerVlan;
  if (!shared) claimPair(facts, service, inner);
  return { service, inner };
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
