/** Pure: when a cron expression of five fields comes true, in a time zone. */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A 29 February may be eight years away. What does not come within that time never comes. */
const HORIZON_DAYS = 366 * 8;

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Of a day by the calendar, as midnight UTC. */
  readonly onDay: (day: Date) => boolean;
}
type Field = ReadonlySet<number>;

/** undefined: not an expression that is understood. */
export function parseCron(text: string): Cron | undefined {
  const [minute = "", hour = "", date = "", month = "", weekday = "", ...rest] = text.trim().split(/\s+/);
  const minutes = field(minute, 0, 59);
  const hours = field(hour, 0, 23);
  const months = field(month, 1, 12, MONTHS);
  const dates = date === "L" ? "last" : field(date, 1, 31);
  const weekdays = weekday.includes("#") ? nth(weekday) : field(weekday, 0, 7, WEEKDAYS);
  if (!minutes || !hours || !months || !dates || !weekdays || rest.length > 0) return undefined;
  const anyDate = isAny(date);
  const anyWeekday = isAny(weekday);
  const onDate = (d: Date): boolean =>
    dates === "last" ? new Date(d.getTime() + DAY_MS).getUTCDate() === 1 : dates.has(d.getUTCDate());
  const onWeekday = (d: Date): boolean => {
    const day = d.getUTCDay();
    if ("week" in weekdays) return weekdays.day === day && Math.ceil(d.getUTCDate() / 7) === weekdays.week;
    return weekdays.has(day) || (day === 0 && weekdays.has(7));
  };
  const onDay = (d: Date): boolean => {
    if (!months.has(d.getUTCMonth() + 1)) return false;
    // POSIX crontab: where both are restricted, either of them is enough.
    return !anyDate && !anyWeekday ? onDate(d) || onWeekday(d) : onDate(d) && onWeekday(d);
  };
  return { minutes: [...minutes], hours: [...hours], onDay };
}
const isAny = (text: string): boolean => text.startsWith("*") || text === "?";

/** `2#1`: the first Tuesday. */
function nth(text: string): { readonly day: number; readonly week: number } | undefined {
  const [name = "", week = ""] = text.split("#");
  const day = numberOf(name, WEEKDAYS);
  return day !== undefined && /^[1-5]$/.test(week) ? { day: day % 7, week: Number(week) } : undefined;
}

function field(text: string, least: number, most: number, names: readonly string[] = []): Field | undefined {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const [, range = "", step = "1"] = /^([^/]+)(?:\/([0-9]{1,2}))?$/.exec(part) ?? [];
    const [first, last] = span(range, part.includes("/"), least, most, names) ?? [];
    if (first === undefined || last === undefined || first > last || Number(step) === 0) return undefined;
    for (let n = first; n <= last; n += Number(step)) found.add(n);
  }
  return new Set([...found].sort((a, b) => a - b));
}
function span(text: string, stepped: boolean, least: number, most: number, names: readonly string[]) {
  if (isAny(text)) return text.length === 1 ? [least, most] : undefined;
  const [from = "", to, ...rest] = text.split("-");
  const first = numberOf(from, names, least === 1 ? 1 : 0);
  const last = to === undefined ? (stepped ? most : first) : numberOf(to, names, least === 1 ? 1 : 0);
  if (first === undefined || last === undefined || rest.length > 0 || first < least || last > most) return undefined;
  return [first, last];
}
function numberOf(text: string, names: readonly string[], base = 0): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return named + base;
  return /^[0-9]{1,2}$/.test(text) ? Number(text) : undefined;
}

/** The last time at or before `now`, or the first one after it. Epoch milliseconds; undefined: never. */
export function fires(cron: Cron, timeZone: string, now: number, which: "last" | "next"): number | undefined {
  const step = which === "last" ? -1 : 1;
  const today = Math.floor((now + offset(now, timeZone)) / DAY_MS) * DAY_MS;
  // One day more to begin with: what is local midnight here may be the day before there.
  for (let n = -1; n <= HORIZON_DAYS; n++) {
    const day = today + n * step * DAY_MS;
    if (!cron.onDay(new Date(day))) continue;
    const times = timesOf(cron, day, timeZone);
    const found = which === "last" ? times.findLast((t) => t <= now) : times.find((t) => t > now);
    if (found !== undefined) return found;
  }
  return undefined;
}

const timesOf = ({ hours, minutes }: Cron, day: number, timeZone: string): readonly number[] =>
  hours.flatMap((h) => minutes.map((m) => instant(day + (h * 60 + m) * MINUTE_MS, timeZone))).sort((a, b) => a - b);

/** A wall clock, spelled as if it were UTC, in a zone. What a change of the clock leaves out comes right after it. */
function instant(wall: number, timeZone: string): number {
  const guess = wall - offset(wall, timeZone);
  return wall - offset(guess, timeZone);
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** Milliseconds that the wall clocks of the zone are ahead of UTC. @throws RangeError for a zone that nobody knows */
function offset(at: number, timeZone: string): number {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  formats.set(timeZone, format);
  const name = format.formatToParts(at).find((p) => p.type === "timeZoneName")?.value ?? "";
  const [, sign, hours = "0", minutes = "0"] = /^GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}
