/** All devices at one moment, found by serial: ids change when an ONU is deleted, serials do not. */
import type { Olt } from "./config.ts";
import { type Device, isThere, isUp } from "./device.ts";
import { keySerial, ponOf } from "./names.ts";

export interface Onu {
  readonly device: Device;
  readonly root: Device | undefined;
  /** Name of its OLT; undefined: an OLT that is not of this endpoint. */
  readonly olt: string | undefined;
  readonly pon: number | undefined;
}
export interface Plant {
  readonly all: readonly Onu[];
  readonly roots: ReadonlyMap<string, Device>;
  /** Under an OLT, by its name. */
  readonly under: (olt: string) => readonly Onu[];
  /** Of one serial; several where it was moved and its old place still remembers it. */
  readonly onus: (serial: string) => readonly Onu[];
}

export function plantOf(devices: readonly Device[], olts: readonly Olt[]): Plant {
  const roots = new Map<string, Device>();
  for (const olt of olts) {
    const root = devices.find((d) => d.root && isOf(d, olt));
    if (root) roots.set(olt.name, root);
  }
  const byRoot = new Map([...roots].map(([name, d]) => [d.id, name]));
  const all = new Map(devices.filter((d) => d.root).map((d) => [d.id, d]));
  const onus: Onu[] = devices
    .filter((d) => !d.root)
    .map((device) => {
      const root = all.get(device.parentId);
      return { device, root, olt: byRoot.get(device.parentId), pon: ponOf(device.parentPortNo) };
    });
  const bySerial = Map.groupBy(onus, (o) => keySerial(o.device.serialNumber));
  const byOlt = Map.groupBy(onus, (o) => o.olt);
  return {
    all: onus,
    roots,
    under: (olt) => byOlt.get(olt) ?? [],
    onus: (serial) => (bySerial.get(serial) ?? []).toSorted(thereFirst),
  };
}
/** Before it was first connected an OLT has no serial. */
const isOf = (d: Device, olt: Olt): boolean => d.serialNumber === olt.serial || d.hostAndPort === olt.address;
const thereFirst = (a: Onu, b: Onu): number => Number(isThere(b.device)) - Number(isThere(a.device));

export interface Place {
  readonly olt: string;
}
/**
 * On its declared OLT, whatever PON port it is plugged into there; without a declaration: wherever it is. One that works under
 * another OLT is there, whatever its old place remembers of it.
 */
export function onuAt(plant: Plant, serial: string, place: Place | undefined): Onu | undefined {
  const onus = plant.onus(serial);
  if (!place) return onus[0];
  const here = onus.find((o) => o.olt === place.olt);
  return here && !isThere(here.device) && onus.some(works) ? undefined : here;
}
/** An OLT that died tells of its ONUs as they were. */
export const works = ({ device, root }: Onu): boolean => isThere(device) && root !== undefined && isUp(root);
/** Why it is not there, for people. */
export function whereabouts(plant: Plant, serial: string, { olt: wanted }: Place): string {
  const other = plant.onus(serial).find(works) ?? plant.onus(serial)[0];
  if (!other) return `ONU ${serial} is not on ${wanted} yet`;
  return `ONU ${serial} is not on ${wanted} but on PON port ${other.pon ?? "?"} of ${other.olt ?? "an OLT that is not declared"}`;
}
