/** Installations: nothing is made, what technicians completed is found. */
import { refKey } from "../../controller/core/model.ts";
import { type Fault, fault } from "../errors.ts";
import type { Query } from "../postgres.ts";
import type { Order } from "../system.ts";
import type { Installed } from "./driver.ts";
import { readStored } from "./read.ts";
import * as sql from "./sql.ts";

export const installed = async (query: Query, keys: readonly string[]): Promise<ReadonlyMap<string, Installed>> =>
  new Map((await query(sql.installed, [keys])).map(([key, id, left]) => [key!, { id: id!, retired: left === "true" }]));

export async function settle(query: Query, orders: readonly Order[]): Promise<readonly (Installed | null | Fault)[]> {
  const keys = orders.map((o) => o.ref.key);
  await query(sql.quiet);
  await query(sql.lock, [keys]);
  await query(sql.settle, [keys, orders.map((o) => o.action)]);
  const [now, tickets] = [await installed(query, keys), await readStored(query, keys)];
  return orders.map((o) => now.get(o.ref.key) ?? absent(o, tickets.get(o.ref.key)));
}

function absent({ action, ref }: Order, ticket: { readonly number: string; readonly state: string } | undefined) {
  if (action === "destroy") return null;
  if (action !== "create" && action !== "adopt") return fault("Lost", `${refKey(ref)} is not there any more`);
  return fault(
    "AwaitingInstallation",
    ticket ? (WORDS[ticket.state] ?? WAITS)(ticket.number) : "there is no ticket yet",
  );
}
const WAITS = (number: string): string => `ticket ${number} is not completed`;
const WORDS: Readonly<Record<string, (number: string) => string>> = {
  Cancelled: (number) => `ticket ${number} was cancelled; reschedule it, or terminate the order`,
};
