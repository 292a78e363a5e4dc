/** Gives tickets their technicians. Who is chosen is computed; that no hour is given twice the database's key decides. */
import type { Query } from "../postgres.ts";
import { chooseTechnician, type Technician, type Workload } from "./assign.ts";
import { type Stored, visitOf } from "./rows.ts";
import * as sql from "./sql.ts";

const slot = (technician: string, hour: string): string => `${hour} ${technician}`;

/** Whether anybody could go to these, as things stand: a look, that takes nothing. */
export async function couldGo(
  query: Query,
  tickets: readonly Stored[],
  all: readonly Technician[],
): Promise<ReadonlySet<string>> {
  if (tickets.length === 0 || all.length === 0) return new Set();
  const taken = await takenAt(query, tickets);
  const idle = { ofDay: () => 0, ofAll: () => 0 };
  const going = tickets.filter((t) => {
    const visit = visitOf(t);
    return chooseTechnician(all, visit, { ...idle, busy: (n) => taken.has(slot(n, visit.hour)) }) !== undefined;
  });
  return new Set(going.map((t) => t.key));
}

/**
 * @param tickets open ones, whose own hours are released; `technician` of each is who had it.
 * Whoever loses an hour to another call looks for the next who is free.
 */
export async function assign(query: Query, tickets: readonly Stored[], all: readonly Technician[]): Promise<void> {
  if (tickets.length === 0 || all.length === 0) return;
  const lost = new Set<string>();
  for (let open = tickets; open.length > 0; ) {
    const wanted = choose(open, all, await takenAt(query, open), lost, await loadOf(query, open));
    if (wanted.length === 0) return;
    const given = new Set((await query(sql.book, columns(wanted))).map(([ticket]) => ticket));
    for (const w of wanted) if (!given.has(w.ticket.id)) lost.add(slot(w.technician, w.hour));
    open = wanted.filter((w) => !given.has(w.ticket.id)).map((w) => w.ticket);
  }
}

interface Wanted {
  readonly technician: string;
  readonly hour: string;
  readonly day: string;
  readonly ticket: Stored;
}
const columns = (wanted: readonly Wanted[]) => [
  wanted.map((w) => w.technician),
  wanted.map((w) => w.hour),
  wanted.map((w) => w.day),
  wanted.map((w) => w.ticket.id),
];

/** One after the other, each knowing what those before it took. */
function choose(
  open: readonly Stored[],
  all: readonly Technician[],
  taken: ReadonlySet<string>,
  lost: ReadonlySet<string>,
  load: Map<string, number>,
): readonly Wanted[] {
  const mine = new Set<string>();
  return open.flatMap((ticket) => {
    const { hour, ...visit } = visitOf(ticket);
    const isBusy = (n: string): boolean => [taken, lost, mine].some((set) => set.has(slot(n, hour)));
    const how: Workload = {
      busy: isBusy,
      ofDay: (n) => load.get(`${visit.day} ${n}`) ?? 0,
      ofAll: (n) => load.get(` ${n}`) ?? 0,
    };
    const technician = chooseTechnician(all, visit, how, ticket.technician ?? undefined);
    if (technician === undefined) return [];
    mine.add(slot(technician, hour));
    for (const whose of [`${visit.day} ${technician}`, ` ${technician}`]) load.set(whose, (load.get(whose) ?? 0) + 1);
    return [{ technician, hour, day: visit.day, ticket }];
  });
}

async function takenAt(query: Query, tickets: readonly Stored[]): Promise<ReadonlySet<string>> {
  const hours = [...new Set(tickets.map((t) => visitOf(t).hour))];
  return new Set((await query(sql.busy, [hours])).map(([technician, hour]) => slot(technician!, hour!)));
}
/** By `day name`; by ` name` of all days. */
async function loadOf(query: Query, tickets: readonly Stored[]): Promise<Map<string, number>> {
  const days = [...new Set(tickets.map((t) => visitOf(t).day))];
  return new Map((await query(sql.load, [days])).map(([name, day, n]) => [`${day} ${name}`, Number(n)]));
}
