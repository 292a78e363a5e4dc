/** Changing what is there: alone with its ETag, together by ids that were read in the same breath. */
import { type Fault, fault } from "../errors.ts";
import type { Order } from "../system.ts";
import { type At, bodyOf, faultOf, type Job, refusals, unexpected } from "./body.ts";
import { byName, find, holder } from "./find.ts";
import { type Natural, observed } from "./kind.ts";
import { type Item, itemOf, textAt } from "./list.ts";
import { guarded, type Verdicts } from "./verdicts.ts";

interface Edit extends Job {
  readonly item: Item;
}

export async function change(at: At, orders: readonly Order[], out: Verdicts): Promise<void> {
  const edits: Edit[] = [];
  for (const { order, item } of await ours(at, orders, out)) {
    await guarded(out, [order], async () => {
      edits.push({ order, item, body: await bodyOf(at, order, item) });
    });
  }
  const [only] = edits;
  const done = edits.length === 1 && only ? new Map([[only, await one(at, only)]]) : await many(at, edits, out);
  for (const [{ order }, item] of done) out.set(order, observed(at.kind, order.ref, item));
  if (at.kind.races) await verify(at, [...done.keys()].filter(isMove(at)), out);
}

/** What is there and may be written by its order; the verdict on the others is set. */
export async function ours(
  at: At,
  orders: readonly Order[],
  out: Verdicts,
): Promise<readonly { readonly order: Order; readonly item: Item }[]> {
  const found = await find(at.http, at.kind, orders, at.signal);
  return orders.flatMap((order) => {
    const item = found.get(order);
    const mark = item && at.kind.marking.read(item).token;
    if (item && (mark === order.token || (mark === undefined && order.action === "adopt"))) return [{ order, item }];
    if (item && at.kind.marking.read(item).owner === order.owner)
      out.set(order, fault("Lost", "it goes on under another key"));
    else if (item) out.set(order, fault("NotOwned", `${at.kind.name} ${item.id} has ${holder(at.kind, item)}`));
    else out.set(order, order.action === "destroy" ? null : fault("Lost", "it is not there any more"));
    return [];
  });
}

/** `last_updated` as NetBox spells it in an ETag. */
export function etagOf(item: Item): string | undefined {
  const at = textAt(item, "last_updated");
  return at && `W/"${at.replace(/Z$/, "+00:00")}"`;
}

/** By the ETag of what was read: what somebody changed meanwhile is looked at again. */
export async function one(at: At, edit: Edit): Promise<Item> {
  const path = `${at.kind.path}${edit.item.id}/`;
  const answer = await at.http.send("PATCH", path, edit.body, at.signal, etagOf(edit.item));
  if (answer.code === 200) return kept(at, edit, itemOf(answer.body));
  const [words] = answer.code === 400 ? refusals(answer.body, 1).values() : [];
  throw words === undefined ? unexpected(answer) : faultOf(words, at.names);
}

async function many(at: At, edits: readonly Edit[], out: Verdicts): Promise<ReadonlyMap<Edit, Item>> {
  let open = edits;
  while (open.length > 0) {
    const bodies = open.map((e) => ({ id: e.item.id, ...e.body }));
    const answer = await at.http.send("PATCH", at.kind.path, bodies, at.signal);
    if (answer.code === 200 && Array.isArray(answer.body)) {
      const items = new Map(answer.body.map(itemOf).map((i) => [i.id, i]));
      return new Map(open.flatMap((e) => (items.has(e.item.id) ? [[e, kept(at, e, items.get(e.item.id)!)]] : [])));
    }
    if (answer.code !== 400) throw unexpected(answer);
    const words = refusals(answer.body, open.length);
    const refused = open.filter((e) => words.has(e.item.id));
    if (refused.length === 0) throw faultOf([...words.values()].join(" "), at.names);
    for (const e of refused) out.set(e.order, faultOf(words.get(e.item.id)!, at.names));
    open = open.filter((e) => !refused.includes(e));
  }
  return new Map();
}

function kept(at: At, { order }: Edit, item: Item): Item {
  if (at.kind.marking.read(item).token === order.token) return item;
  throw fault("Lost", "NetBox's answer does not show the mark");
}

/** Another value under the same mark: two such changes at once may both be let in. */
const isMove =
  (at: At) =>
  ({ order, item }: Edit): boolean => {
    return (
      ["address", "prefix", "vrf"].some((f) => f in order.patch) &&
      nameAfter(at, order, item)?.whole !== at.kind.naturalOf(item)
    );
  };
const nameAfter = ({ kind }: At, { ref, patch }: Order, item: Item): Natural | undefined =>
  kind.natural(ref.key, { ...observed(kind, ref, item).state, ...patch });

async function verify(at: At, moved: readonly Edit[], out: Verdicts): Promise<void> {
  const names = new Map(moved.map((e) => [e, nameAfter(at, e.order, e.item)]));
  const there = await byName(at.http, at.kind, names.values(), at.signal);
  for (const [edit, name] of names) {
    const other = (there.get(name?.whole ?? "") ?? []).find((i) => i.id !== edit.item.id);
    if (other) out.set(edit.order, await undo(at, edit, other));
  }
}
/** Who was there keeps it, whichever is older: a change gives way. */
async function undo(at: At, { order, item }: Edit, other: Item): Promise<Fault> {
  const field = at.kind.taking?.field ?? "prefix";
  const answer = await at.http.send("PATCH", `${at.kind.path}${item.id}/`, { [field]: item[field] }, at.signal);
  if (answer.code !== 200) throw unexpected(answer);
  return fault(
    "NotOwned",
    `${String(order.patch[field])} is taken by ${holder(at.kind, other)} (${at.kind.name} ${other.id})`,
  );
}
