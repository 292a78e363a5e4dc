/** Destroying: only what is ours, and only what nothing lies in any more. */
import { fault } from "../errors.ts";
import type { Order } from "../system.ts";
import { type At, refusals, unexpected } from "./body.ts";
import { etagOf, ours } from "./change.ts";
import { count, type Item } from "./list.ts";
import { guarded, type Verdicts } from "./verdicts.ts";

interface End {
  readonly order: Order;
  readonly item: Item;
}

export async function destroy(at: At, orders: readonly Order[], out: Verdicts): Promise<void> {
  const ends: End[] = [];
  for (const end of await ours(at, orders, out)) {
    await guarded(out, [end.order], async () => {
      if (await isEmpty(at, end.item)) ends.push(end);
      else out.set(end.order, fault("InUse", `${at.kind.name} ${at.kind.naturalOf(end.item)} is not empty`));
    });
  }
  const [only] = ends;
  if (ends.length === 1 && only) await one(at, only, out);
  else await many(at, ends, out);
}

async function isEmpty({ http, kind, signal }: At, item: Item): Promise<boolean> {
  for (const [path, query] of kind.within?.(item) ?? []) {
    if ((await count(http, path, query, signal)) > 0) return false;
  }
  return true;
}

async function one(at: At, { order, item }: End, out: Verdicts): Promise<void> {
  const answer = await at.http.send("DELETE", `${at.kind.path}${item.id}/`, undefined, at.signal, etagOf(item));
  if (answer.code !== 204 && answer.code !== 404) throw unexpected(answer);
  out.set(order, null);
}

/** All or nothing there: who is gone meanwhile is left out, and where one is in the way they go one by one. */
async function many(at: At, ends: readonly End[], out: Verdicts): Promise<void> {
  if (ends.length === 0) return;
  const bodies = ends.map(({ item }) => ({ id: item.id }));
  const answer = await at.http.send("DELETE", at.kind.path, bodies, at.signal);
  if (answer.code === 204) {
    for (const { order } of ends) out.set(order, null);
    return;
  }
  const words = answer.code === 400 ? refusals(answer.body, 0) : new Map<number, string>();
  const gone = ends.filter(({ item }) => /does not exist/i.test(words.get(item.id) ?? ""));
  for (const { order } of gone) out.set(order, null);
  const left = ends.filter((e) => !gone.includes(e));
  if (gone.length > 0) return many(at, left, out);
  for (const end of left) await guarded(out, [end.order], () => one(at, end, out));
}
