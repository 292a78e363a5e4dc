/** Pure: the documents of SADIS (subscriber and device information), which VGC is sent and ONOS asks for. */
import { isIPv4 } from "node:net";
import type { Desired, Spec } from "../../controller/core/model.ts";
import type { Published } from "../system.ts";
import { type Bandwidth, RATES } from "./bandwidth.ts";
import type { Olt, VolthaConfig } from "./config.ts";
import type { How } from "./desired.ts";
import { adapterSerial } from "./names.ts";
import { readService, type Service } from "./service.ts";

export interface SadisUniTag {
  readonly uniTagMatch: number;
  readonly ponCTag: number;
  readonly ponSTag: number;
  readonly usPonCTagPriority: number;
  readonly usPonSTagPriority: number;
  readonly dsPonCTagPriority: number;
  readonly dsPonSTagPriority: number;
  readonly technologyProfileId: number;
  readonly upstreamBandwidthProfile: string;
  readonly downstreamBandwidthProfile: string;
  readonly serviceName: string;
  readonly isDhcpRequired: boolean;
  readonly isIgmpRequired: boolean;
}
export interface SadisSubscriber {
  readonly id: string;
  /** Name of the UNI port. */
  readonly nasPortId: string;
  readonly circuitId: string;
  readonly remoteId: string;
  readonly uniTagList: readonly SadisUniTag[];
}
export interface SadisOlt {
  readonly id: string;
  /** Only where it is one: ONOS reads nothing of an entry of which it cannot parse a part. */
  readonly ipAddress?: string;
  readonly nasId: string;
  readonly uplinkPort: number;
}
export interface SadisProfile extends Bandwidth {
  readonly id: string;
}

/** What ONOS comes to ask for; VGC is told. All services, also of who is suspended: what is not named cannot be started. */
export function publishes(desired: Desired, { controller, olts }: VolthaConfig): Published | undefined {
  if (controller.type !== "ONOS") return undefined;
  const { ref, how } = desired;
  const olt = olts.find((o) => o.name === (ref.resource === "olt" ? ref.key : (how as How | undefined)?.olt));
  if (ref.resource === "profile") return { path: `${BASE}/bandwidthprofiles/${ref.key}`, body: sadisProfile(desired) };
  if (ref.resource === "olt" && olt) return { path: `${BASE}/subscribers/${olt.serial}`, body: sadisOlt(olt) };
  if (ref.resource !== "uni" || !olt) return undefined;
  const body = sadisSubscriber(desired);
  return { path: `${BASE}/subscribers/${body.id}`, body };
}
const BASE = "/sadis/v2";
/** The port that ONOS asks for there, as it is called there. */
export const portAsked = (path: string): string | undefined =>
  new RegExp(`^${BASE}/subscribers/([^/]+-\\d+)$`).exec(path)?.[1];

/** Of a desired `uni`, by the name under which ONOS asks for it: as the OLT adapter writes it. */
function sadisSubscriber({ ref, spec }: Pick<Desired, "ref" | "spec">): SadisSubscriber {
  const services = (Array.isArray(spec["services"]) ? spec["services"] : []).flatMap(
    (l) => readService(String(l)) ?? [],
  );
  return subscriberOf(adapterSerial(ref.key), services, spec);
}
export function subscriberOf(port: string, services: readonly Service[], spec: Spec): SadisSubscriber {
  return {
    id: port,
    nasPortId: port,
    circuitId: String(spec["circuitId"] ?? ""),
    remoteId: String(spec["remoteId"] ?? ""),
    uniTagList: services.map(uniTag),
  };
}
const uniTag = (s: Service): SadisUniTag => ({
  uniTagMatch: s.uniTag,
  ponCTag: s.cTag,
  ponSTag: s.sTag,
  usPonCTagPriority: s.pbit,
  usPonSTagPriority: s.pbit,
  dsPonCTagPriority: s.pbit,
  dsPonSTagPriority: s.pbit,
  technologyProfileId: s.technologyProfileId,
  upstreamBandwidthProfile: s.up,
  downstreamBandwidthProfile: s.down,
  serviceName: s.name,
  isDhcpRequired: s.traps?.includes("dhcp") ?? false,
  isIgmpRequired: s.traps?.includes("igmp") ?? false,
});

/** Of a desired `profile`. */
export function sadisProfile({ ref, spec }: Pick<Desired, "ref" | "spec">): SadisProfile {
  const rates = Object.fromEntries(RATES.map((r) => [r, Number(spec[r] ?? 0)]));
  return { id: ref.key, ...(rates as Record<keyof Bandwidth, number>) };
}

/** ONOS asks for an OLT by its serial. */
function sadisOlt({ serial, name, address, uplinkPort }: Olt): SadisOlt {
  const host = address.replace(/:\d+$/, "");
  return { id: serial, ...(isIPv4(host) && { ipAddress: host }), nasId: name, uplinkPort };
}
/** VGC's own entry has texts for numbers, and the NNI ports. */
export const vgcOlt = (olt: Olt) => ({
  ...sadisOlt(olt),
  uplinkPort: String(olt.uplinkPort),
  nniPorts: olt.nniPorts.map(String),
});
