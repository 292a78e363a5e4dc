/** One call of many effects: a transaction of a few statements, and an outcome for each order. */
import { type Ref, refKey } from "../../controller/core/model.ts";
import { Fault, fault } from "../errors.ts";
import type { Query } from "../postgres.ts";
import type { Order } from "../system.ts";
import { columns, decode, jobsOf } from "./decode.ts";
import type { Found } from "./driver.ts";
import type { Kind } from "./fields.ts";
import { keyFor, parseKey } from "./keys.ts";
import * as sql from "./sql.ts";
import { destroys, writes } from "./write.ts";

type Verdicts = Map<Order, Fault>;

export async function apply(
  query: Query,
  kind: Kind,
  orders: readonly Order[],
): Promise<readonly (Found | null | Fault)[]> {
  const verdicts: Verdicts = new Map();
  const possible = kind === "service" ? await withAccounts(query, orders, verdicts) : orders;
  const owned = await own(query, kind, possible);
  const ours = possible.filter((o) => owned.has(o.ref.key));
  await write(query, writes[kind], kind, kept(ours));
  await destroy(query, kind, ended(ours), verdicts);
  const now = decode(kind, await query(sql.read(kind), columns(orders.map((o) => o.ref.key))));
  return orders.map((o) => verdicts.get(o) ?? outcome(o, now.get(o.ref.key), owned.has(o.ref.key)));
}
const kept = (orders: readonly Order[]) => orders.filter((o) => o.action !== "destroy");
const ended = (orders: readonly Order[]) => orders.filter((o) => o.action === "destroy");

/** A service without an account of its owner would be charged to nobody, or to somebody else. */
async function withAccounts(query: Query, orders: readonly Order[], verdicts: Verdicts): Promise<readonly Order[]> {
  const wanted = orders.filter((o) => typeof o.patch["account"] === "string");
  if (wanted.length === 0) return orders;
  const keys = wanted.map(accountKey);
  const there = new Set((await query(sql.holdAccounts, accountColumns(wanted, keys))).map(([key]) => key));
  for (const [n, o] of wanted.entries())
    if (!there.has(keys[n]!)) verdicts.set(o, missing("NoAccount", "the billing account of its owner"));
  return orders.filter((o) => !verdicts.has(o));
}
function accountKey({ ref, patch }: Order): string {
  const { tenant, number } = parseKey(ref.key);
  return keyFor(tenant, number, String(patch["account"]));
}
const accountColumns = (orders: readonly Order[], keys: readonly string[]) => {
  const [, tenants, , accounts] = columns(keys);
  return [keys, tenants, accounts, orders.map((o) => o.owner)];
};

async function own(query: Query, kind: Kind, orders: readonly Order[]): Promise<ReadonlySet<string>> {
  if (orders.length === 0) return new Set();
  const names = columns(orders.map((o) => o.ref.key));
  if (kind !== "customer") await query(sql.lockServices, names);
  const params = [...names, orders.map((o) => o.token), orders.map((o) => o.owner), orders.map((o) => o.action)];
  return new Set((await query(sql.own(kind), params)).map(([key]) => key!));
}

async function write(query: Query, texts: readonly string[], kind: Kind, orders: readonly Order[]): Promise<void> {
  if (orders.length === 0) return;
  const jobs = jobsOf(kind, orders);
  for (const text of texts) await query(text, [jobs]);
}

async function destroy(query: Query, kind: Kind, orders: readonly Order[], verdicts: Verdicts): Promise<void> {
  if (orders.length === 0) return;
  const keys = orders.map((o) => o.ref.key);
  const used = new Set(kind === "service" ? (await query(sql.stillUsed, columns(keys))).map(([key]) => key) : []);
  const free = orders.filter((o) => !used.has(o.ref.key));
  for (const o of orders)
    if (used.has(o.ref.key)) verdicts.set(o, fault("InUse", `service ${o.ref.key} still has what is charged for it`));
  await write(query, destroys[kind], kind, free);
  await query(sql.forget(kind), [free.map((o) => o.ref.key)]);
}

/** Nothing there is the end of a destroy, and for any other order a reason to look again. */
function outcome(order: Order, found: Found | undefined, owned: boolean): Found | null | Fault {
  if (owned || (order.action === "destroy" && !found)) return found ?? gone(order);
  if (found) return fault("NotOwned", `${refKey(order.ref)} belongs to somebody else`);
  return order.action === "create" || order.action === "adopt" ? refused(order.ref) : gone(order);
}
const gone = (o: Order): Fault | null =>
  o.action === "destroy" ? null : fault("Lost", `${refKey(o.ref)} is not there any more`);
const refused = ({ resource }: Ref): Fault =>
  resource === "customer"
    ? fault("NotOwned", "the account belongs to subscribers of another installation")
    : missing("NoService", "the service of this owner");
const missing = (code: string, what: string): Fault =>
  new Fault("Conflict", code, `${what} is not there`, { remedy: "it is made first; this is tried again" });
