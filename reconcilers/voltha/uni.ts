/** Ports of ONUs, and the services on them. */
import { type Observed, type RefKey, refKey } from "../../controller/core/model.ts";
import type { Lookup, Resource } from "../system.ts";
import { uniFields } from "./fields.ts";
import { shown } from "./shown.ts";
import type { Site } from "./site.ts";
import { applyUnis } from "./uni-write.ts";
import { viewsOf } from "./view.ts";

export const uni = (site: Site): Resource => ({
  name: "uni",
  marker: "store",
  lent: true,
  outlasts: "Router",
  fields: uniFields,
  limit: 200,
  settleMs: 0, // what a lost request still makes is the same service again
  observe: (lookups, signal) => observe(site, lookups, signal),
  apply: (orders, signal) => applyUnis(site, orders, signal),
});

async function observe(site: Site, lookups: readonly Lookup[], signal: AbortSignal): Promise<Map<RefKey, Observed>> {
  const views = await viewsOf(site, lookups, signal);
  return new Map(views.flatMap((v) => shown(site, v) ?? []).map((o) => [refKey(o.ref), o]));
}
