/** Reading tickets. */
import type { Query } from "../postgres.ts";
import { canCome, type Technician } from "./assign.ts";
import { couldGo } from "./booking.ts";
import type { Found } from "./driver.ts";
import { DISPATCHED } from "./fields.ts";
import { found, type Stored, stored, visitOf } from "./rows.ts";
import * as sql from "./sql.ts";

export const readStored = async (query: Query, keys: readonly string[]): Promise<ReadonlyMap<string, Stored>> =>
  new Map((await query(sql.read, [keys])).map(stored).map((t) => [t.key, t]));

/** A ticket that nobody goes to although somebody could is not as it should be, nor is one whose technician cannot come. */
export async function readFound(
  query: Query,
  keys: readonly string[],
  all: readonly Technician[],
): Promise<ReadonlyMap<string, Found>> {
  const tickets = await readStored(query, keys);
  const open = [...tickets.values()].filter((t) => t.state === "Scheduled");
  const idle = open.filter((t) => t.technician === null);
  const lost = open.filter((t) => isLost(t, all)).map((t) => t.key);
  const undone = new Set([...(await couldGo(query, idle, all)), ...lost]);
  return new Map([...tickets].map(([key, t]) => [key, found(t, undone.has(key) ? "open" : DISPATCHED)]));
}

export const isLost = (t: Stored, all: readonly Technician[]): boolean =>
  t.technician !== null && !canCome(all, t.technician, visitOf(t).day);
