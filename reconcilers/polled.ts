/** Hints of an endpoint that tells nothing by itself: it is asked again and again what has happened since. */
import { setTimeout as sleep } from "node:timers/promises";
import type { RefKey } from "../controller/core/model.ts";
import { Fault } from "./errors.ts";

export interface Polled<C> {
  /** Where the next question goes on. */
  readonly cursor: C;
  readonly refs: readonly RefKey[];
}
interface Polling<C> {
  /** @param since undefined: what happened before is seen by those who look at everything first. */
  readonly ask: (since: C | undefined) => Promise<Polled<C>>;
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/** Ends with the signal. A question that fails is asked again from the same place on; a bug ends it. */
export async function* polled<C>({ ask, everyMs, signal }: Polling<C>): AsyncGenerator<readonly RefKey[]> {
  for (let cursor: C | undefined; !signal.aborted; ) {
    const found = await ask(cursor).catch(unlessBroken);
    cursor = found?.cursor ?? cursor;
    if (found && found.refs.length > 0) yield found.refs;
    await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
function unlessBroken(e: unknown): undefined {
  if (!(e instanceof Fault)) throw e;
}
