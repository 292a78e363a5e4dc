/** What people do with tickets, in the built-in driver: each act is one transaction, and one or more events. */
import { rfc3339 } from "../../controller/core/time.ts";
import { Fault, fault } from "../errors.ts";
import type { Database, Query } from "../postgres.ts";
import type { TicketDesk, TicketDetail, TicketEvent, TicketView } from "../tickets.ts";
import type { Desk } from "./apply.ts";
import { slaDueAt } from "./appointment.ts";
import { assign } from "./booking.ts";
import { momentOf } from "./calendar.ts";
import { COLUMN_NAMES } from "./fields.ts";
import { type Stored, stored, view, visitOf } from "./rows.ts";
import * as sql from "./sql.ts";
import type { TicketState } from "./ticket.ts";

export function deskOf(db: Database, desk: Desk): TicketDesk {
  const act = (number: string, by: string, signal: AbortSignal, work: Work): Promise<TicketView> =>
    db.transaction(async (query) => {
      await query(sql.actor, [by]);
      await query(sql.lockNumber, [number]);
      const [row] = await query(sql.byNumber, [number]);
      if (!row) throw fault("BadValue", `there is no ticket ${number}`);
      await work(query, stored(row));
      const [now] = await query(sql.byNumber, [number]);
      return view(stored(now ?? row), desk.now());
    }, signal);
  return {
    async list({ tenant, technician, state = "Scheduled", overdue = false, unassigned = false }, signal) {
      const due = overdue ? rfc3339(desk.now()) : null;
      const values = [tenant ?? null, technician ?? null, state === "All" ? null : state, due, unassigned];
      return (await db.read(sql.list, values, signal)).map((row) => view(stored(row), desk.now()));
    },
    async show(number, signal) {
      const [row] = await db.read(sql.byNumber, [number], signal);
      return row && detail(stored(row), (await db.read(sql.events, [number], signal)).map(event), desk.now());
    },
    complete: (number, result, by, signal) =>
      act(number, by, signal, async (query, t) => {
        must(t, "Scheduled", "Completed");
        await query(sql.complete, [number, result ?? null]);
      }),
    cancel: (number, result, by, signal) =>
      act(number, by, signal, async (query, t) => {
        must(t, "Scheduled", "Cancelled");
        await query(sql.cancel, [number, result ?? null]);
      }),
    reschedule: (number, to, by, signal) =>
      act(number, by, signal, async (query, t) => {
        must(t, "Scheduled", "Cancelled");
        await move(query, t, momentOf(to.day, to.at ?? t.rules.at, t.rules.timeZone), desk);
      }),
    assign: (number, technician, by, signal) =>
      act(number, by, signal, async (query, t) => {
        must(t, "Scheduled");
        await query(sql.release, [[t.id]]);
        if (technician !== undefined) return give(query, t, technician, desk);
        await assign(query, [{ ...t, technician: null }], desk.technicians);
      }),
    async counts(tenant, signal) {
      const [row = []] = await db.read(sql.counts, [tenant, rfc3339(desk.now())], signal);
      const [open = 0, overdue = 0, unassigned = 0] = row.map(Number);
      return { open, overdue, unassigned };
    },
  };
}
type Work = (query: Query, ticket: Stored) => Promise<void>;

function must({ state, number }: Stored, ...allowed: readonly TicketState[]): void {
  if (allowed.includes(state)) return;
  throw new Fault("Conflict", "TicketClosed", `ticket ${number} is ${state}`, { remedy: REMEDY[state] });
}
const REMEDY: Readonly<Record<TicketState, string>> = {
  Scheduled: "",
  Completed: "what was done stays done; another visit is installation.visit of the subscriber",
  Cancelled: "reschedule it, and it is open again",
};

/** Whoever has it keeps it, if he is free then. */
async function move(query: Query, t: Stored, at: number, desk: Desk): Promise<void> {
  if (!Number.isFinite(at)) throw fault("BadValue", "the appointment is no day and time");
  if (at <= desk.now()) throw fault("BadValue", "the appointment has passed already");
  const due = slaDueAt(at, t.columns.priority as keyof typeof t.rules.slaSeconds, t.rules);
  await query(sql.reschedule, [t.number, rfc3339(at), rfc3339(due)]);
  const next: Stored = { ...t, scheduledAt: at };
  if (t.technician !== null && visitOf(next).hour === visitOf(t).hour) return;
  await query(sql.release, [[t.id]]);
  await assign(query, [next], desk.technicians);
}

/** A person may know better than skills, areas and days; but nobody is at two places. */
async function give(query: Query, t: Stored, technician: string, desk: Desk): Promise<void> {
  if (!desk.technicians.some((known) => known.name === technician))
    throw fault("BadValue", `no technician ${technician} is declared; declared are ${namesOf(desk)}`);
  const { hour, day } = visitOf(t);
  const given = await query(sql.book, [[technician], [hour], [day], [t.id]]);
  if (given.length > 0) return;
  throw new Fault("Conflict", "TechnicianBusy", `${technician} is at another customer's in the hour of ${t.number}`, {
    remedy: "name another, or reschedule the ticket",
  });
}
const namesOf = ({ technicians }: Desk): string => technicians.map((t) => t.name).join(", ") || "none";

const event = ([at, what, before, after, actor]: readonly (string | null)[]): TicketEvent => ({
  ...{ at: at!, what: what!, before: before ?? undefined, after: after ?? undefined, actor: actor! },
});
/** What stands in the list already. */
const LISTED: ReadonlySet<string> = new Set(["priority", "team", "skills"]);
function detail(t: Stored, events: readonly TicketEvent[], now: number): TicketDetail {
  const told = COLUMN_NAMES.filter((c) => !LISTED.has(c)).flatMap((c) =>
    typeof t.columns[c] === "string" ? [[c, t.columns[c]] as const] : [],
  );
  const more = Object.fromEntries(told) as Readonly<Record<string, string>>;
  return { ...view(t, now), timeZone: t.rules.timeZone, skills: visitOf(t).skills, more, events };
}
