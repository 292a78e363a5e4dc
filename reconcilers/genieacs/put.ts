/** Writing provisions and presets: looked at, put, and believed when read back. */
import { type Observed, type RefKey, refKey } from "../../controller/core/model.ts";
import { Fault, fault } from "../errors.ts";
import type { Lookup, Order, Outcome, Scanned, ScanScope } from "../system.ts";
import { type Item, listBy, pages } from "./list.ts";
import { encode } from "./serials.ts";
import type { Session } from "./session.ts";
import { isGiven, type Kind, shownAs } from "./templates.ts";

async function read(s: Session, kind: Kind, names: readonly string[], signal: AbortSignal) {
  const items = await listBy(s.http, kind.collection, { field: "_id", values: names }, kind.reads, signal);
  return new Map(items.map((i) => [i._id, i]));
}

export async function observe(s: Session, kind: Kind, lookups: readonly Lookup[], signal: AbortSignal) {
  const there = await read(
    s,
    kind,
    lookups.map((l) => l.ref.key),
    signal,
  );
  const out = new Map<RefKey, Observed>();
  for (const { ref } of lookups) {
    const item = there.get(ref.key);
    if (item) out.set(refKey(ref), shownAs(kind, ref, item));
  }
  return out;
}

export async function apply(
  s: Session,
  kind: Kind,
  orders: readonly Order[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const there = await read(
    s,
    kind,
    orders.map((o) => o.ref.key),
    signal,
  );
  const out: Outcome[] = [];
  for (const o of orders) out.push(await one(s, kind, o, there.get(o.ref.key), signal).catch(asFault));
  return out;
}
function asFault(e: unknown): Fault {
  if (e instanceof Fault) return e;
  throw e;
}

async function one(
  s: Session,
  kind: Kind,
  order: Order,
  item: Item | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  const { action, ref } = order;
  const mark = item && kind.mark(item);
  if (item && mark?.token !== order.token && !(mark === undefined && action === "adopt"))
    return fault("NotOwned", `${kind.name} ${ref.key} has ${mark?.owner ?? "nobody's mark"}`);
  if (!item && action === "destroy") return null;
  if (!item && action !== "create") return fault("Lost", `${kind.name} ${ref.key} is not there any more`);
  if (action === "destroy") return gone(s, kind, ref.key, signal);
  return put(s, kind, order, item, signal);
}
const pathOf = (kind: Kind, key: string): string => `/${kind.collection}/${encode(key)}`;

async function gone(s: Session, kind: Kind, key: string, signal: AbortSignal): Promise<Outcome> {
  await s.http.send("DELETE", pathOf(kind, key), undefined, signal); // 200 also of what is not there (fact 15)
  return (await read(s, kind, [key], signal)).has(key) ? fault("NotConverging", `${kind.name} ${key} stays`) : null;
}

async function put(
  s: Session,
  kind: Kind,
  order: Order,
  item: Item | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  const { ref, token, owner, patch } = order;
  const mark = { token, owner, isRetired: order.action === "retire" };
  const body = kind.body(ref.key, { ...(item && kind.state(item)), ...patch }, mark, item);
  const { code, text } = await s.http.send("PUT", pathOf(kind, ref.key), body, signal);
  if (code === 400) return fault("BadValue", `${kind.name} ${ref.key}: ${text.slice(0, 200)}`);
  const now = (await read(s, kind, [ref.key], signal)).get(ref.key);
  return now ? shownAs(kind, ref, now) : fault("Lost", `${kind.name} ${ref.key} is not there after it was put`);
}

export async function* scan(
  s: Session,
  kind: Kind,
  { installation, tenant }: ScanScope,
  signal: AbortSignal,
): AsyncGenerator<readonly Scanned[]> {
  for await (const page of pages(s.http, kind.collection, {}, kind.reads, signal)) {
    yield page.flatMap((item): readonly Scanned[] => {
      const ref = { system: s.endpoint, resource: kind.name, key: item._id };
      const mark = kind.mark(item);
      if (!mark?.owner.startsWith(`${installation}/${tenant}/`) || !isGiven(mark, ref)) return [];
      return [{ owner: mark.owner, observed: shownAs(kind, ref, item) }];
    });
  }
}
