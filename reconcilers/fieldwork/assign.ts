/** Which technician is sent. Pure: who is free is decided by the database, where no hour is given twice. */
import { type Day, type Weekday, weekdayOf } from "./calendar.ts";

export interface Technician {
  readonly name: string;
  readonly team: string;
  readonly skills: readonly string[];
  /** Serving areas; undefined: all. */
  readonly areas: readonly string[] | undefined;
  readonly days: readonly Weekday[];
  /** Both days included. */
  readonly away: readonly { readonly from: Day; readonly to: Day }[];
}
/** What a ticket asks of whoever goes. */
export interface Visit {
  readonly team: string;
  readonly skills: readonly string[];
  readonly area: string | undefined;
  /** In the customer's time zone. */
  readonly day: Day;
}
export interface Workload {
  /** Whether he is to be somewhere else in that hour. */
  readonly busy: (name: string) => boolean;
  /** Tickets that he has that day, and open ones of all days. */
  readonly ofDay: (name: string) => number;
  readonly ofAll: (name: string) => number;
}

/** Whoever has it already keeps it where he can; else the least loaded goes, and of equals the lesser name. */
export function chooseTechnician(
  all: readonly Technician[],
  visit: Visit,
  load: Workload,
  current?: string,
): string | undefined {
  const names = all.filter((t) => canGo(t, visit) && !load.busy(t.name)).map((t) => t.name);
  if (current !== undefined && names.includes(current)) return current;
  return names.sort((a, b) => load.ofDay(a) - load.ofDay(b) || load.ofAll(a) - load.ofAll(b) || (a < b ? -1 : 1))[0];
}

/** Whoever has it may have fallen ill or left since. A person may send whom the rules would not, but nobody who is not there. */
export function canCome(all: readonly Technician[], name: string, day: Day): boolean {
  const found = all.find((t) => t.name === name);
  return found ? !isAway(found, day) : all.length === 0; // who sends technicians otherwise declares none
}
const isAway = ({ away }: Technician, day: Day): boolean => away.some(({ from, to }) => from <= day && day <= to);

function canGo(t: Technician, v: Visit): boolean {
  const { team, skills, areas, days } = t;
  if (team !== v.team || !v.skills.every((s) => skills.includes(s))) return false;
  if (areas !== undefined && (v.area === undefined || !areas.includes(v.area))) return false;
  return days.includes(weekdayOf(v.day)) && !isAway(t, v.day);
}
