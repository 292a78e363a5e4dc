/** Days and times of day in a time zone. Pure. */
import { fault } from "../errors.ts";

/** `YYYY-MM-DD`. */
export type Day = string;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();
function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = madeFor(timeZone);
  formats.set(timeZone, made);
  return made;
}
/** No schema knows the names of all zones. */
function madeFor(timeZone: string): Intl.DateTimeFormat {
  const fields = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", ...fields });
  } catch {
    throw fault("BadValue", `the time zone ${timeZone} of the tenant does not exist`);
  }
}

/** What clocks on the wall show there, as if it were UTC: epoch milliseconds, whole minutes. */
function wallTime(ms: number, timeZone: string): number {
  const parts = Object.fromEntries(
    formatIn(timeZone)
      .formatToParts(ms)
      .map((p) => [p.type, Number(p.value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute);
}
const dayText = (ms: number): Day => new Date(ms).toISOString().slice(0, 10);

export const dayOf = (ms: number, timeZone: string): Day => dayText(wallTime(ms, timeZone));
export const nextDay = (day: Day): Day => dayText(Date.parse(`${day}T00:00:00Z`) + DAY_MS);
const NAMES = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
export type Weekday = (typeof NAMES)[number];
export const weekdayOf = (day: Day): Weekday => NAMES[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? "Sun";

/**
 * The moment at which clocks there show this time. Where it is skipped (RFC 5545, 3.3.5) the offset before the gap counts;
 * of a time that comes twice the first. NaN: there is no such day or time.
 */
export function momentOf(day: Day, at: string, timeZone: string): number {
  const wanted = Date.parse(`${day}T${at}:00Z`);
  if (Number.isNaN(wanted)) return wanted;
  const offsetAt = (ms: number): number => wallTime(ms, timeZone) - Math.floor(ms / MINUTE_MS) * MINUTE_MS;
  // No zone changes its clocks twice within two days: one offset holds before, and one after.
  const [before, after] = [offsetAt(wanted - DAY_MS), offsetAt(wanted + DAY_MS)];
  const fits = [wanted - before, wanted - after].filter((ms) => wallTime(ms, timeZone) === wanted);
  return fits.length > 0 ? Math.min(...fits) : wanted - before;
}

/** The hour of the clock there in which the moment lies: nobody can be at two places within one. */
export function hourOf(ms: number, timeZone: string): number {
  return ms - (wallTime(ms, timeZone) % (60 * MINUTE_MS)) - (ms % MINUTE_MS);
}
