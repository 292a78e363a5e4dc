/** Reading tickets. */
import type { Query } from "../postgres.ts";
import type { Technician } from "./assign.ts";
import { couldGo } from "./booking.ts";
import type { Found } from "./driver.ts";
import { DISPATCHED } from "./fields.ts";
import { found, type Stored, stored } from "./rows.ts";
import * as sql from "./sql.ts";

export const readStored = async (query: Query, keys: readonly string[]): Promise<ReadonlyMap<string, Stored>> =>
  new Map((await query(sql.read, [keys])).map(stored).map((t) => [t.key, t]));

/** A ticket that nobody goes to although somebody could is not as it should be. */
export async function readFound(
  query: Query,
  keys: readonly string[],
  all: readonly Technician[],
): Promise<ReadonlyMap<string, Found>> {
  const tickets = await readStored(query, keys);
  const idle = [...tickets.values()].filter((t) => t.state === "Scheduled" && t.technician === null);
  const could = await couldGo(query, idle, all);
  return new Map([...tickets].map(([key, t]) => [key, found(t, could.has(key) ? "open" : DISPATCHED)]));
}
