import { expect, test } from "vitest";
import type { Http } from "./client.ts";
import { list } from "./list.ts";

/** A NetBox of three objects that gives two at once. */
function serving(from: (start: number) => readonly number[]): Http {
  const ids = (query: { readonly start?: unknown }) => from(Number(query.start));
  return {
    get: async (_path, query) => {
      const all = ids(query);
      const results = all.slice(0, 2).map((id) => ({ id }));
      return { code: 200, body: { results, next: all.length > 2 ? "more" : null } };
    },
    send: () => Promise.reject(new Error("nothing is written")),
    own: new Set(),
    close: () => undefined,
  };
}
const read = (http: Http) => list(http, "/api/x/", {}, new AbortController().signal);

test("pages follow each other by id", async () => {
  const http = serving((start) => [1, 2, 3].filter((id) => id >= start));
  expect((await read(http)).map((i) => i.id)).toEqual([1, 2, 3]);
});
test("a server that does not know the cursor is told from one that has ever more", async () => {
  await expect(read(serving(() => [1, 2, 3]))).rejects.toMatchObject({ code: "Misconfigured" });
});
