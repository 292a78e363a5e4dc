/** One call of many effects: a transaction of a few statements, and an outcome for each order. */
import { refKey } from "../../controller/core/model.ts";
import { type Fault, fault } from "../errors.ts";
import type { Query } from "../postgres.ts";
import type { Order } from "../system.ts";
import type { Technician } from "./assign.ts";
import { assign } from "./booking.ts";
import { dayOf } from "./calendar.ts";
import type { Found } from "./driver.ts";
import { ticketNumber } from "./number.ts";
import { isLost, readFound, readStored } from "./read.ts";
import { job, type Stored, visitOf } from "./rows.ts";
import * as sql from "./sql.ts";
import { after, type Ticket } from "./ticket.ts";

export interface Desk {
  readonly technicians: readonly Technician[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export async function apply(
  query: Query,
  orders: readonly Order[],
  desk: Desk,
): Promise<readonly (Found | null | Fault)[]> {
  await query(sql.quiet);
  const owned = await own(query, orders);
  const ours = orders.filter((o) => owned.has(o.ref.key));
  await destroy(
    query,
    ours.filter((o) => o.action === "destroy"),
  );
  await write(
    query,
    ours.filter((o) => o.action !== "destroy"),
    desk,
  );
  const now = await readFound(
    query,
    orders.map((o) => o.ref.key),
    desk.technicians,
  );
  return orders.map((o) => outcome(o, now.get(o.ref.key), owned.has(o.ref.key)));
}

async function own(query: Query, orders: readonly Order[]): Promise<ReadonlySet<string>> {
  const columns = [orders.map((o) => o.ref.key), orders.map((o) => o.token), orders.map((o) => o.owner)];
  return new Set((await query(sql.own, [...columns, orders.map((o) => o.action)])).map(([key]) => key!));
}

async function destroy(query: Query, orders: readonly Order[]): Promise<void> {
  if (orders.length === 0) return;
  const keys = orders.map((o) => o.ref.key);
  await query(sql.destroy, [keys]);
  await query(sql.forget, [keys]);
}

async function write(query: Query, orders: readonly Order[], desk: Desk): Promise<void> {
  if (orders.length === 0) return;
  const keys = orders.map((o) => o.ref.key);
  await query(sql.lock, [keys]);
  const before = await readStored(query, keys);
  const standing = orders.filter((o) => before.has(o.ref.key));
  const missing = orders.filter((o) => !before.has(o.ref.key) && o.how !== undefined);
  const next = new Map(orders.flatMap((o) => ticketAfter(o, before.get(o.ref.key), desk)));
  await insert(query, missing, next, desk.now());
  await query(sql.update, [JSON.stringify(standing.map((o) => job(o.ref.key, undefined, next.get(o.ref.key)!)))]);
  await dispatch(query, keys, before, desk.technicians);
}
function ticketAfter(o: Order, before: Stored | undefined, desk: Desk): readonly (readonly [string, Ticket])[] {
  return before || o.how !== undefined ? [[o.ref.key, after(before, o, desk.now())]] : [];
}

/** Numbered by the day on which they are made, in the tenant's time zone. */
async function insert(
  query: Query,
  orders: readonly Order[],
  next: ReadonlyMap<string, Ticket>,
  now: number,
): Promise<void> {
  if (orders.length === 0) return;
  const byDay = Map.groupBy(orders, (o) => dayOf(now, next.get(o.ref.key)!.rules.timeZone));
  const counts = [...byDay].map(([, of]) => of.length);
  const last = new Map((await query(sql.number, [[...byDay.keys()], counts])).map(([day, n]) => [day, Number(n)]));
  const rows = [...byDay].flatMap(([day, of]) =>
    of.map(({ ref: { key } }, n) => job(key, ticketNumber(day, last.get(day)! - of.length + n + 1), next.get(key)!)),
  );
  await query(sql.insert, [JSON.stringify(rows)]);
}

/** Whoever is open and has nobody, or one who cannot come, or whose hour is another now. */
async function dispatch(
  query: Query,
  keys: readonly string[],
  before: ReadonlyMap<string, Stored>,
  technicians: readonly Technician[],
): Promise<void> {
  const open = [...(await readStored(query, keys)).values()].filter((t) => t.state === "Scheduled");
  const moved = open.filter(
    (t) => t.technician !== null && (isLost(t, technicians) || !isSameHour(t, before.get(t.key))),
  );
  if (moved.length > 0) await query(sql.release, [moved.map((t) => t.id)]);
  await assign(query, [...moved, ...open.filter((t) => t.technician === null)], technicians);
}
const isSameHour = (t: Stored, before: Stored | undefined): boolean =>
  before !== undefined && visitOf(before).hour === visitOf(t).hour;

/** Nothing there is the end of a destroy, and for any other order a reason to look again. */
function outcome(order: Order, found: Found | undefined, owned: boolean): Found | null | Fault {
  if (found) return owned ? found : fault("NotOwned", `${refKey(order.ref)} belongs to somebody else`);
  return order.action === "destroy" ? null : fault("Lost", `${refKey(order.ref)} is not there any more`);
}
