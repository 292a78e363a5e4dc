/** When a technician comes, and by when he must be done. Pure. */
import type { AppointmentRules, TicketPriority } from "../../controller/core/resolved.ts";
import { type Day, dayOf, momentOf, nextDay, weekdayOf } from "./calendar.ts";

/** A wish counts as it is, whatever day it is, as long as it is still to come; otherwise the lead days decide. */
export function appointmentFor(wish: Day | undefined, rules: AppointmentRules, now: number): number {
  const wished = wish === undefined ? undefined : momentOf(wish, rules.at, rules.timeZone);
  return wished !== undefined && wished > now ? wished : byLeadDays(rules, now);
}

/** The first day with appointments after so many days that count. */
function byLeadDays(rules: AppointmentRules, now: number): number {
  let day = dayOf(now, rules.timeZone);
  for (let left = rules.leadDays; left > 0; ) {
    day = nextDay(day);
    if (rules.count === "CalendarDays" || isOpen(day, rules)) left--;
  }
  while (!isOpen(day, rules) || momentOf(day, rules.at, rules.timeZone) <= now) day = nextDay(day);
  return momentOf(day, rules.at, rules.timeZone);
}
function isOpen(day: Day, { count, holidays }: AppointmentRules): boolean {
  if (holidays.includes(day)) return false;
  return count === "CalendarDays" || !WEEKEND.has(weekdayOf(day));
}
const WEEKEND: ReadonlySet<string> = new Set(["Sat", "Sun"]);

export const slaDueAt = (scheduledAt: number, priority: TicketPriority, { slaSeconds }: AppointmentRules): number =>
  scheduledAt + slaSeconds[priority] * 1000;
