/** ONUs: claimed when they are there, by their serial; the id of the device changes when it is deleted. */
import { type Facts, type Observed, type Ref, type RefKey, refKey } from "../../controller/core/model.ts";
import { Fault, fault } from "../errors.ts";
import type { Lookup, Order, Outcome, Resource } from "../system.ts";
import type { How } from "./desired.ts";
import { isThere } from "./device.ts";
import { onuFields } from "./fields.ts";
import { expectedIn, idOf } from "./onu-id.ts";
import { each } from "./outcomes.ts";
import { watchUntil } from "./patience.ts";
import { type Onu, onuAt, type Plant, whereabouts } from "./plant.ts";
import { isMoved, ponKey, seek } from "./seek.ts";
import type { Site } from "./site.ts";

export const onu = (site: Site): Resource => ({
  name: "onu",
  marker: "store",
  found: true,
  lent: true,
  outlasts: "Router",
  fields: onuFields,
  limit: 200,
  settleMs: 0, // it is not made here: it is plugged in
  observe: (lookups) => observe(site, lookups),
  everything: async () => {
    const plant = await site.plant();
    const ref = (key: string): Ref => ({ system: site.endpoint, resource: "onu", key });
    return plant.all.flatMap((o) =>
      o.olt === undefined ? [] : [observed(ref(o.device.serialNumber.toUpperCase()), o)],
    );
  },
  apply: (orders, signal) => apply(site, orders, signal),
});

async function observe(site: Site, lookups: readonly Lookup[]): Promise<Map<RefKey, Observed>> {
  const plant = await around(site, lookups);
  return new Map(lookups.flatMap((l) => seen(site, plant, l) ?? []).map((o) => [refKey(o.ref), o]));
}
const around = (site: Site, asked: readonly Pick<Lookup, "ref" | "how">[]): Promise<Plant> =>
  site.around(asked.map(({ ref, how }) => ({ serial: ref.key, place: how as How | undefined })));
/** What ends must end under every OLT on which it is remembered by now. */
const forWriting = (site: Site, orders: readonly Order[]): Promise<Plant> =>
  orders.every(({ spec }) => spec) ? around(site, orders) : site.plant();
/**
 * One that we have not claimed is none of ours, wherever it is plugged in: claiming it is how it is made.
 * @throws Fault where nobody can tell: under an OLT that is down, or has just come back, not listed is not gone.
 */
function seen(site: Site, plant: Plant, { ref, id, how, spec }: Lookup): Observed | undefined {
  if (id === undefined) return undefined;
  const place = how as How | undefined;
  const found = foundAt(plant, ref.key, place);
  if (found) return observed(ref, found, id);
  if (isSure(site, place)) return undefined;
  if (spec) return unjudged(ref, id);
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
function observed(ref: Ref, found: Onu, id: string = ref.key): Observed {
  const { adminState } = found.device;
  return {
    ref,
    id,
    token: undefined,
    retired: adminState === "DISABLED",
    state: { enabled: adminState === "ENABLED", ...expectation(id) },
    outputs: { serial: ref.key },
    facts: factsOf(found),
  };
}
const unjudged = (ref: Ref, id: string): Observed => ({
  ref,
  id,
  token: undefined,
  retired: false,
  state: { enabled: true, ...expectation(id) },
  outputs: { serial: ref.key },
  facts: { serial: ref.key },
});
function expectation(id: string): { readonly expectedPonPort?: number } {
  const expectedPonPort = expectedIn(id);
  return expectedPonPort === undefined ? {} : { expectedPonPort };
}

async function apply(site: Site, orders: readonly Order[], signal: AbortSignal): Promise<readonly Outcome[]> {
  const before = await forWriting(site, orders);
  const done = await each(orders, (order) => write(site, before, order, signal));
  const sought = orders.filter((_, n) => done[n] === "sought");
  try {
    if (sought.length > 0) await watchUntil(site, () => isAnyAway(site, sought), signal);
  } finally {
    for (const order of sought) site.memory.seeking.delete(ponKey(foundBy(before, order)!));
  }
  const after = await forWriting(site, orders);
  return orders.map((order, n) => {
    const outcome = done[n];
    if (outcome instanceof Fault || outcome === null || outcome === undefined) return outcome ?? null;
    if (outcome === "sought" && !isBack(after, order)) return awaiting(after, order);
    const found = foundBy(after, order);
    const id = order.action === "retire" ? order.id : idOf(order.ref.key, placeOf(order)?.pon);
    return found ? observed(order.ref, found, id) : fault("Lost", `ONU ${order.ref.key} is not listed any more`);
  });
}
async function isAnyAway(site: Site, orders: readonly Order[]): Promise<boolean> {
  const plant = await site.plant();
  return orders.some((order) => !isBack(plant, order));
}
const placeOf = ({ how }: Order): How | undefined => how as How | undefined;
const foundBy = (plant: Plant, order: Order): Onu | undefined => foundAt(plant, order.ref.key, placeOf(order));
/** Not wanted any more it is out of service when every OLT on which it is remembered has it so. */
const foundAt = (plant: Plant, serial: string, place: How | undefined): Onu | undefined => {
  if (place) return onuAt(plant, serial, place);
  const all = recordsOf(plant, serial);
  return all.find(({ device }) => device.adminState !== "DISABLED") ?? all[0];
};
const recordsOf = (plant: Plant, serial: string): readonly Onu[] =>
  plant.onus(serial).filter(({ olt }) => olt !== undefined);
function isBack(plant: Plant, order: Order): boolean {
  const found = foundBy(plant, order);
  return found !== undefined && isThere(found.device);
}
function awaiting(plant: Plant, order: Order): Fault {
  const { key } = order.ref;
  const place = placeOf(order);
  if (foundBy(plant, order)) return fault("AwaitingDevice", `ONU ${key} was looked for anew, and has not come up yet`);
  return fault("AwaitingDevice", place ? whereabouts(plant, key, place) : `ONU ${key} is not there`);
}

/** Sought: its device was deleted, so that it is found where it is. */
type Written = "written" | "sought" | null;
async function write(site: Site, plant: Plant, order: Order, signal: AbortSignal): Promise<Written> {
  const { core } = site;
  if (order.action === "destroy" || order.action === "retire") return end(site, plant, order, signal);
  const found = foundBy(plant, order);
  if (!found) throw awaiting(plant, order);
  if (isMoved(site, found, order.id, placeOf(order))) {
    await seek(site, plant, found, signal);
    return "sought";
  }
  if (found.device.adminState !== "ENABLED") await core.enable(found.device.id, signal);
  return "written";
}
/** Wherever it is remembered: what stays disabled somewhere is of no use to whoever gets the ONU next. */
async function end({ core }: Site, plant: Plant, { ref, action }: Order, signal: AbortSignal): Promise<Written> {
  const all = recordsOf(plant, ref.key);
  if (action === "destroy") {
    // Enabled again it is one that was plugged in anew, and nobody's: only what was retired is deleted.
    for (const { device } of all) if (device.adminState === "DISABLED") await core.remove(device.id, signal);
    return null;
  }
  if (all.length === 0) throw fault("Lost", `ONU ${ref.key} is not listed any more`);
  for (const { device } of all) if (device.adminState !== "DISABLED") await core.disable(device.id, signal);
  return "written";
}
