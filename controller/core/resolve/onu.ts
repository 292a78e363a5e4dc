/** The ONU of a subscriber and what runs on its ports. */
import type { SubscriberSpec } from "../../api/types.generated.ts";
import type { PlanService, ResolvedOnu, ServiceTags, UniService } from "../resolved.ts";
import type { Facts } from "./facts.ts";
import { DEFAULT_SERVICE, planServices } from "./plan-services.ts";
import { onuSerial } from "./serial.ts";

/** Undefined: none is declared, or no VOLTHA of the tenant could be told. */
export function resolveOnu(facts: Facts, tags: readonly ServiceTags[]): ResolvedOnu | undefined {
  const { subscriber, tenant } = facts;
  const { onu } = subscriber.spec;
  if (!onu || (tenant.spec.systems.voltha ?? []).length === 0) return undefined;
  const known = servicesOf(facts, tags);
  return {
    olt: onu.olt,
    serial: onuSerial(onu.serial),
    expectedPonPort: onu.expectedPonPort,
    unis: portsOf(onu, known).map(({ uni, services }) => ({
      uni,
      services: services.flatMap((name) => service(facts, name, known, tags) ?? []),
    })),
  };
}

type Onu = NonNullable<SubscriberSpec["onu"]>;
/** Where no port is named, everything of the plan runs on the first. */
const portsOf = ({ unis }: Onu, known: ReadonlyMap<string, PlanService>) =>
  unis && unis.length > 0 ? unis : [{ uni: 1, services: [...known.keys()] }];

/** Of the plan, and the internet service whatever the plan says; the profile may know another tag at the customer's. */
function servicesOf({ plan, profile }: Facts, tags: readonly ServiceTags[]): ReadonlyMap<string, PlanService> {
  const planned = new Map((plan ? planServices(plan) : []).map((s) => [s.name, s]));
  const own = new Map(profile.services?.map((s) => [s.name, s.uniTag]));
  return new Map(
    tags.flatMap(({ name }) => {
      const service = planned.get(name) ?? { ...DEFAULT_SERVICE, name };
      return [[name, { ...service, uniTag: own.get(name) ?? service.uniTag }] as const];
    }),
  );
}

function service(
  { notes, subscriber }: Facts,
  name: string,
  known: ReadonlyMap<string, PlanService>,
  tags: readonly ServiceTags[],
): UniService | undefined {
  const planned = known.get(name);
  if (!planned)
    return notes.block(
      "ServiceUnknown",
      `onu.unis names the service ${name}, which plan ${subscriber.spec.planRef?.name ?? "-"} has not (${[...known.keys()].join(", ") || "none"}); add it to the plan, or take it from the port`,
    );
  const tag = tags.find((t) => t.name === name);
  if (tag?.service === undefined)
    return notes.block(
      "VlanUnknown",
      `the service ${name} has no VLAN, and an ONU needs one; set services[].vlan in the plan, or serviceVlan in the profile`,
    );
  return { ...planned, serviceVlan: tag.service, innerVlan: tag.inner };
}
