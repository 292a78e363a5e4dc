/** Lists, page by page, and of each item no more than its shape is believed. */
import { fault } from "../errors.ts";
import { cut } from "../wire.ts";
import { type Answer, wordsOf } from "./answers.ts";
import type { Http, Query } from "./client.ts";

export interface Item {
  readonly id: number;
  readonly [field: string]: unknown;
}
/** NetBox gives no more at once, whatever is asked for. */
const PAGE = 1000;
/** Stock gunicorn takes 4,094 bytes of request line. */
const QUERY_BYTES = 3000;

/** In the order of their ids, each once, also while others write. */
export async function* pages(
  http: Http,
  path: string,
  query: Query,
  signal: AbortSignal,
): AsyncGenerator<readonly Item[]> {
  for (let start = 0; ; ) {
    const answer = await http.get(path, { ...query, limit: PAGE, start }, signal);
    const { results, next } = listOf(path, answer);
    // An older NetBox does not know `start` and would give the first page for ever.
    if (results.some((i) => i.id < start))
      throw fault("Misconfigured", `NetBox does not list ${path} from a given id: it is too old`);
    if (results.length > 0) yield results;
    if (!next || results.length === 0) return;
    start = Math.max(...results.map((i) => i.id)) + 1;
  }
}

export async function list(http: Http, path: string, query: Query, signal: AbortSignal): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const page of pages(http, path, query, signal)) all.push(...page);
  return all;
}

/** How many there are, in one small answer. */
export async function count(http: Http, path: string, query: Query, signal: AbortSignal): Promise<number> {
  const answer = await http.get(path, { ...query, limit: 1, fields: "id" }, signal);
  const { count: n } = (answer.body ?? {}) as { count?: unknown };
  if (answer.code !== 200 || typeof n !== "number") throw fault("Unavailable", `NetBox does not count ${path}`);
  return n;
}

/** One filter with many values, in as few requests as the length of a URL allows. */
export async function listBy(
  http: Http,
  path: string,
  filter: { readonly name: string; readonly values: readonly (string | number)[]; readonly more: Query },
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const { name, values, more } = filter;
  const all: Item[] = [];
  for (const part of parts(name, values)) all.push(...(await list(http, path, { ...more, [name]: part }, signal)));
  return all;
}

function parts(name: string, values: readonly (string | number)[]): readonly (readonly (string | number)[])[] {
  const out: (string | number)[][] = [];
  let room = 0;
  for (const v of values) {
    const size = name.length + encodeURIComponent(v).length + 2;
    if (room < size) {
      out.push([]);
      room = QUERY_BYTES;
    }
    out.at(-1)!.push(v);
    room -= size;
  }
  return out;
}

export function listOf(
  path: string,
  { code, body }: Answer,
): { readonly results: readonly Item[]; readonly next: boolean } {
  if (code !== 200) throw fault("Misconfigured", `NetBox refuses to list ${path}: ${wordsOf(body).slice(0, 200)}`);
  const { results, next } = (body ?? {}) as { results?: unknown; next?: unknown };
  if (!Array.isArray(results) || next === undefined) throw cut("GET", `the list of ${path} has no results`);
  return { results: results.map(itemOf), next: next !== null };
}

/** @throws Fault: what has no id is no object. */
export function itemOf(raw: unknown): Item {
  if (typeof raw === "object" && raw !== null && "id" in raw && typeof raw.id === "number") return raw as Item;
  throw cut("GET", "an object of NetBox's answer has no id");
}

/** The text at a path of an item, undefined where there is none: NetBox writes "" for no text. */
export function textAt(item: unknown, ...path: readonly string[]): string | undefined {
  let at: unknown = item;
  for (const step of path) at = (at as Record<string, unknown> | null | undefined)?.[step];
  return typeof at === "string" && at !== "" ? at : undefined;
}
/** The length that an address is written with. */
export const maskOf = (item: Item | undefined, field: string): string | undefined => textAt(item, field)?.split("/")[1];
export const slugsOf = (item: Item): readonly string[] =>
  Array.isArray(item["tags"]) ? item["tags"].flatMap((t) => textAt(t, "slug") ?? []) : [];
