/** ONOS's olt app: what is programmed on which port, by what SADIS says at that moment. From its source. */

import type { Place } from "./controller.ts";
import type { Change, Core } from "./core.ts";
import { keyOf, type Tags } from "./flows.ts";
import { NotReady, pullService, pushService } from "./push.ts";
import { lookUp, type Sadis, type SadisTag } from "./sadis.ts";

export interface Programmed {
  readonly port: string;
  readonly info: SadisTag;
  readonly tags: Tags;
  /** Connect point: `of:<datapath>/<number>`. */
  readonly location: string;
  pushed: boolean;
  /** Not so: it is on its way out, and listed still. */
  isRequested: boolean;
}
export interface Onos {
  readonly core: Core;
  readonly sadis: Sadis;
  readonly places: Map<string, Place>;
  /** By port, then by service. */
  readonly programmed: Map<string, Map<string, Programmed>>;
}

export function startOnos(core: Core, sadis: Sadis): Onos {
  const onos: Onos = { core, sadis, places: new Map(), programmed: new Map() };
  core.watchers.add((change) => follow(onos, change));
  return onos;
}
const onPort = (onos: Onos, port: string): readonly Programmed[] => [...(onos.programmed.get(port)?.values() ?? [])];

function follow(onos: Onos, change: Change): void {
  if (!("port" in change)) return;
  const { logical, port, what } = change;
  const known = onos.places.get(port.name);
  if (what !== "port-added" && known?.logical !== logical) return;
  if (what === "port-gone") onos.places.delete(port.name);
  else onos.places.set(port.name, { logical, port });
  for (const p of onPort(onos, port.name))
    if (what !== "port-gone" && port.live) onos.core.clock.during(push(onos, p));
    else pull(onos, p, { logical, port });
}

const tagsOf = (t: SadisTag): Tags => ({
  uniTagMatch: t.uniTagMatch ?? 4096, // none: any
  ponCTag: t.ponCTag ?? 0,
  ponSTag: t.ponSTag ?? 0,
  technologyProfileId: t.technologyProfileId ?? 64,
});
const wanted = (tags: Tags, by: Tags | undefined): boolean =>
  by === undefined ||
  (tags.ponCTag === by.ponCTag && tags.ponSTag === by.ponSTag && tags.technologyProfileId === by.technologyProfileId);

/** @returns whether anything was done; without tags nobody is told that nothing was. */
export async function provision(onos: Onos, port: string, by?: Tags): Promise<boolean> {
  const place = onos.places.get(port);
  const found = await named(onos, port, by);
  const there = onos.programmed.get(port) ?? new Map<string, Programmed>();
  onos.programmed.set(port, there);
  if (!place || (by === undefined && [...there.values()].some((p) => p.isRequested))) return false;
  const fresh = found.filter((info) => !there.get(identity(info))?.isRequested);
  for (const info of fresh) {
    const made = { port, info, tags: tagsOf(info), location: connectPoint(place), pushed: false, isRequested: true };
    const going = there.get(identity(info));
    // What is still on its way out comes back after it is out.
    if (going) onos.core.clock.later(1, () => void install(onos, there, made));
    else await install(onos, there, made);
  }
  return fresh.length > 0;
}
async function install(onos: Onos, there: Map<string, Programmed>, made: Programmed): Promise<void> {
  there.set(identity(made.info), made);
  await push(onos, made);
}
/** What SADIS does not name, or names in other words, cannot be removed. It is listed until its turn comes. */
export async function remove(onos: Onos, port: string, by?: Tags): Promise<boolean> {
  const found = await named(onos, port, by);
  const there = onos.programmed.get(port);
  const gone = found.flatMap((info) => there?.get(identity(info)) ?? []);
  const asked = gone.filter((p) => p.isRequested);
  for (const p of asked) {
    p.isRequested = false;
    onos.core.clock.later(1, () => {
      const place = onos.places.get(port);
      if (place) pull(onos, p, place);
      if (there?.get(identity(p.info)) === p) there.delete(identity(p.info));
    });
  }
  return asked.length > 0;
}
/** With tags the first that has them; where what is remembered has none it is asked for once more. */
async function named(onos: Onos, port: string, by: Tags | undefined): Promise<readonly SadisTag[]> {
  const find = async (): Promise<readonly SadisTag[]> => {
    const entry = await lookUp(onos.sadis, "subscriber", port);
    return (entry?.uniTagList ?? []).filter((t) => wanted(tagsOf(t), by));
  };
  const found = await find();
  if (by === undefined || found.length > 0) return by === undefined ? found : found.slice(0, 1);
  onos.sadis.caches.subscriber.delete(port);
  return (await find()).slice(0, 1);
}
/** Two services are one only if SADIS says the same of them in every field. */
const identity = (t: SadisTag): string =>
  JSON.stringify([
    keyOf(tagsOf(t)),
    t.upstreamBandwidthProfile ?? null,
    t.downstreamBandwidthProfile ?? null,
    t.serviceName ?? "",
    [t.usPonCTagPriority, t.usPonSTagPriority, t.dsPonCTagPriority, t.dsPonSTagPriority].map((p) => p ?? -1),
    t.isDhcpRequired ?? false,
    t.isIgmpRequired ?? false,
  ]);

/** What waits for its bandwidth profiles or its port is tried again with the next request. */
export async function drain(onos: Onos): Promise<void> {
  for (const port of onos.programmed.keys()) for (const p of onPort(onos, port)) if (!p.pushed) await push(onos, p);
}
async function push(onos: Onos, p: Programmed): Promise<void> {
  const up = await lookUp(onos.sadis, "bandwidthprofile", p.info.upstreamBandwidthProfile ?? "");
  const down = await lookUp(onos.sadis, "bandwidthprofile", p.info.downstreamBandwidthProfile ?? "");
  const place = onos.places.get(p.port);
  if (p.pushed || !up || !down || !place?.port.live || !onos.programmed.get(p.port)?.has(identity(p.info))) return;
  p.pushed = attempt(() => pushService(onos.core, place.logical, place.port, p.tags));
}
function pull(onos: Onos, p: Programmed, { logical, port }: Place): void {
  if (!p.pushed) return;
  p.pushed = false;
  attempt(() => pullService(onos.core, logical, port, p.tags));
}
function attempt(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (e) {
    if (e instanceof NotReady) return false;
    throw e;
  }
}
const dpid = ({ logical }: Pick<Place, "logical">): string =>
  `of:${(logical.olt.box?.mac ?? [])
    .map((b) => b.toString(16).padStart(2, "0"))
    .join("")
    .padStart(16, "0")}`;
const connectPoint = (place: Place): string => `${dpid(place)}/${place.port.no}`;
