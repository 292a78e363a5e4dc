/** NetBox's own change log: whether anybody but us wrote something since the last look, in one request; and who. */
import { Fault } from "../errors.ts";
import type { Author, Changes } from "../system.ts";
import type { Http } from "./client.ts";
import type { Kind } from "./kind.ts";
import { listOf, textAt } from "./list.ts";

const LOG = "/api/core/object-changes/";
/** Newest first. More than these, and everything is read. */
const NEWEST = { ordering: "-id", limit: 1000, fields: "id,request_id" };

export async function changes(http: Http, since: string | undefined, signal: AbortSignal): Promise<Changes> {
  const before = since === undefined ? undefined : Number(since);
  const query = before === undefined ? { ...NEWEST, limit: 1 } : NEWEST;
  try {
    const { results } = listOf(LOG, await http.get(LOG, query, signal));
    const cursor = String(results[0]?.id ?? 0);
    const news = results.filter((r) => r.id > (before ?? 0));
    // All of the page is news, or the log is shorter than it was: what else happened is not known.
    const whole = before !== undefined && news.length < NEWEST.limit && Number(cursor) >= before;
    const foreign = news.some((r) => !http.own.has(textAt(r, "request_id") ?? ""));
    return { cursor, changed: !whole || foreign };
  } catch (e) {
    return courtesy(e, { cursor: "0", changed: true });
  }
}

export async function authorOf(
  http: Http,
  { model }: Kind,
  id: string,
  signal: AbortSignal,
): Promise<Author | undefined> {
  const one = {
    changed_object_type: model,
    changed_object_id: id,
    ordering: "-id",
    limit: 1,
    fields: "id,user_name,time",
  };
  try {
    const [last] = listOf(LOG, await http.get(LOG, one, signal)).results;
    const [name, at] = [textAt(last, "user_name"), textAt(last, "time")];
    return name !== undefined && at !== undefined ? { name, at } : undefined;
  } catch (e) {
    return courtesy(e, undefined);
  }
}

/** The log is a courtesy: a token that may not read it does without. */
function courtesy<T>(e: unknown, without: T): T {
  if (e instanceof Fault && e.code === "Denied") return without;
  throw e;
}
