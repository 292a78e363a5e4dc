/** What VGC does when it is asked to, with all that it lets pass in silence. */
import { type Controller, onPort, type Profile, pull, push, type Service, type TagFacts } from "./controller.ts";
import { keyOf } from "./flows.ts";

export interface Subscriber {
  readonly id?: string;
  readonly nasPortId?: string;
  readonly uplinkPort?: string;
  readonly uniTagList?: readonly Partial<TagFacts>[];
}
export interface Selector {
  readonly sTag: number;
  readonly cTag: number;
  readonly techProfile: number;
}

const RATES = ["cir", "cbs", "pir", "pbs", "air", "gir", "eir", "ebs"] as const;
/** The name is the one of the path. A second time nothing changes, whatever it says. */
export function addProfile(c: Controller, id: string, body: Readonly<Record<string, unknown>>): void {
  if (c.profiles.has(id)) return;
  c.lastMeter += 1;
  const rates = Object.fromEntries(RATES.map((r) => [r, Number(body[r] ?? 0)])) as Profile["rates"];
  c.profiles.set(id, { no: c.lastMeter, id, rates });
}
/** @returns why not */
export function deleteProfile(c: Controller, id: string): string | undefined {
  if (!c.profiles.has(id)) return "meter profile doesn't exist";
  for (const { tags } of c.services.values())
    if (tags.upstreamBandwidthProfile === id || tags.downstreamBandwidthProfile === id)
      return "service reference is not 0";
  c.profiles.delete(id);
  return undefined;
}

export function addSubscriber(c: Controller, body: Subscriber): void {
  for (const given of body.uniTagList ?? []) addService(c, body, complete(given));
}
const complete = (given: Partial<TagFacts>): TagFacts => ({
  uniTagMatch: 0,
  ponCTag: 0,
  ponSTag: 0,
  technologyProfileId: 0,
  upstreamBandwidthProfile: "",
  downstreamBandwidthProfile: "",
  serviceName: "",
  usPonCTagPriority: 0,
  usPonSTagPriority: 0,
  isIgmpRequired: false,
  ...given,
});
function addService(c: Controller, { id = "", nasPortId: port = "", uplinkPort = "" }: Subscriber, tags: TagFacts) {
  if (onPort(c, port).some((s) => s.tags.technologyProfileId === tags.technologyProfileId)) return;
  if (!c.profiles.has(tags.upstreamBandwidthProfile) || !c.profiles.has(tags.downstreamBandwidthProfile)) return;
  const service: Service = {
    name: `${id}_${port}-${keyOf(tags)}`,
    port,
    nniPort: uplinkPort,
    tags,
    device: c.places.get(port)?.logical.id ?? "",
    active: false,
    flows: "none",
  };
  c.services.set(service.name, service);
  const there = c.servicesByPort.get(port) ?? new Set();
  c.servicesByPort.set(port, there.add(service));
}

/** @returns whether any fitted */
export function deleteSubscriber(c: Controller, part: string): boolean {
  const found = [...c.services.values()].filter((s) => s.name.includes(part));
  const leaking = new Set<Service>();
  for (const s of found) {
    const busy = found.filter((o) => o.port === s.port && o.flows !== "none");
    if (busy.length > 1 && busy[0] === s) leaking.add(s); // recorded: two active services of a UNI leave a flow behind
  }
  for (const s of found) {
    pull(c, s, leaking.has(s) ? "leaks" : "clean");
    c.services.delete(s.name);
    const there = c.servicesByPort.get(s.port);
    there?.delete(s);
    if (there?.size === 0) c.servicesByPort.delete(s.port);
  }
  return found.length > 0;
}

const chosen = (s: Service, by: Selector | undefined): boolean =>
  by === undefined ||
  (s.tags.ponSTag === by.sTag && s.tags.ponCTag === by.cTag && s.tags.technologyProfileId === by.techProfile);

export function activate(c: Controller, port: string, by?: Selector): void {
  for (const s of onPort(c, port))
    if (chosen(s, by) && !s.active) {
      s.active = true;
      push(c, s);
    }
}
export function deactivate(c: Controller, port: string, by?: Selector): void {
  const place = c.places.get(port);
  for (const s of onPort(c, port))
    if (chosen(s, by) && s.active) {
      s.active = false;
      if (place && (place.port.live || c.flowService["removeFlowsOnDisable"] !== true)) pull(c, s);
    }
}
