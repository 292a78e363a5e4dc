/**
 * Customers who are online and whose plan was edited for all, whoever wrote the group; and those whose sessions ended that were
 * waited for.
 */
import { type RefKey, refKey } from "../../controller/core/model.ts";
import { polled } from "../polled.ts";
import type { Query } from "../postgres.ts";
import type { InUse } from "./in-use.ts";
import * as sql from "./sessions-sql.ts";

const POLL_MS = 5_000;
/** What was written then may not have been committed yet: each change is heard of once, or twice. */
const OVERLAP_MS = 5_000;

interface Watch {
  readonly query: Query;
  readonly endpoint: string;
  readonly inUse: InUse;
  /** Reads them again, which notes whether they are in use. */
  readonly look: (names: readonly string[]) => Promise<unknown>;
}

export const hints = (
  { query, endpoint, inUse, look }: Watch,
  signal: AbortSignal,
  everyMs = POLL_MS,
): AsyncGenerator<readonly RefKey[]> =>
  polled<number>({
    ask: async (since) => {
      const cursor = Number((await query(sql.clock, []))[0]?.[0]);
      if (since === undefined) return { cursor, refs: [] };
      const changed = (await query(sql.changedSince, [since - OVERLAP_MS])).map(([name]) => name!);
      const waited = inUse.due();
      if (waited.length > 0) await look(waited);
      const names = [...changed, ...waited.filter((name) => !inUse.isWaited(name))];
      return { cursor, refs: names.map((key) => refKey({ system: endpoint, resource: "session", key })) };
    },
    everyMs,
    signal,
  });
