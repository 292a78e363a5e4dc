/** Whether what was brought to a port is on its ONU: a controller's 200 says nothing of it. */
import { isDark } from "./dark.ts";
import { FEW } from "./near.ts";
import { each } from "./outcomes.ts";
import { works } from "./plant.ts";
import type { Site } from "./site.ts";
import { isNew, verdict } from "./verdict.ts";
import type { View } from "./view.ts";

/** What the controller holds is as it was; whether it arrived is read anew. */
export async function lookAgain(site: Site, views: readonly View[], signal: AbortSignal): Promise<readonly View[]> {
  const onus = await site.again(views.map(({ onu }) => onu));
  const anew = views.map((view, n): View => ({ ...view, onu: onus[n], status: undefined }));
  const asked = await each(anew, (view) => withStatus(site, view, views.length <= FEW, signal));
  return asked.map((view) => {
    if (view instanceof Error) throw view;
    return view;
  });
}
/** What the ONU says is enough where it has not got them; where it has, VGC may know of more to come. */
async function withStatus(site: Site, view: View, isFew: boolean, signal: AbortSignal): Promise<View> {
  const at = view.isDark ? { ...view, isDark: await isDark(site, view.onu, view.ref.key) } : view;
  if (at.name === undefined || verdict(site, at) !== "pushed" || !(isFew || isNew(site, at))) return at;
  return { ...at, status: await site.controller.flowStatus(at.name, signal) };
}

/** Where the controller has nothing, or the ONU or its OLT is away, waiting is of no use: a hint tells when it is back. */
export const isComing = (site: Site, view: View): boolean =>
  (site.memory.landings.arriving.has(view.ref.key) || view.held.some((h) => h.active)) &&
  view.onu !== undefined &&
  works(view.onu) &&
  verdict(site, view) === "arriving";
