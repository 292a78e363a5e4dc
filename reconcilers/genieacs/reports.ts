/** How often a router reports, and whether it still does. */
import { type Device, valueAt } from "./device.ts";

export const INTERVAL = "ManagementServer.PeriodicInformInterval";
/** Of one that has not told it. */
const USUAL_MS = 3_600_000;
export function intervalOf(device: Device): number {
  const seconds = Number(valueAt(device, INTERVAL));
  return seconds > 0 ? 1000 * seconds : USUAL_MS;
}

const MISSED = 2;
const LEAST_MS = 300_000;
/** A router that is there reports before. */
export const secondsToReport = (device: Device): number => Math.max(LEAST_MS, MISSED * intervalOf(device)) / 1000;
/** One that cannot be called and does is there, and takes at its next inform what is left for it; another is switched off. */
export function isReporting(device: Device, now: number): boolean {
  const last = device.lastInform === undefined ? Number.NaN : Date.parse(device.lastInform);
  return now - last <= 1000 * secondsToReport(device);
}
