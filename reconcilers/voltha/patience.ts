/** Waiting until devices did what they were told: one reading of all for everybody who waits, and not for ever. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Plant } from "./plant.ts";
import type { Site } from "./site.ts";

/** Between two readings, the first and the longest; each is twice the one before. */
const PACE = { firstMs: 5, mostMs: 250 };

/** Until nobody is `open`, patience or the caller ends. Reads once at least. */
export async function watchUntil(
  site: Site,
  open: (plant: Plant) => boolean,
  signal: AbortSignal,
  end = site.now() + site.patienceMs,
): Promise<void> {
  let wait = PACE.firstMs;
  for (;;) {
    await sleep(Math.min(wait, end - site.now()), undefined, { signal }).catch(() => undefined);
    const began = site.now();
    if (signal.aborted || !open(await site.plant()) || site.now() >= end) return;
    // A large network is read no more than half of the time.
    wait = Math.max(Math.min(wait * 2, PACE.mostMs), site.now() - began);
  }
}
