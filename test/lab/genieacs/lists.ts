/** Reading a collection: query, projection, sort, skip, limit (fact 17). */
import { type Doc, outermost, project } from "./documents.ts";
import { candidates, compare, compile, type Query, shownField, valueAt } from "./query.ts";
import { type Reply, type Request, syntaxError } from "./replies.ts";
import type { Acs } from "./sessions.ts";

export function list(acs: Acs, { method, url }: Request, [collection = ""]: readonly string[]): Reply {
  const query = parsed(url, "query");
  const sort = parsed(url, "sort");
  const bad = [query, sort].find((q) => q instanceof SyntaxError);
  if (bad) return syntaxError(bad);
  const found = fitting(acs, collection, query as Query);
  const shown = page(sorted(found, collection, sort as Query), url);
  const paths = url.searchParams.has("projection")
    ? outermost(url.searchParams.get("projection")!.split(","))
    : undefined;
  return {
    status: 200,
    headers: { "Content-Type": "application/json", total: String(found.length) }, // of all that fit (fact 14)
    ...(method !== "HEAD" && { body: `[\n${shown.map((doc) => JSON.stringify(project(doc, paths))).join(",\n")}\n]` }),
  };
}
function parsed(url: URL, name: string): Query | SyntaxError {
  try {
    return JSON.parse(url.searchParams.get(name) ?? "{}") as Query;
  } catch (e) {
    return e as SyntaxError;
  }
}
function fitting(acs: Acs, collection: string, query: Query): readonly Doc[] {
  const fits = compile(collection, query);
  const all: ReadonlyMap<string, Doc> = collection === "devices" ? acs.docs.byId : acs[collection as "tasks"];
  const ids = collection === "devices" ? candidates(acs.docs, query) : undefined;
  const docs = ids ? [...ids].map((id) => all.get(id)).filter((doc) => doc !== undefined) : [...all.values()];
  return docs.filter(fits);
}
function sorted(docs: readonly Doc[], collection: string, sort: Query): readonly Doc[] {
  const by = Object.entries(sort).map(([name, way]) => {
    const path = (collection === "devices" ? shownField(name) : name).split(".");
    return (a: Doc, b: Doc): number => Number(way) * compare(valueAt(a, path), valueAt(b, path));
  });
  return docs.toSorted((a, b) => by.map((order) => order(a, b)).find((c) => c !== 0) ?? 0);
}
function page(docs: readonly Doc[], url: URL): readonly Doc[] {
  const skip = Number.parseInt(url.searchParams.get("skip") ?? "0", 10);
  const limit = Number.parseInt(url.searchParams.get("limit") ?? "0", 10); // 0: all
  return docs.slice(skip, limit > 0 ? skip + limit : undefined);
}
