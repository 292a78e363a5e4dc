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
  const entry = await lookUp(onos.sadis, "subscriber", port);
  const there = onos.programmed.get(port) ?? new Map<string, Programmed>();
  if (!place || (by === undefined && there.size > 0)) return false;
  const fresh = (entry?.uniTagList ?? []).filter((t) => wanted(tagsOf(t), by) && !there.has(keyOf(tagsOf(t))));
  for (const info of fresh) {
    const tags = tagsOf(info);
    const made: Programmed = { port, info, tags, location: connectPoint(place), pushed: false };
    there.set(keyOf(tags), made);
    onos.programmed.set(port, there);
    await push(onos, made);
  }
  return fresh.length > 0;
}
/** What SADIS does not name any more cannot be removed. */
export async function remove(onos: Onos, port: string, by?: Tags): Promise<boolean> {
  const place = onos.places.get(port);
  const entry = await lookUp(onos.sadis, "subscriber", port);
  const there = onos.programmed.get(port);
  const keys = (entry?.uniTagList ?? []).map(tagsOf).filter((t) => wanted(t, by));
  const gone = keys.flatMap((t) => there?.get(keyOf(t)) ?? []);
  for (const p of gone) {
    if (place) pull(onos, p, place);
    there?.delete(keyOf(p.tags));
  }
  return gone.length > 0;
}

/** What waits for its bandwidth profiles or its port is tried again with the next request. */
export async function drain(onos: Onos): Promise<void> {
  for (const port of onos.programmed.keys()) for (const p of onPort(onos, port)) if (!p.pushed) await push(onos, p);
}
async function push(onos: Onos, p: Programmed): Promise<void> {
  const up = await lookUp(onos.sadis, "bandwidthprofile", p.info.upstreamBandwidthProfile ?? "");
  const down = await lookUp(onos.sadis, "bandwidthprofile", p.info.downstreamBandwidthProfile ?? "");
  const place = onos.places.get(p.port);
  if (p.pushed || !up || !down || !place?.port.live || !onos.programmed.get(p.port)?.has(keyOf(p.tags))) return;
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
