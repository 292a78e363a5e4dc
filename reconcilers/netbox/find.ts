/** Looking: by the id that is known, then by the mark, then by the name that people use. Nothing found is believed unread. */
import { type Observed, type RefKey, refKey } from "../../controller/core/model.ts";
import { fault } from "../errors.ts";
import type { Lookup, Scanned, ScanScope } from "../system.ts";
import type { Http, Query } from "./client.ts";
import { type Kind, type Natural, observed } from "./kind.ts";
import { type Item, listBy, pages } from "./list.ts";
import { isWhole } from "./marker.ts";

const readsOf = (kind: Kind): Query => ({ fields: kind.reads.join(",") });

/** What is there for each lookup; not in the map: surely nothing. */
export async function find<L extends Lookup>(
  http: Http,
  kind: Kind,
  lookups: readonly L[],
  signal: AbortSignal,
): Promise<ReadonlyMap<L, Item>> {
  const ids = await byIds(
    http,
    kind,
    lookups.flatMap((l) => l.id ?? []),
    signal,
  );
  const known = (l: L): Item | undefined => (l.id === undefined ? undefined : ids.get(l.id));
  const own = (l: L, item: Item | undefined): boolean =>
    item !== undefined && kind.marking.read(item).token === l.token;
  const marked = await byToken(
    http,
    kind,
    lookups.filter((l) => !own(l, known(l))).map((l) => l.token),
    signal,
  );
  const found = new Map<L, Item>();
  for (const l of lookups) {
    const item = own(l, known(l)) ? known(l) : (marked.get(l.token) ?? known(l));
    if (item) found.set(l, item);
  }
  const names = new Map(lookups.filter((l) => !found.has(l)).map((l) => [l, kind.natural(l.ref.key, l.spec)]));
  const named = await byName(http, kind, names.values(), signal);
  for (const [l, name] of names) {
    const items = named.get(name?.whole ?? "") ?? [];
    const [item] = items;
    if (item && (kind.natural(l.ref.key) || items.every((i) => isUnmarked(kind, i)))) found.set(l, item);
  }
  return found;
}

/** A declared value with another's mark is his object, not this one: making this one says whose it is. */
const isUnmarked = (kind: Kind, item: Item): boolean => kind.marking.read(item).token === undefined;

export async function observe(http: Http, kind: Kind, lookups: readonly Lookup[], signal: AbortSignal) {
  const out = new Map<RefKey, Observed>();
  for (const [{ ref, token }, item] of await find(http, kind, lookups, signal)) {
    const there = observed(kind, ref, item);
    const { owner: holder } = kind.marking.read(item);
    out.set(refKey(ref), there.token !== token && holder !== undefined ? { ...there, holder } : there);
  }
  return out;
}

async function byIds(http: Http, kind: Kind, ids: readonly string[], signal: AbortSignal) {
  const items = await listBy(http, kind.path, { name: "id", values: ids, more: readsOf(kind) }, signal);
  return only(items, new Set(ids), (i) => String(i.id));
}

export async function byToken(http: Http, kind: Kind, tokens: readonly string[], signal: AbortSignal) {
  const { filter } = kind.marking;
  if (filter === undefined) return new Map<string, Item>();
  const items = await listBy(http, kind.path, { name: filter, values: tokens, more: readsOf(kind) }, signal);
  return only(items, new Set(tokens), (i) => kind.marking.read(i).token ?? "");
}

/** NetBox answers a filter that it does not know with everything: then nothing of the answer is an answer. */
function only(items: readonly Item[], asked: ReadonlySet<string>, by: (item: Item) => string) {
  const found = new Map<string, Item>();
  for (const item of items) {
    const key = by(item);
    if (!asked.has(key))
      throw fault("Misconfigured", "NetBox does not know our custom fields: run `lastmile init` for it");
    if (!found.has(key)) found.set(key, item); // the oldest, where somebody made a second one
  }
  return found;
}

/** Without the mask, in which the asked and the found may differ. */
const head = (value: unknown): string => String(value).split("/")[0]!;

/** All that stand under each name, the oldest first. */
export async function byName(
  http: Http,
  kind: Kind,
  names: Iterable<Natural | undefined>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Item[]>> {
  const wanted = [...names].flatMap((n) => n ?? []);
  const found = new Map<string, Item[]>(wanted.map((n) => [n.whole, []]));
  const [first] = wanted;
  if (!first) return found;
  const values = [...new Set(wanted.map((n) => n.value))];
  const items = await listBy(http, kind.path, { name: first.filter, values, more: readsOf(kind) }, signal);
  const heads = new Set(values.map(head));
  for (const item of items) {
    if (!heads.has(head(item[first.filter])))
      throw fault("Unavailable", `NetBox's answer to ${first.filter} holds what was not asked for`);
    found.get(kind.naturalOf(item))?.push(item);
  }
  return found;
}

/** Everything of ours, with the key that it was made under; what is not wholly ours is left to a look by its name. */
export async function* scan(
  http: Http,
  kind: Kind,
  endpoint: string,
  scope: ScanScope,
  signal: AbortSignal,
): AsyncGenerator<readonly Scanned[]> {
  const at = { system: endpoint, resource: kind.name };
  const begin = `${scope.installation}/${scope.tenant}/`;
  const query = { ...kind.marking.scope(scope.installation, scope.tenant), ...readsOf(kind) };
  for await (const page of pages(http, kind.path, query, signal)) {
    yield page.flatMap((item): readonly Scanned[] => {
      const { owner = "", key = "", ...mark } = kind.marking.read(item);
      if (!owner.startsWith(begin) || !isWhole({ ...mark, owner, key }, at)) return [];
      return [{ owner, observed: observed(kind, { ...at, key }, item) }];
    });
  }
}
/** Whose mark an item carries, for people. */
export const holder = (kind: Kind, item: Item): string => kind.marking.read(item).owner ?? "nobody's mark";
