/** VGC's own state: what it was told, and how much of it has become flows. */
import type { Change, Core, Logical, LogicalPort } from "./core.ts";
import { ANY, areTwins, type Tags } from "./flows.ts";
import { NotReady, pullService, pushService } from "./push.ts";

export interface TagFacts extends Tags {
  readonly upstreamBandwidthProfile: string;
  readonly downstreamBandwidthProfile: string;
  readonly serviceName: string;
  readonly usPonCTagPriority: number;
  readonly usPonSTagPriority: number;
  readonly isIgmpRequired: boolean;
}
/** One entry of a subscriber's uniTagList. */
export interface Service {
  /** `<subscriber>_<port>-<uniTag>-<sTag>-<cTag>-<techProfile>`: what DELETE /subscribers searches in. */
  readonly name: string;
  readonly port: string;
  readonly nniPort: string;
  readonly tags: TagFacts;
  /** Logical device where its port was last seen. */
  device: string;
  active: boolean;
  /** VGC's belief: the device may have none of them. */
  flows: "none" | "pending" | "added";
}
export interface Profile {
  /** Number of the meter. */
  readonly no: number;
  readonly id: string;
  readonly rates: Readonly<Record<"cir" | "cbs" | "pir" | "pbs" | "air" | "gir" | "eir" | "ebs", number>>;
}
export interface OltConfig {
  readonly id: string;
  readonly uplinkPort?: string;
  readonly nniPorts?: readonly string[];
}
export interface Place {
  readonly logical: Logical;
  readonly port: LogicalPort;
}
export interface Leaving extends Place {
  readonly service: Service;
}
export interface Controller {
  readonly core: Core;
  readonly olts: Map<string, OltConfig>;
  readonly profiles: Map<string, Profile>;
  readonly services: Map<string, Service>;
  readonly servicesByPort: Map<string, Set<Service>>;
  readonly places: Map<string, Place>;
  /** Flows that are on their way out, by their numbers. */
  readonly leaving: Map<string, Leaving>;
  flowService: Readonly<Record<string, unknown>>;
  lastMeter: number;
}

export function startController(core: Core): Controller {
  const c: Controller = {
    core,
    olts: new Map(),
    profiles: new Map(),
    services: new Map(),
    servicesByPort: new Map(),
    places: new Map(),
    leaving: new Map(),
    flowService: {
      defaultTechProfileId: 0,
      enableDhcpOnNni: false,
      enableIgmpOnNni: false,
      enableEapol: false,
      enableDhcpV6: false,
      enableDhcpV4: false,
      removeFlowsOnDisable: false,
    },
    lastMeter: 0,
  };
  core.watchers.add((change) => follow(c, change));
  return c;
}
export const onPort = (c: Controller, port: string): readonly Service[] => [...(c.servicesByPort.get(port) ?? [])];

function follow(c: Controller, change: Change): void {
  if (!("port" in change)) return;
  if (change.what === "port-gone") vanish(c, change);
  else if (change.what === "port-added" || c.places.get(change.port.name)?.logical === change.logical) seen(c, change);
}
function seen(c: Controller, { logical, port }: Place): void {
  c.places.set(port.name, { logical, port });
  for (const s of onPort(c, port.name)) {
    s.device = logical.id;
    if (port.live) push(c, s);
    else if (c.flowService["removeFlowsOnDisable"] === true) pull(c, s);
  }
}
/** A port that is deleted takes its flows along, so that they are pushed again when it returns. */
function vanish(c: Controller, { logical, port }: Place): void {
  if (c.places.get(port.name)?.logical !== logical) return;
  c.places.delete(port.name);
  for (const s of onPort(c, port.name)) {
    c.leaving.delete(flowKey({ logical, port }, s));
    s.flows = "none";
    s.device = "";
  }
}

export function push(c: Controller, s: Service): void {
  const place = c.places.get(s.port);
  if (!s.active || s.flows !== "none" || !place?.port.live || !uplinkKnown(c, place.logical, s.nniPort)) return;
  s.device = place.logical.id;
  s.flows = "pending";
  for (const id of [s.tags.upstreamBandwidthProfile, s.tags.downstreamBandwidthProfile]) addMeter(c, place.logical, id);
  if (c.leaving.has(flowKey(place, s))) return; // recorded: taken for there, never pushed, and pending for ever
  c.core.clock.later(1, () => {
    const hasTwin = onPort(c, s.port).some((other) => other.flows === "added" && areTwins(other.tags, s.tags));
    if (s.flows !== "pending" || !attempt(() => pushService(c.core, place.logical, place.port, s.tags))) return;
    // Recorded: of one inner VLAN it waits for ever for what it never pushed, and without one it does not even wait.
    if (!hasTwin || s.tags.ponCTag === ANY) s.flows = "added";
  });
}
/** Without POST /olt nothing is pushed, and nothing says so. */
function uplinkKnown(c: Controller, { olt, ports }: Logical, nniPort: string): boolean {
  const nni = olt.box?.nni ?? 0;
  if (nniPort === "") return true;
  const config = c.olts.get(olt.box?.serial ?? "");
  if (!config || ports.get(nni)?.name !== nniPort) return false;
  const { nniPorts = [], uplinkPort } = config;
  return nniPorts.length > 0 ? nniPorts.includes(String(nni)) : uplinkPort === String(nni);
}
function addMeter(c: Controller, logical: Logical, id: string): void {
  const profile = c.profiles.get(id);
  if (profile) logical.meters.set(profile.no, { id: profile.no, bands: bandsOf(profile) });
}
export const bandsOf = ({ rates: r }: Profile) => [
  { rate: r.cir, burst: r.cbs },
  { rate: r.cir + r.eir + r.air, burst: r.cbs + r.ebs },
  { rate: r.air, burst: 0 },
];

export function pull(c: Controller, s: Service, how: "clean" | "leaks" = "clean"): void {
  const place = c.places.get(s.port);
  if (s.flows === "none") return;
  s.flows = "none";
  if (!place) return;
  const key = flowKey(place, s);
  c.leaving.set(key, { ...place, service: s });
  c.core.clock.later(1, () => {
    c.leaving.delete(key);
    attempt(() => pullService(c.core, place.logical, place.port, s.tags, how));
  });
}
/** VGC numbers flows by these alone. */
const flowKey = ({ logical, port }: Place, { tags }: Service): string =>
  [logical.id, port.no, tags.ponCTag % 4096].join("/");
function attempt(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (e) {
    if (e instanceof NotReady) return false;
    throw e;
  }
}

/** The first service of a port speaks for all of them. */
export function flowStatus(c: Controller, port: string): string {
  const first = onPort(c, port)[0];
  if (!first) return "NOT_IN_CONTROLLER";
  if (first.flows === "added") return "ALL_FLOWS_PROVISIONED";
  if (!first.active) return "DISABLED_IN_CONTROLLER";
  return first.flows === "none" ? "NO_FLOWS_PROVISIONED" : "FLOWS_PROVISIONED_PARTIALLY";
}

/** What it had pushed is pushed again; of what rw_core holds already nothing reaches the device. */
export function restarted(c: Controller): void {
  for (const s of c.services.values())
    if (s.flows !== "none") {
      s.flows = "none";
      push(c, s);
    }
}
