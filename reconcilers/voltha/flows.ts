/** Pure: whether the flows of a port are where they should be. The controller does not know: the ONU's reason does. */

import type { FlowStatus } from "./controller.ts";
import { isThere } from "./device.ts";
import type { Onu } from "./plant.ts";
import type { Weather } from "./storms.ts";

/**
 * Arriving: never seen since we brought them. Unjudged: seen before, and away, on the way, or shaken by an outage. Of neither is
 * anything to be repaired now.
 */
export type Verdict = "pushed" | "missing" | "arriving" | "unjudged";
export interface Signs {
  readonly onu: Onu | undefined;
  readonly weather: Weather;
  /** Undefined: not asked. */
  readonly status: FlowStatus | undefined;
  /** Milliseconds for which the ONU looks so, and the port was not written to. */
  readonly steadyMs: number;
  /** Never seen on the ONU since we brought it, by this session or, as the id in the inventory tells, by any. */
  readonly isNew: boolean;
  /** What the ONU says is of what happened before, or takes back what was just seen. */
  readonly isStale: boolean;
  /** Its ONU works, or should, and only by being started anew it will carry anything. */
  readonly isDark: boolean;
}
/** 64 ONUs had their flows 4.4 s after their services; a reboot with its flows took 11 s. */
export const ARRIVING_MS = 30_000;
const PUSHED = "omci-flows-pushed";
/** The last thing that happened to the ONU, not what it has: another service may be there as before. */
const TAKEN: ReadonlySet<string> = new Set(["omci-flows-deleted", "tech-profile-config-delete-success"]);
export const isTaken = (reason: string): boolean => TAKEN.has(reason);
const NOT_PUSHED: ReadonlySet<FlowStatus> = new Set(["NO_FLOWS_PROVISIONED", "NOT_IN_CONTROLLER"]);
/** Of what we brought; of all others VGC says so for ever once it was restarted, and they are served (seen on a real one). */
const NOT_ALL: FlowStatus = "FLOWS_PROVISIONED_PARTIALLY";

export function judge({ onu, weather, status, steadyMs, isNew, isStale, isDark }: Signs): Verdict {
  const open = isNew ? "arriving" : "unjudged";
  // What is new has nothing to come back by itself: it arrives, also while the others settle.
  const canTell = weather === "Up" || (isNew && weather === "Settling");
  if (!onu || !canTell || onu.device.adminState !== "ENABLED" || !(isDark || isThere(onu.device))) return open;
  const { reason } = onu.device;
  const arrived = !isStale && !isDark && (reason === PUSHED || (!isNew && isTaken(reason)));
  if (arrived && !isDenied(status, isNew)) return "pushed";
  if (weather === "Settling") return open;
  return steadyMs >= ARRIVING_MS ? "missing" : open;
}
const isDenied = (status: FlowStatus | undefined, isNew: boolean): boolean =>
  status !== undefined && (NOT_PUSHED.has(status) || (isNew && status === NOT_ALL));
