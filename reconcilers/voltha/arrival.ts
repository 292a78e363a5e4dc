/** Whether what was brought to a port is on its ONU: a controller's 200 says nothing of it. */
import { fault } from "../errors.ts";
import { isThere, isUp } from "./device.ts";
import { FEW } from "./near.ts";
import { watchUntil } from "./patience.ts";
import type { Site } from "./site.ts";
import { verdict } from "./verdict.ts";
import { type Asked, type View, viewsOf } from "./view.ts";

/** Ports as they are when what was brought to them has arrived, as far as it does. Only their ONUs are looked at meanwhile. */
export async function arrived(site: Site, asked: readonly Asked[], signal: AbortSignal): Promise<readonly View[]> {
  const views = new Map((await viewsOf(site, asked, signal)).map((view, n) => [n, view]));
  const coming = () => [...views].filter(([, view]) => isComing(site, view));
  const look = async (): Promise<boolean> => {
    const open = coming();
    const now = await lookAgain(
      site,
      open.map(([, view]) => view),
      signal,
    );
    open.forEach(([n], at) => void views.set(n, now[at]!));
    return coming().length > 0;
  };
  if (coming().length > 0) await watchUntil(site, look, signal);
  if (signal.aborted) throw fault("Unavailable", "the call was given up before what it brought had arrived");
  return [...views.values()];
}

/** What the controller holds is as it was; whether it arrived is read anew. */
export async function lookAgain(site: Site, views: readonly View[], signal: AbortSignal): Promise<readonly View[]> {
  const onus = await site.again(views.map(({ onu }) => onu));
  const anew = views.map((view, n) => ({ ...view, onu: onus[n], status: undefined }));
  if (views.length > FEW) return anew;
  return Promise.all(
    anew.map(async (view) => {
      // What the ONU says is enough where it has not got them; where it has, VGC may know of more to come.
      if (view.name === undefined || verdict(site, view) !== "pushed") return view;
      return { ...view, status: await site.controller.flowStatus(view.name, signal) };
    }),
  );
}

/** Where the controller has nothing, or the ONU or its OLT is away, waiting is of no use: a hint tells when it is back. */
const isComing = (site: Site, view: View): boolean =>
  view.held.some((h) => h.active) &&
  view.onu?.root !== undefined &&
  isUp(view.onu.root) &&
  isThere(view.onu.device) &&
  verdict(site, view) === "arriving";
