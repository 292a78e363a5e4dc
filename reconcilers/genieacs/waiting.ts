/** Why values wait for a device, as people are told. */
import { type Fault, fault } from "../errors.ts";
import type { Device } from "./device.ts";
import type { Session } from "./session.ts";
import type { Queued } from "./tasks.ts";

export function awaiting({ endpoint }: Pick<Session, "endpoint">, device: Device, count: number, fate?: Queued): Fault {
  const values = waits(count);
  const since = device.lastInform === undefined ? "" : ` since ${device.lastInform}`;
  if (device.lastInform === undefined)
    return fault("AwaitingDevice", `the router ${device.serial} has never reported to ${endpoint}; ${values} for it`);
  if (fate?.why === "silent")
    return fault("AwaitingDevice", `the router ${device.serial} does not answer${since}; ${values} for it`);
  if (fate?.why === "unreachable")
    return fault(
      "AwaitingDevice",
      `the router ${device.serial} cannot be called (${fate.words}); ${values} for its next inform`,
    );
  return fault("AwaitingDevice", `the router ${device.serial} is offline${since}; ${values} for it`);
}
const waits = (count: number): string => (count === 1 ? "1 value waits" : `${count} values wait`);

/** It is there: it is told soon, not when it reports next. */
export const wasInSession = ({ serial }: Device, count: number): Fault =>
  fault("InUse", `the router ${serial} was in a session of its own with the ACS; ${waits(count)} for it`);
