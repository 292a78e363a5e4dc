/** What stands in the field: OLTs and ONUs as devices, whatever a controller believes of them. */
import { type Flow, keyOf, type Tags } from "./flows.ts";

export interface OltBox {
  readonly serial: string;
  readonly hostAndPort: string;
  readonly pons: number;
  /** Number of its uplink port. */
  readonly nni: number;
  readonly mac: readonly number[];
  up: boolean;
  /** Grows at each start: a box that started again knows nothing of its ONUs. */
  boots: number;
  readonly onus: Map<string, OnuBox>;
}
export interface OnuBox {
  readonly serial: string;
  /** Where its fibre ends; undefined: nowhere. */
  at: { readonly olt: OltBox; readonly pon: number } | undefined;
  powered: boolean;
  /** What it has in its tables; lost with its power. */
  readonly flows: Map<bigint, Flow>;
}
export interface Plant {
  readonly olts: Map<string, OltBox>;
  readonly oltsByAddress: Map<string, OltBox>;
  readonly onus: Map<string, OnuBox>;
}
export interface OltFacts {
  readonly serial: string;
  readonly hostAndPort: string;
  readonly pons?: number;
  readonly nni?: number;
}

export const emptyPlant = (): Plant => ({ olts: new Map(), oltsByAddress: new Map(), onus: new Map() });
export const NNI = 16777216;
export const PON = 0x20000000;
export const uniNumber = (pon: number, onuId: number): number => (pon << 16) | (onuId << 8);

export function addOlt(plant: Plant, { serial, hostAndPort, pons = 16, nni = NNI }: OltFacts): OltBox {
  const mac = [10, 10, 10, 10, 10, plant.olts.size];
  const box: OltBox = { serial, hostAndPort, pons, nni, mac, up: true, boots: 1, onus: new Map() };
  plant.olts.set(serial, box);
  plant.oltsByAddress.set(hostAndPort, box);
  return box;
}

export function addOnu(plant: Plant, serial: string, olt: string, pon: number): OnuBox {
  const box: OnuBox = { serial, at: undefined, powered: true, flows: new Map() };
  plant.onus.set(serial, box);
  plug(plant, box, olt, pon);
  return box;
}
export function plug(plant: Plant, box: OnuBox, olt: string, pon: number): void {
  const there = oltOf(plant, olt);
  if (pon >= there.pons) throw new Error(`${olt} has no PON ${pon}`);
  box.at = { olt: there, pon };
  there.onus.set(box.serial, box);
}
export function unplug(box: OnuBox): void {
  box.at?.olt.onus.delete(box.serial);
  box.at = undefined;
}
export function oltOf(plant: Plant, serial: string): OltBox {
  const box = plant.olts.get(serial);
  if (!box) throw new Error(`there is no OLT ${serial}`);
  return box;
}

export const canBeHeard = (box: OnuBox): boolean => box.powered && box.at?.olt.up === true;

/** What the customer has: a service is one only with both of its directions. */
export function servicesOf(box: OnuBox): readonly Tags[] {
  const found = new Map<string, { readonly tags: Tags; legs: number }>();
  for (const { tags } of box.flows.values()) {
    const entry = found.get(keyOf(tags)) ?? { tags, legs: 0 };
    entry.legs += 1;
    found.set(keyOf(tags), entry);
  }
  return [...found.values()].filter((s) => s.legs === 2).map((s) => s.tags);
}
