/** Tickets that somebody worked on, and those that become overdue, soon after. */
import { type RefKey, refKey } from "../../controller/core/model.ts";
import { polled } from "../polled.ts";
import type { Cursor, FieldworkDriver } from "./driver.ts";

const POLL_MS = 2000;

export const hints = (
  driver: FieldworkDriver,
  endpoint: string,
  signal: AbortSignal,
  everyMs = POLL_MS,
): AsyncGenerator<readonly RefKey[]> =>
  polled<Cursor>({
    ask: async (since) => {
      const { cursor, keys } = await driver.happened(since, signal);
      return { cursor, refs: keys.map((key) => refKey({ system: endpoint, resource: "ticket", key })) };
    },
    everyMs,
    signal,
  });
