/** Pure: the maintenance windows of an endpoint. Outside of them the changes that they gate wait. */
import type { ExternalSystem } from "../api/types.generated.ts";
import { lastRun, nextRun, parseCron } from "./cron.ts";
import type { Closed } from "./gate.ts";
import { parseDuration } from "./resolve/duration.ts";

type Window = NonNullable<ExternalSystem["spec"]["maintenanceWindows"]>[number];
/** Until when a verdict stands, in epoch milliseconds. */
interface Verdict {
  readonly closed: Closed | undefined;
  readonly from: number;
  readonly until: number;
}
/** Asked for each change of each subject, and another one only a few times a day. */
const verdicts = new WeakMap<ExternalSystem, Verdict>();

/** What waits now, and until when; undefined: nothing. */
export function closedNow(system: ExternalSystem, now: number): Closed | undefined {
  const { maintenanceWindows: windows = [] } = system.spec;
  if (windows.length === 0) return undefined;
  const known = verdicts.get(system);
  if (known && known.from <= now && now < known.until) return known.closed;
  const verdict = judge(system.metadata.name, windows, now);
  verdicts.set(system, verdict);
  return verdict.closed;
}

/** Any window that is open lets everything through. */
function judge(name: string, windows: readonly Window[], now: number): Verdict {
  const states = windows.map((w) => stateOf(w, now));
  const ends = states.flatMap((s) => s.openUntil ?? []);
  if (ends.length > 0) return { closed: undefined, from: now, until: Math.max(...ends) };
  const next = Math.min(...states.map((s) => s.opens ?? Number.POSITIVE_INFINITY));
  const gates = windows.some((w) => w.gates?.includes("All")) ? "All" : "Disruptive";
  return {
    closed: { gates, message: `outside the maintenance windows of ${name}; ${inWords(next)}` },
    from: now,
    until: next,
  };
}
const inWords = (next: number): string =>
  Number.isFinite(next)
    ? `the next one opens at ${new Date(next).toISOString().replace(/:\d\d\.\d+Z$/, "Z")}`
    : "none of them ever opens: correct its schedule";

interface State {
  /** undefined: it is closed. */
  readonly openUntil?: number;
  readonly opens?: number | undefined;
}
function stateOf({ schedule, duration, timeZone = "UTC" }: Window, now: number): State {
  const cron = parseCron(schedule, timeZone);
  const lasts = (parseDuration(duration) ?? 0) * 1000;
  if (!cron || lasts === 0) return {}; // it stays closed, and the message says so
  const last = lastRun(cron, now);
  if (last !== undefined && now < last + lasts) return { openUntil: last + lasts };
  return { opens: nextRun(cron, now) };
}
