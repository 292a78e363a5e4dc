/** Whether what was brought to a port is on its ONU: a controller's 200 says nothing of it. */
import { isThere, isUp } from "./device.ts";
import { parsePort } from "./names.ts";
import { watchUntil } from "./patience.ts";
import { onuAt, type Plant } from "./plant.ts";
import { verdict } from "./shown.ts";
import type { Site } from "./site.ts";
import { type Asked, type View, viewsOf } from "./view.ts";

/** Ports as they are when what was brought to them has arrived, as far as it does. */
export async function arrived(site: Site, asked: readonly Asked[], signal: AbortSignal): Promise<readonly View[]> {
  const end = site.now() + site.patienceMs;
  let views = await viewsOf(site, asked, signal);
  while (views.some((v) => isComing(site, v)) && site.now() < end && !signal.aborted) {
    const coming = views.filter((v) => isComing(site, v));
    const isOpen = (plant: Plant) => coming.some((v) => isComing(site, { ...v, ...anew(plant, v) }));
    await watchUntil(site, isOpen, signal, end);
    views = await viewsOf(site, asked, signal);
  }
  return views;
}
const anew = (plant: Plant, { ref, wanted }: View): Pick<View, "onu" | "status"> => ({
  onu: onuAt(plant, parsePort(ref.key)?.serial ?? ref.key, wanted?.how),
  status: undefined,
});
/** Where the controller has nothing, or the ONU or its OLT is away, waiting is of no use: a hint tells when it is back. */
const isComing = (site: Site, view: View): boolean =>
  view.held.some((h) => h.active) &&
  view.onu?.root !== undefined &&
  isUp(view.onu.root) &&
  isThere(view.onu.device) &&
  verdict(site, view) === "arriving";
