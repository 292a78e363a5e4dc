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
  for (let wait = PACE.firstMs; ; wait = Math.min(wait * 2, PACE.mostMs)) {
    await sleep(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted || !open(await site.plant()) || site.now() >= end) return;
  }
}
