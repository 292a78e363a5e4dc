/** A look at a few ONUs by their ids: ListDevices has no filter, and tells of forty thousand to who asks for one. */
import type { Olt } from "./config.ts";
import type { Device } from "./device.ts";
import { ponOf } from "./names.ts";
import { type Onu, onuAt, type Place, type Plant, plantOf, works } from "./plant.ts";
import type { Storms } from "./storms.ts";

/** A question of its own for each ONU or port is worth it for so many. */
export const FEW = 8;

/** Of an id; undefined: there is none any more. */
export type Read = (id: string) => Promise<Device | undefined>;
export interface Reads {
  readonly onu: Read;
  /** Asked for by all who look at its ONUs. */
  readonly olt: Read;
}

/** The same devices, as they are now; undefined: gone, or its OLT is. */
export function again({ onu, olt }: Reads, known: readonly (Onu | undefined)[]): Promise<readonly (Onu | undefined)[]> {
  return Promise.all(
    known.map(async (before) => {
      if (!before) return undefined;
      const [device, root] = await Promise.all([onu(before.device.id), before.root && olt(before.root.id)]);
      return device && root ? { ...before, device, root, pon: ponOf(device.parentPortNo) } : undefined;
    }),
  );
}

export interface Sought {
  readonly serial: string;
  readonly place: Place | undefined;
}
/**
 * What a reading of all would say of them. Where they are is known from `last`; who is not at work where he was may be elsewhere
 * by now, and of an OLT that was down all are to be read: undefined.
 */
export async function near(
  reads: Reads,
  last: Plant,
  sought: readonly Sought[],
  olts: readonly Olt[],
  storms: Storms,
): Promise<Plant | undefined> {
  // Where nobody says where it should be, each record of it counts.
  const found = sought.map(({ serial, place }) =>
    place || last.onus(serial).length === 1 ? onuAt(last, serial, place) : undefined,
  );
  const known = found.flatMap((onu) => (onu?.root && isTold(storms, onu.olt) ? [onu] : []));
  if (known.length < sought.length) return undefined;
  const now = (await again(reads, known)).flatMap((onu) => (onu && works(onu) ? [onu] : []));
  if (now.length < sought.length) return undefined;
  const devices = now.flatMap(({ device, root }) => (root ? [device, root] : [device]));
  return plantOf([...new Map(devices.map((d) => [d.id, d])).values()], olts);
}
const isTold = (storms: Storms, olt: string | undefined): boolean =>
  olt !== undefined && (storms.of(olt) === "Up" || storms.of(olt) === "Settling");
