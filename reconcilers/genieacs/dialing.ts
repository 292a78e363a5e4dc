/**
 * What a router may dial with since an answer about it was lost. Remembered in its tag before it is told, until it is sure:
 * a router that took it and cannot get in with it tells nobody.
 */
import type { Device } from "./device.ts";
import { type Memory, nameHash } from "./memory.ts";
import { intervalOf } from "./reports.ts";

export type Dialing = Pick<Memory, "dialing" | "dialed">;
/**
 * - `sure`: as memory and document say.
 * - `open`: perhaps this value; it is told again.
 * - `silent`: this value, as far as anybody can tell: the router was there when it was told, and has not been since.
 * - `other`: perhaps one that is wanted no more; whatever memory and document say, it is told again.
 */
export type Certainty = "sure" | "open" | "silent" | "other";

/** The session of a task begins within its time; clocks may differ. Informs up to then are that session's. */
export const SKEW_MS = 30_000;
const SESSION_MS = 60_000 + SKEW_MS;
const INTERVALS = 3;
const LEAST_MS = 300_000;

export function certaintyOf(
  memory: Memory | undefined,
  device: Device,
  name: string,
  digest: string,
  now: number,
): Certainty {
  const sent = memory?.dialing[nameHash(name)];
  if (memory === undefined || sent === undefined || isBefore(memory, device.lastBootstrap)) return "sure";
  if (sent !== digest) return "other";
  return now >= followsAt(memory, device) ? "silent" : "open";
}
/** A factory reset has undone it. */
const isBefore = ({ dialed }: Dialing, bootstrap: string | undefined): boolean =>
  bootstrap !== undefined && dialed < bootstrap;

/**
 * Epoch milliseconds; never, where it was not there when it was told, which is one that is switched off, and where it has
 * reported since: then it is told, and nothing has to be guessed.
 */
function followsAt(d: Dialing, device: Device): number {
  const sent = Date.parse(d.dialed);
  return presence(d, device) === "then"
    ? sent + Math.max(LEAST_MS, INTERVALS * intervalOf(device))
    : Number.POSITIVE_INFINITY;
}
/** When it was last there, beside the session in which it was told: a session that breaks off is an inform too (fact 19). */
function presence({ dialed }: Dialing, { lastInform }: Device): "before" | "then" | "since" {
  const [sent, seen] = [Date.parse(dialed), Date.parse(lastInform ?? "1970-01-01")];
  if (seen < sent - SKEW_MS) return "before";
  return seen > sent + SESSION_MS ? "since" : "then";
}

export const NOT_DIALING: Dialing = { dialing: {}, dialed: "" };
/** Of several that it may have no one counts. */
const SEVERAL = "several";
/**
 * What is remembered before values are sent: beside what was open before, and with the time of the session in which that was
 * told. A controller that dies now knows no less than before.
 */
export function dialingNow(before: Dialing, device: Device, sent: Dialing): Dialing {
  const open = openOf(before, device);
  if (isNothing(open) || isNothing(sent)) return isNothing(sent) ? open : sent;
  const both = Object.entries(sent.dialing).map(([name, digest]) => {
    const other = open.dialing[name];
    return [name, other === undefined || other === digest ? digest : SEVERAL];
  });
  const dialing = { ...open.dialing, ...Object.fromEntries(both) };
  return { dialing, dialed: presence(open, device) === "then" ? open.dialed : sent.dialed };
}
/** What is remembered when the session broke off: it was there, so what it may have now is what it was told last. */
export const dialingAfter = (before: Dialing, device: Device, sent: Dialing): Dialing => ({
  dialing: { ...openOf(before, device).dialing, ...sent.dialing },
  dialed: sent.dialed,
});
const openOf = ({ dialing, dialed }: Dialing, { lastBootstrap }: Device): Dialing =>
  isBefore({ dialing, dialed }, lastBootstrap) ? NOT_DIALING : { dialing, dialed };
const isNothing = ({ dialing }: Dialing): boolean => Object.keys(dialing).length === 0;

/** For people; undefined: nothing is. */
export function doubtIn(known: Certainty, memory: Memory | undefined, device: Device): string | undefined {
  if (known === "sure" || memory === undefined) return undefined;
  if (known === "silent")
    return "it broke off while it was told what to dial with and is silent since: RADIUS follows it";
  if (known === "other") return "it may dial with what is declared no more: declare that again if it stays away";
  const at = followsAt(memory, device);
  const then = Number.isFinite(at)
    ? `RADIUS follows if it is silent until ${new Date(at).toISOString()}`
    : "it is told again";
  return `it broke off while it was told what to dial with: ${then}`;
}
