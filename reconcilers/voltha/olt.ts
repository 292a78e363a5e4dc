/** OLTs: registered and enabled. Never disabled or deleted: VOLTHA would take everything under one along. */
import { type Observed, type RefKey, refKey, type State } from "../../controller/core/model.ts";
import { fault } from "../errors.ts";
import type { Lookup, Order, Outcome, Resource } from "../system.ts";
import type { Olt } from "./config.ts";
import type { Device } from "./device.ts";
import { oltFields } from "./fields.ts";
import { each } from "./outcomes.ts";
import { oltNamed, type Site } from "./site.ts";

export const olt = (site: Site): Resource => ({
  name: "olt",
  marker: "store",
  found: true,
  fields: oltFields,
  limit: 16,
  settleMs: 0, // a second create is refused
  observe: (lookups, signal) => observe(site, lookups, signal),
  apply: (orders, signal) => each(orders, (order) => apply(site, order, signal)),
});

/** One that we have not claimed is none of ours yet; one that is not wanted any more is only forgotten. */
async function observe(site: Site, lookups: readonly Lookup[], signal: AbortSignal): Promise<Map<RefKey, Observed>> {
  const { roots } = await site.overview();
  const found = await Promise.all(
    lookups.map(async (l) => {
      const declared = l.spec && l.id !== undefined && oltNamed(site, l.ref.key);
      const root = roots.get(l.ref.key);
      return declared && root ? [await observed(site, l, declared, root, signal)] : [];
    }),
  );
  return new Map(found.flat().map((o) => [refKey(o.ref), o]));
}

async function observed(
  { controller }: Site,
  { ref }: Pick<Lookup, "ref">,
  declared: Olt,
  root: Device,
  signal: AbortSignal,
): Promise<Observed> {
  const state: State = {
    address: root.hostAndPort ?? "",
    serial: root.serialNumber || declared.serial, // it has none before it was first reached
    enabled: root.adminState === "ENABLED",
    registered: await controller.knows(declared, signal),
  };
  const { adminState, operStatus: operState, connectStatus: connectState } = root;
  const facts = { deviceId: root.id, adminState, operState, connectState };
  return { ref, id: root.id, token: undefined, retired: false, state, outputs: {}, facts };
}

async function apply(site: Site, order: Order, signal: AbortSignal): Promise<Exclude<Outcome, Error>> {
  const { core, controller } = site;
  const declared = oltNamed(site, order.ref.key);
  if (order.action === "retire" || order.action === "destroy" || !declared) return null;
  const before = (await site.plant()).roots.get(declared.name);
  if (before) refuseOther(declared, before);
  // First of all: what is pushed before is never pushed, and nothing says so.
  await controller.register(declared, signal);
  if (!before) await core.createOlt(declared.address, signal);
  const made = before ?? (await site.plant()).roots.get(declared.name);
  if (!made) throw fault("NotConverging", `VOLTHA took ${declared.name} and does not list it`);
  if (made.adminState !== "ENABLED") await core.enable(made.id, signal);
  const root = (await site.plant()).roots.get(declared.name) ?? made;
  return observed(site, order, declared, root, signal);
}

/** VOLTHA changes neither: it would have to be deleted, with all that is under it. That is for people to decide. */
function refuseOther({ name, serial, address }: Olt, root: Device): void {
  if (root.serialNumber !== "" && root.serialNumber !== serial)
    throw fault("BadValue", `at the address of ${name} there is an OLT of serial number ${root.serialNumber}`);
  if (root.hostAndPort !== address)
    throw fault("BadValue", `VOLTHA reaches ${name} at ${root.hostAndPort}, and cannot be told another address`);
}
