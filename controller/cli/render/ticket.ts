/** One ticket, for whoever goes there. */
import type { TicketDetail } from "../../../reconcilers/tickets.ts";
import { table } from "./table.ts";

export function ticketText(t: TicketDetail): string {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["ticket", t.number],
    ["state", t.overdue ? `${t.state}, overdue` : t.state],
    ["subscriber", `${t.tenant}/${t.subscriber}${t.visit > 1 ? `, visit ${t.visit}` : ""}`],
    ["appointment", `${t.scheduledAt} (${t.timeZone})`],
    ["due", `${t.slaDue} (${t.priority})`],
    ["technician", t.technician ?? "-"],
    ["team", t.team],
    ["skills", t.skills.join(", ") || undefined],
    ...Object.entries(t.more),
    ["result", t.result],
  ];
  const lines = rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const events = t.events.map((e) => [e.at, e.actor, e.what, e.before ?? "", e.after ?? ""]);
  return [table(["field", "value"], lines), table(["at", "by", "what", "before", "after"], events)].join("\n\n");
}
