/** Installation tickets as the desk sees them, and days as the tenant counts them. */
import type { Office, Row } from "./office.ts";

type Spec = Record<string, unknown>;
const AREAS = [
  { name: "mitte", olts: ["olt1"], nas: ["bng1"] },
  { name: "nord", olts: ["olt2"], nas: ["bng1"] },
];
export const BERLIN = { timeZone: "Europe/Berlin", servingAreas: AREAS };
export const HOUR = 3_600_000;
export const FAR = "2027-01-13"; // a Wednesday in winter: 10:00 in Berlin is 09:00 UTC
export const SUMMER = "2027-07-14"; // a Wednesday in summer: 10:00 in Berlin is 08:00 UTC
export const SPRING = "2027-03-28"; // the Sunday on which the clocks go forward

export const ticketOf = async (p: Office, name: string): Promise<Row> =>
  (await p.desk(`select * from fieldwork.tickets where subscriber = 'SUB-${name}' order by visit desc`))[0] ?? {};
export const appointment = async (p: Office, name: string): Promise<string> =>
  (((await ticketOf(p, name))["scheduled_at"] as Date | undefined) ?? new Date(0)).toISOString();
export const whoGoes = async (p: Office, name: string): Promise<unknown> =>
  ((await p.show(name))["installation"] as Row | undefined)?.["technician"];
export const visit = (spec: Spec): Spec => ({ installation: spec });

/** The day in Berlin, so many days on. */
export const dayFromNow = (days: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin" }).format(new Date(Date.now() + days * 24 * HOUR));
const isWeekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T12:00:00Z`).getUTCDay());
/** Three working days on, none of them a holiday. */
export function leadDay(holidays: readonly string[]): string {
  let [day, left] = [0, 3];
  while (left > 0) {
    day++;
    if (!isWeekend(dayFromNow(day)) && !holidays.includes(dayFromNow(day))) left--;
  }
  return dayFromNow(day);
}
export const localDay = (at: string): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin", dateStyle: "short", timeStyle: "short" }).format(
    new Date(at),
  );
