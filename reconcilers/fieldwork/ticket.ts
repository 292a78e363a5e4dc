/** What becomes of a ticket by one order. Pure: numbers and technicians are given by the database. */
import type { Scalar, State } from "../../controller/core/model.ts";
import type { AppointmentRules, TicketPriority } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import type { Order } from "../system.ts";
import { appointmentFor, slaDueAt } from "./appointment.ts";
import { momentOf } from "./calendar.ts";
import { COLUMN_NAMES, type Column } from "./fields.ts";

export type TicketState = "Scheduled" | "Completed" | "Cancelled";
export type Columns = Readonly<Record<Column, string | readonly string[] | null>>;
/** As the declaration, the clock and people made it. */
export interface Ticket {
  readonly state: TicketState;
  /** Epoch milliseconds. */
  readonly scheduledAt: number;
  readonly slaDue: number;
  readonly columns: Columns;
  readonly rules: AppointmentRules;
}

/** @param before undefined: there is none. */
export function after(before: Ticket | undefined, { action, patch, how }: Order, now: number): Ticket {
  const rules = (how as AppointmentRules | undefined) ?? before?.rules;
  if (rules === undefined) throw new Error("a ticket is made by the rules of its tenant");
  const columns = patched(before?.columns, patch);
  if (!before)
    return {
      state: "Scheduled",
      columns,
      rules,
      ...dated(appointmentFor(wishOf(columns), rules, now), columns, rules),
    };
  if (action === "retire") return before.state === "Scheduled" ? { ...before, state: "Cancelled" } : before;
  const edited = { ...before, columns, rules };
  if (action === "restore" && before.state === "Cancelled") return reopened(edited, now);
  if (before.state !== "Scheduled") return edited;
  if ("date" in patch) return { ...edited, ...dated(wished(edited, now), columns, rules) };
  return "priority" in patch ? { ...edited, ...dated(edited.scheduledAt, columns, rules) } : edited;
}

/** Who comes back gets the appointment that he had, if it is still to come. */
function reopened(t: Ticket, now: number): Ticket {
  const at = t.scheduledAt > now ? t.scheduledAt : appointmentFor(wishOf(t.columns), t.rules, now);
  return { ...t, state: "Scheduled", ...dated(at, t.columns, t.rules) };
}
/** A wish that is taken back, or that has passed, moves nothing: somebody may have told the customer already. */
function wished({ columns, rules, scheduledAt }: Ticket, now: number): number {
  const wish = wishOf(columns);
  const at = wish === undefined ? undefined : momentOf(wish, rules.at, rules.timeZone);
  return at !== undefined && at > now ? at : scheduledAt;
}

const dated = (scheduledAt: number, columns: Columns, rules: AppointmentRules) => ({
  scheduledAt,
  slaDue: slaDueAt(scheduledAt, columns.priority as TicketPriority, rules),
});
const wishOf = ({ date }: Columns): string | undefined => (typeof date === "string" ? date : undefined);

function patched(before: Columns | undefined, patch: State): Columns {
  const cells = COLUMN_NAMES.map((name) => [
    name,
    name in patch ? cell(patch[name] ?? null) : (before?.[name] ?? null),
  ]);
  return Object.fromEntries(cells) as Columns;
}
function cell(value: State[string] | null): string | readonly string[] | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Sensitive) return value.reveal();
  return typeof value === "object" ? value.map(String) : String(value satisfies Scalar);
}
