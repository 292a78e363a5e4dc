/** Subscribers of a small provider who wait for a technician, as resolution hands them to field work. */
import type { ResolvedInstallation, ResolvedSubscriber } from "../../controller/core/resolved.ts";
import type { Technician } from "../../reconcilers/fieldwork/assign.ts";
import { billing } from "./billing.subjects.ts";
import { subscriber } from "./radius.subjects.ts";

export const ENDPOINT = "tickets-1";
export const RULES: ResolvedInstallation["rules"] = {
  leadDays: 3,
  count: "WorkingDays",
  at: "10:00",
  timeZone: "Europe/Berlin",
  holidays: [],
  slaSeconds: { Low: 259_200, Normal: 86_400, High: 28_800, Urgent: 14_400 },
};
export const visit = (more: Partial<ResolvedInstallation> = {}): ResolvedInstallation => ({
  endpoint: ENDPOINT,
  visit: 1,
  date: undefined,
  priority: "Normal",
  team: "field_operations",
  skills: ["fibre"],
  notes: undefined,
  area: "mitte",
  rules: RULES,
  ...more,
});
export const technician = (name: string, more: Partial<Technician> = {}): Technician => ({
  name,
  team: "field_operations",
  skills: ["fibre"],
  areas: undefined,
  days: ["Mon", "Tue", "Wed", "Thu", "Fri"],
  away: [],
  ...more,
});
export const NOTES = "ring twice at Doe's";

export function visited(
  n: number,
  more: Partial<ResolvedInstallation> = {},
  of: Partial<ResolvedSubscriber> = {},
): ResolvedSubscriber {
  const devices = { onu: "ALCL12345678", cpe: "X1" };
  return subscriber(n, { billing: billing(n), devices, installation: visit(more), ...of });
}
/** `edited`: at least one field is another, and one is gone. */
export const visitedAs = (n: number, edited = false): ResolvedSubscriber =>
  edited
    ? visited(n, { date: "2030-01-08", priority: "Urgent" }, { devices: { onu: "ALCL87654321", cpe: undefined } })
    : visited(n, { date: "2030-01-07", notes: NOTES });
