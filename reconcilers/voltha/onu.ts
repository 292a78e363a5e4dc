/** ONUs: claimed when they are there, by their serial; the id of the device changes when it is deleted. */
import { type Facts, type Observed, type Ref, type RefKey, refKey } from "../../controller/core/model.ts";
import { fault } from "../errors.ts";
import type { Lookup, Order, Outcome, Resource } from "../system.ts";
import type { How } from "./desired.ts";
import { onuFields } from "./fields.ts";
import { each } from "./outcomes.ts";
import { type Onu, onuAt, type Plant, whereabouts } from "./plant.ts";
import type { Site } from "./site.ts";

export const onu = (site: Site): Resource => ({
  name: "onu",
  marker: "store",
  found: true,
  lent: true,
  fields: onuFields,
  limit: 200,
  settleMs: 0, // it is not made here: it is plugged in
  observe: (lookups) => observe(site, lookups),
  everything: async () => {
    const { all } = await site.plant();
    const ref = (key: string): Ref => ({ system: site.endpoint, resource: "onu", key });
    return all.flatMap((o) => (o.olt === undefined ? [] : [observed(ref(o.device.serialNumber.toUpperCase()), o)]));
  },
  apply: (orders, signal) => apply(site, orders, signal),
});

async function observe(site: Site, lookups: readonly Lookup[]): Promise<Map<RefKey, Observed>> {
  const plant = await site.plant();
  return new Map(lookups.flatMap((l) => seen(site, plant, l) ?? []).map((o) => [refKey(o.ref), o]));
}
/**
 * One that we have not claimed is none of ours, wherever it is plugged in: claiming it is how it is made.
 * @throws Fault where nobody can tell: under an OLT that is down, or has just come back, not listed is not gone.
 */
function seen(site: Site, plant: Plant, { ref, id, how, spec }: Lookup): Observed | undefined {
  if (id === undefined) return undefined;
  const place = how as How | undefined;
  const found = onuAt(plant, ref.key, place);
  if (found) return observed(ref, found);
  if (isSure(site, place)) return undefined;
  if (spec) return unjudged(ref);
  throw fault("Unavailable", `whether ONU ${ref.key} is gone is told when ${place?.olt ?? "every OLT"} has come back`);
}
const isSure = ({ storms, config }: Site, place: How | undefined): boolean =>
  config.olts.every((o) => (place && o.name !== place.olt) || storms.of(o.name) === "Up");

export function factsOf({ device, olt, pon }: Onu): Facts {
  return {
    serial: device.serialNumber,
    ...(olt !== undefined && { olt }),
    ...(pon !== undefined && { ponPort: pon }),
    deviceId: device.id,
    adminState: device.adminState,
    operState: device.operStatus,
    connectState: device.connectStatus,
    reason: device.reason,
  };
}
function observed(ref: Ref, found: Onu): Observed {
  const { adminState } = found.device;
  return {
    ref,
    id: ref.key,
    token: undefined,
    retired: adminState === "DISABLED",
    state: { enabled: adminState === "ENABLED" },
    outputs: { serial: ref.key },
    facts: factsOf(found),
  };
}
const unjudged = (ref: Ref): Observed => ({
  ref,
  id: ref.key,
  token: undefined,
  retired: false,
  state: { enabled: true },
  outputs: { serial: ref.key },
  facts: { serial: ref.key },
});

async function apply(site: Site, orders: readonly Order[], signal: AbortSignal): Promise<readonly Outcome[]> {
  const before = await site.plant();
  const done = await each(orders, (order) => write(site, before, order, signal));
  const after = await site.plant();
  return orders.map((order, n) => {
    const outcome = done[n];
    if (outcome !== "written") return outcome ?? null;
    const found = onuAt(after, order.ref.key, order.how as How | undefined);
    return found ? observed(order.ref, found) : fault("Lost", `ONU ${order.ref.key} is not listed any more`);
  });
}

async function write({ core }: Site, plant: Plant, order: Order, signal: AbortSignal): Promise<"written" | null> {
  const place = order.how as How | undefined;
  const found = onuAt(plant, order.ref.key, place);
  if (order.action === "destroy") {
    // Enabled again it is one that was plugged in anew, and nobody's: only what was retired is deleted.
    if (found?.device.adminState === "DISABLED") await core.remove(found.device.id, signal);
    return null;
  }
  if (!found) {
    if (order.action === "retire") throw fault("Lost", `ONU ${order.ref.key} is not listed any more`);
    throw fault(
      "AwaitingDevice",
      place ? whereabouts(plant, order.ref.key, place) : `ONU ${order.ref.key} is not there`,
    );
  }
  if (order.action === "retire") await core.disable(found.device.id, signal);
  else if (found.device.adminState !== "ENABLED") await core.enable(found.device.id, signal);
  return "written";
}
