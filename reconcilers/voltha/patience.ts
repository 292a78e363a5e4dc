/** Waiting until devices did what they were told: looked at ever more rarely, and not for ever. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Site } from "./site.ts";

/** Between two looks, the first and the longest; each is twice the one before. */
const PACE = { firstMs: 5, mostMs: 250 };
/** A large network is read no more than a fifth of the time. */
const REST = 4;

/** Until nobody is `open`, patience or the caller ends. Looks once at least. */
export async function watchUntil(
  site: Site,
  open: () => Promise<boolean>,
  signal: AbortSignal,
  end = site.now() + site.patienceMs,
): Promise<void> {
  let wait = PACE.firstMs;
  for (;;) {
    await sleep(Math.min(wait, end - site.now()), undefined, { signal }).catch(() => undefined);
    const began = site.now();
    if (signal.aborted || !(await open()) || site.now() >= end) return;
    wait = Math.max(Math.min(wait * 2, PACE.mostMs), REST * (site.now() - began));
  }
}
