/** Rows to tickets and back. */
import type { Facts, State, Value } from "../../controller/core/model.ts";
import type { AppointmentRules } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { rfc3339 } from "../../controller/core/time.ts";
import type { Row } from "../postgres.ts";
import type { TicketView } from "../tickets.ts";
import type { Visit } from "./assign.ts";
import { dayOf, hourOf } from "./calendar.ts";
import type { Found } from "./driver.ts";
import { COLUMN_NAMES, type Column, isPersonal } from "./fields.ts";
import { parseKey } from "./keys.ts";
import type { Columns, Ticket, TicketState } from "./ticket.ts";

/** A ticket as it stands, with what stands beside it. */
export interface Stored extends Ticket {
  readonly id: string;
  readonly key: string;
  readonly number: string;
  readonly result: string | null;
  readonly technician: string | null;
  readonly token: string | null;
  readonly owner: string | null;
  readonly retired: boolean;
}
type Json = Readonly<Record<Column, string | readonly string[] | null>> & {
  readonly id: number;
  readonly key: string;
  readonly number: string;
  readonly state: TicketState;
  readonly scheduled_at: string;
  readonly sla_due: string;
  readonly rules: AppointmentRules;
  readonly result: string | null;
};

export function stored([json, technician = null, token = null, owner = null, retired]: Row): Stored {
  const { id, key, number, state, rules, result, ...rest } = JSON.parse(json!) as Json;
  return {
    ...{ id: String(id), key, number, state, rules, result, technician, token, owner },
    columns: Object.fromEntries(COLUMN_NAMES.map((c) => [c, rest[c]])) as Columns,
    scheduledAt: Date.parse(rest.scheduled_at),
    slaDue: Date.parse(rest.sla_due),
    retired: retired === "true" && state !== "Scheduled", // a mark alone ends nothing
  };
}

/** What the writing statements take. */
export function job(key: string, number: string | undefined, t: Ticket) {
  const moments = { scheduled_at: rfc3339(t.scheduledAt), sla_due: rfc3339(t.slaDue) };
  return { key, number, ...parseKey(key), state: t.state, ...moments, ...t.columns, rules: t.rules };
}

/** @param dispatch whether somebody is sent, as far as anybody is free. */
export function found(t: Stored, dispatch: string): Found {
  const { columns, technician, state } = t;
  const facts: Facts = {
    ...{ ticket: t.number, visit: parseKey(t.key).visit, state, priority: String(columns.priority) },
    ...{ scheduledAt: rfc3339(t.scheduledAt), slaDue: rfc3339(t.slaDue) },
    ...(technician !== null && { technician }),
  };
  const cells = COLUMN_NAMES.map((c): [string, Value] => [c, value(c, columns[c])]);
  const own: State = { ...Object.fromEntries(cells), dispatch };
  return { id: t.id, token: t.token ?? undefined, retired: t.retired, state: own, facts };
}
const value = (column: Column, v: string | readonly string[] | null): Value =>
  typeof v === "string" && isPersonal(column) ? new Sensitive(v) : v;

export function view(t: Stored, now: number): TicketView {
  return {
    ...{ number: t.number, key: t.key, owner: t.owner ?? undefined, ...parseKey(t.key), state: t.state },
    ...{ priority: String(t.columns.priority), team: String(t.columns.team), technician: t.technician ?? undefined },
    ...{ scheduledAt: rfc3339(t.scheduledAt), slaDue: rfc3339(t.slaDue), result: t.result ?? undefined },
    overdue: t.state === "Scheduled" && t.slaDue <= now,
  };
}

/** What a technician must be able to do, and when. */
export function visitOf({ columns, scheduledAt, rules: { timeZone } }: Ticket): Visit & { readonly hour: string } {
  return {
    team: String(columns.team),
    skills: typeof columns.skills === "object" && columns.skills !== null ? columns.skills : [],
    area: typeof columns.area === "string" ? columns.area : undefined,
    day: dayOf(scheduledAt, timeZone),
    hour: rfc3339(hourOf(scheduledAt, timeZone)),
  };
}
