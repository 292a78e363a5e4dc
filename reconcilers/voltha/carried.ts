/** Pure: services that VGC takes with a 200 and does not carry. Seen on VGC 0.1.24; README.md, "What VGC cannot carry". */
import type { UniService } from "../../controller/core/resolved.ts";
import { type Fault, fault } from "../errors.ts";
import { ANY_TAG } from "./service.ts";

export interface Refusal {
  /** Name of the service. */
  readonly service: string;
  /** In words, with the field to be changed. */
  readonly why: string;
}

/** Of the services of one port, in their order: of two that are in each other's way it is the second. */
export const refusals = (services: readonly UniService[]): readonly Refusal[] =>
  services.flatMap((one, n) => {
    const why = isUntranslated(one) ? untranslated(one) : clash(one, services.slice(0, n));
    return why === undefined ? [] : [{ service: one.name, why }];
  });

/** Without a C-tag VGC matches the S-tag at the customer's, and the ONU sets up nothing more for minutes. */
const isUntranslated = ({ uniTag, innerVlan }: UniService): boolean => uniTag !== ANY_TAG && innerVlan === undefined;
const untranslated = ({ uniTag }: UniService): string =>
  `it translates uniTag ${uniTag} only into an inner VLAN, and there is none: set innerVlan, or leave uniTag out`;

function clash(one: UniService, others: readonly UniService[]): string | undefined {
  // VGC numbers a flow by inner VLAN, port and direction: the second service gets none towards the customer.
  const twin = others.find((o) => o.innerVlan === one.innerVlan);
  if (twin)
    return `${sameTag(one)}, like ${twin.name} on that port, and their flows are taken for the same: set another innerVlan`;
  const rival = others.find((o) => o.technologyProfileId === one.technologyProfileId);
  if (rival)
    return `it has technology profile ${one.technologyProfileId}, like ${rival.name} on that port, and only the first one is taken: set another technologyProfileId`;
  return undefined;
}
const sameTag = ({ innerVlan }: UniService): string =>
  innerVlan === undefined ? "it has no inner VLAN" : `it has the inner VLAN ${innerVlan}`;

export const refused = (port: string, plan: string, { service, why }: Refusal): Fault =>
  fault(
    "BadValue",
    `VGC cannot carry service ${service} on port ${port}: ${why} (services[] of plan ${plan}, or of the network profile)`,
  );
