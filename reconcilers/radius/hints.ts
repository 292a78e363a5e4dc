/** Customers who are online and whose plan was edited for all, whoever wrote the group. */
import { type RefKey, refKey } from "../../controller/core/model.ts";
import { polled } from "../polled.ts";
import type { Database } from "../postgres.ts";
import * as sql from "./sessions-sql.ts";

const POLL_MS = 5_000;
/** What was written then may not have been committed yet: each change is heard of once, or twice. */
const OVERLAP_MS = 5_000;

export const hints = (
  db: Database,
  endpoint: string,
  signal: AbortSignal,
  everyMs = POLL_MS,
): AsyncGenerator<readonly RefKey[]> =>
  polled<number>({
    ask: async (since) => {
      const cursor = Number((await db.read(sql.clock, [], signal))[0]?.[0]);
      if (since === undefined) return { cursor, refs: [] };
      const rows = await db.read(sql.changedSince, [since - OVERLAP_MS], signal);
      return { cursor, refs: rows.map(([name]) => refKey({ system: endpoint, resource: "session", key: name! })) };
    },
    everyMs,
    signal,
  });
