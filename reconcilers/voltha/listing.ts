/**
 * Pure: whose service is which. VGC lists services without their ports, and, per OLT, the tags of each ONU without the rest.
 * Together they tell nearly all; what they leave open is asked port by port.
 */
import type { Port, Programmed } from "./controller.ts";
import { parsePort, serialOf } from "./names.ts";
import { type Service, spellService } from "./service.ts";

/** An item of `programmed-subscribers`. */
export interface Listed {
  /** Id of the logical device. */
  readonly location: string;
  readonly service: Service;
}
/** An item of `subscriber-config`. */
export interface Tagged {
  readonly serial: string;
  readonly name: string;
  readonly sTag: number;
  readonly cTag: number;
  readonly active: boolean;
}
export interface Lists {
  readonly listed: readonly Listed[];
  readonly tagged: readonly Tagged[];
  /** Names of all UNI ports: an ONU with several does not tell which of them a service is on. */
  readonly ports: readonly string[];
}

/** `doubt`: ports that must be asked one by one. */
export function assign(ports: readonly Port[], lists: Lists) {
  const bySerial = Map.groupBy(lists.tagged, (t) => t.serial);
  const byTags = Map.groupBy(lists.listed, (l) => keyOf(l.location, l.service));
  const alike = new Map([...byTags].map(([key, all]) => [key, only(all)]));
  const unis = Map.groupBy(lists.ports, serialOf);
  const sure = new Map<Port, readonly Programmed[]>();
  const doubt: Port[] = [];
  for (const port of ports) {
    const serial = parsePort(port.name)?.serial ?? "";
    const tagged = bySerial.get(serial) ?? [];
    const found = tagged.flatMap((t): readonly Programmed[] => {
      const service = alike.get(keyOf(port.device, t));
      return service ? [{ service, active: t.active }] : [];
    });
    const isAlone = (unis.get(serial)?.length ?? 0) <= 1;
    if (tagged.length === 0 || (isAlone && found.length === tagged.length)) sure.set(port, found);
    else doubt.push(port);
  }
  return { sure, doubt };
}

interface Tags {
  readonly name: string;
  readonly sTag: number;
  readonly cTag: number;
}
const keyOf = (device: string, t: Tags): string => `${device}|${t.name}|${t.sTag}|${t.cTag}`;

/** Thousands share the VLAN of a voice service: where all of them are alike it does not matter which one is whose. */
function only(candidates: readonly Listed[]): Service | undefined {
  const lines = new Set(candidates.map((c) => spellService(c.service)));
  return lines.size === 1 ? candidates[0]?.service : undefined;
}

/** Services are listed at a device, and the tags of its ONUs know of none of them: the tags are of no device, or of another. */
export function contradicts(device: string, tagged: readonly Tagged[], listed: readonly Listed[]): boolean {
  const here = listed.filter((l) => l.location === device);
  const known = new Set(tagged.map((t) => keyOf(device, t)));
  return here.length > 0 && !here.some((l) => known.has(keyOf(device, l.service)));
}

/** Of one port, which was asked for by its name; undefined where the tags of its ONU know nothing of it. */
export function withState(
  name: string,
  services: readonly Service[],
  tagged: readonly Tagged[],
): readonly Programmed[] | undefined {
  const serial = parsePort(name)?.serial;
  const own = Map.groupBy(
    tagged.filter((t) => t.serial === serial),
    (t) => keyOf("", t),
  );
  const held = services.map((service) => ({ service, same: own.get(keyOf("", service)) }));
  if (held.some(({ same }) => !same)) return undefined;
  return held.map(({ service, same = [] }) => ({ service, active: same.every((t) => t.active) }));
}
