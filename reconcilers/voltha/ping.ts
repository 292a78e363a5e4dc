/** Whether the endpoint can serve us, and what is wrong with many at once. */
import { fault } from "../errors.ts";
import type { Answering } from "../system.ts";
import { darkTroubles } from "./dark.ts";
import type { Site } from "./site.ts";

export async function ping(site: Site, signal: AbortSignal): Promise<Answering> {
  const [adapters, plant] = await Promise.all([
    site.core.adapters(signal),
    site.overview(),
    site.controller.ping(signal),
  ]);
  if (!adapters.includes("openolt")) throw fault("Misconfigured", "VOLTHA runs no adapter of type openolt");
  return {
    version: `VOLTHA (${[...new Set(adapters)].sort().join(", ")}), ${site.controller.name}`,
    troubles: [...site.storms.troubles(plant), ...darkTroubles(site)],
  };
}
