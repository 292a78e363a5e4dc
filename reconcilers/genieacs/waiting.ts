/** Why values wait for a device, as people are told. */
import { type Fault, fault } from "../errors.ts";
import type { Device } from "./device.ts";
import type { Session } from "./session.ts";
import type { Fate } from "./tasks.ts";

export function awaiting(
  { endpoint }: Pick<Session, "endpoint">,
  device: Device,
  count: number,
  fate?: Extract<Fate, { is: "queued" }>,
): Fault {
  const values = count === 1 ? "1 value waits" : `${count} values wait`;
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
