/** An ONU that was moved to another PON of its OLT is found there only when the device of before is deleted. */
import { fault } from "../errors.ts";
import type { How } from "./desired.ts";
import { isThere } from "./device.ts";
import { keySerial } from "./names.ts";
import { expectedIn } from "./onu-id.ts";
import { type Onu, type Plant, works } from "./plant.ts";
import type { Site } from "./site.ts";

/**
 * Moved to another PON of its OLT an ONU keeps its device, with the port of before, and never comes up there (openolt adapter,
 * rw_core): only when the device is deleted it is found where it is. That it is dark says nothing: it was moved only where its
 * expectation was edited since it worked. One that was found again on the same port is really there.
 */
export function isMoved({ memory }: Site, found: Onu, id: string | undefined, place: How | undefined): boolean {
  const expected = place?.pon;
  if (id === undefined || expected === undefined || expectedIn(id) === expected) return false;
  if (works(found) || found.pon === expected) return false;
  const serial = keySerial(found.device.serialNumber);
  return !memory.displaced.has(serial) || memory.displaced.get(serial) !== found.pon;
}
/** One after the other on each PON: more of them at once are a cut. */
export async function seek(
  { core, memory, storms }: Site,
  plant: Plant,
  found: Onu,
  signal: AbortSignal,
): Promise<void> {
  const serial = keySerial(found.device.serialNumber);
  const pon = ponKey(found);
  const later = (when: string) => fault("AwaitingDevice", `ONU ${serial} does not work, and is looked for ${when}`);
  if (storms.of(found.olt) !== "Up") throw later(`when ${found.olt} has come back and settled`);
  // A cut fibre or a power cut: they come back by themselves, unless their devices were deleted.
  if (plant.under(found.olt ?? "").some((other) => other !== found && other.pon === found.pon && isDark(other)))
    throw later("when the others of its PON port work again");
  if (memory.seeking.has(pon)) throw later("after another one of its PON port");
  memory.seeking.add(pon);
  await core.remove(found.device.id, signal).catch((e: unknown) => {
    memory.seeking.delete(pon);
    throw e;
  });
  memory.displaced.set(serial, found.pon);
}
/** One that was disabled is out of service by our own hand. */
const isDark = ({ device }: Onu): boolean => device.adminState !== "DISABLED" && !isThere(device);
export const ponKey = ({ olt, pon }: Onu): string => `${olt}/${pon}`;
