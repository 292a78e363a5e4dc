/** So many requests per second and no more; after a pause a second's worth at once. */
import { setTimeout as sleep } from "node:timers/promises";

const BURST_MS = 1000;

/** Resolves when it is one's turn. Rejects when the signal comes first. */
export type Turn = (signal: AbortSignal) => Promise<void>;

export function pace(perSecond: number): Turn {
  const next = turns(perSecond);
  return async (signal) => {
    const wait = next(performance.now());
    if (wait > 0) await sleep(wait, undefined, { signal });
  };
}

/** Milliseconds until the turn of one who asks now. */
export function turns(perSecond: number): (now: number) => number {
  const interval = 1000 / perSecond;
  let due = 0;
  return (now) => {
    due = Math.max(due, now - BURST_MS) + interval;
    return Math.max(0, due - now);
  };
}
