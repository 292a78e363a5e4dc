/** NetBox's own change log: whether anybody but us wrote something since the last look, in one request. */
import { Fault } from "../errors.ts";
import type { Changes } from "../system.ts";
import type { Http } from "./client.ts";
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
    if (e instanceof Fault && e.code === "Denied") return { cursor: "0", changed: true }; // the log is a courtesy
    throw e;
  }
}
