/** Tickets that somebody worked on, and those that become overdue, soon after. */
import { setTimeout as sleep } from "node:timers/promises";
import { type RefKey, refKey } from "../../controller/core/model.ts";
import { Fault } from "../errors.ts";
import type { Cursor, FieldworkDriver } from "./driver.ts";

const POLL_MS = 2000;

/** Ends with the signal. A poll that fails is made good by the next. */
export async function* hints(
  driver: FieldworkDriver,
  endpoint: string,
  signal: AbortSignal,
  everyMs = POLL_MS,
): AsyncGenerator<readonly RefKey[]> {
  for (let cursor: Cursor | undefined; !signal.aborted; ) {
    const found = await driver.happened(cursor, signal).catch(unlessBroken);
    cursor = found?.cursor ?? cursor;
    if (found && found.keys.length > 0)
      yield found.keys.map((key) => refKey({ system: endpoint, resource: "ticket", key }));
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
function unlessBroken(e: unknown): undefined {
  if (!(e instanceof Fault)) throw e;
}
