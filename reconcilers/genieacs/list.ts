/** The NBI's collections: always projected (fact 13), in as few requests as URLs allow, nothing of an answer believed unread. */
import { fault } from "../errors.ts";
import { cut } from "../wire.ts";
import type { Answer } from "./answers.ts";
import type { Http } from "./client.ts";

export type Collection = "devices" | "tasks" | "faults" | "presets" | "provisions";
export interface Item {
  readonly _id: string;
  readonly [field: string]: unknown;
}
/** Only these operators: an unknown one kills a worker of the NBI (fact 6). */
export type Query = Readonly<Record<string, unknown>>;
const within = (field: string, values: readonly string[]): Query => ({ [field]: { $in: values } });

const PAGE = 500;
/** Node takes 16 KB of headers, common proxies 8. */
const URL_BYTES = 7000;
const LEAST_BYTES = 1000;

/** All that fit, in one answer. */
export async function list(
  http: Http,
  collection: Collection,
  query: Query,
  projection: readonly string[],
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const answer = await http.get(`/${collection}`, spell(query, projection), signal);
  const items = itemsOf(collection, answer);
  const isMoving = collection === "tasks" || collection === "faults"; // they come and go between count and list
  if (!isMoving && answer.total !== undefined && answer.total > items.length)
    throw fault("Unavailable", `GenieACS's list of ${collection} is not whole`);
  return items;
}

/** One field with many values. */
export async function listBy(
  http: Http,
  collection: Collection,
  { field, values }: { readonly field: string; readonly values: readonly string[] },
  projection: readonly string[],
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const all = new Map<string, Item>();
  const room = Math.max(LEAST_BYTES, URL_BYTES - encodeURIComponent(projection.join()).length);
  for (const part of parts([...new Set(values)], room))
    for (const item of await list(http, collection, within(field, part), projection, signal)) all.set(item._id, item);
  return [...all.values()];
}

/** By `_id`, so that nothing is left out while others write. */
export async function* pages(
  http: Http,
  collection: Collection,
  query: Query,
  projection: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<readonly Item[]> {
  for (let after: string | undefined; ; ) {
    const rest = after === undefined ? query : { $and: [query, { _id: { $gt: after } }] };
    const page = { ...spell(rest, projection), sort: JSON.stringify({ _id: 1 }), limit: String(PAGE) };
    const items = itemsOf(collection, await http.get(`/${collection}`, page, signal));
    if (items.length > 0) yield items;
    if (items.length < PAGE) return;
    after = items.at(-1)!._id;
  }
}

const spell = (query: Query, projection: readonly string[]): Readonly<Record<string, string>> => ({
  query: JSON.stringify(query),
  projection: projection.join(","),
});

export function itemsOf(collection: Collection, { code, text }: Answer): readonly Item[] {
  if (code !== 200) throw fault("Unavailable", `GenieACS refuses to list ${collection} (${code})`);
  const items = parse(text);
  if (!Array.isArray(items)) throw cut("GET", `the list of ${collection} is no list`);
  return items.map(itemOf);
}
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw cut("GET", "the answer is cut off or no JSON");
  }
}
function itemOf(raw: unknown): Item {
  if (typeof raw === "object" && raw !== null && "_id" in raw && typeof raw._id === "string") return raw as Item;
  throw cut("GET", "an object of GenieACS's answer has no _id");
}

/** Both answers about one object. */
export function merged<T>(a: T, b: unknown): T {
  if (!isRecord(a) || !isRecord(b)) return (b ?? a) as T;
  const out: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) out[key] = merged(out[key], value);
  return out as T;
}
const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === "object" && v !== null && !Array.isArray(v);

/** In groups whose spelling in a URL is no longer than so many bytes. */
export function parts(values: readonly string[], bytes: number): readonly (readonly string[])[] {
  const out: string[][] = [];
  let room = 0;
  for (const v of values) {
    const size = encodeURIComponent(v).length + 9;
    if (room < size) {
      out.push([]);
      room = bytes;
    }
    out.at(-1)!.push(v);
    room -= size;
  }
  return out;
}

/** The value at a path of an item, undefined where there is none. */
export function at(item: unknown, path: string): unknown {
  let here: unknown = item;
  for (const step of path.split(".")) here = (here as Record<string, unknown> | null | undefined)?.[step];
  return here;
}
export function textAt(item: unknown, path: string): string | undefined {
  const found = at(item, path);
  return typeof found === "string" && found !== "" ? found : undefined;
}
