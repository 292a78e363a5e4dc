/** Ports as they are now: one reading of rw_core and one of each list of the controller, for all of them. */
import type { Ref } from "../../controller/core/model.ts";
import type { Lookup, Order } from "../system.ts";
import type { FlowStatus, Port, Programmed } from "./controller.ts";
import { darkIn, hangs, isDark } from "./dark.ts";
import type { First } from "./first-looks.ts";
import type { Wanted } from "./memory.ts";
import { serialOf } from "./names.ts";
import { FEW } from "./near.ts";
import { type Onu, onuAt, type Plant } from "./plant.ts";
import { spellService } from "./service.ts";
import { placesOf, type Site } from "./site.ts";
import type { Held } from "./target.ts";
import { isNew, verdict } from "./verdict.ts";

export interface View {
  readonly ref: Ref;
  /** Known to the inventory. */
  readonly id: string | undefined;
  /** What was last asked for; `isWanted`: and is so now. */
  readonly wanted: Wanted | undefined;
  readonly isWanted: boolean;
  /** As it was read. */
  readonly plant: Plant;
  /** Where it is declared to be. */
  readonly onu: Onu | undefined;
  /** As VOLTHA calls it; undefined: it has no place where it could be. */
  readonly name: string | undefined;
  readonly places: readonly Port[];
  readonly held: readonly Held[];
  /** Undefined: not asked. */
  readonly status: FlowStatus | undefined;
  /** Something is on the port, which the controller believes to be on another device, such as an OLT that was made anew. */
  readonly isStray: boolean;
  /** Only when its ONU is started anew it will carry anything. */
  readonly isDark: boolean;
}
export type Asked = Pick<Lookup, "ref" | "id" | "spec" | "how"> & Partial<Pick<Order, "patch">>;

export async function viewsOf(site: Site, asked: readonly Asked[], signal: AbortSignal): Promise<readonly View[]> {
  const { controller, memory, storms } = site;
  const wanted = asked.map((one) => memory.want(one));
  const plant = await site.around(asked.map(({ ref }, n) => ({ serial: serialOf(ref.key), place: wanted[n]?.how })));
  const places = await Promise.all(asked.map(({ ref }, n) => placesOf(site, plant, ref.key, wanted[n]?.how)));
  const found = await controller.services(places.flat(), signal);
  const views = asked.map(({ ref, id, spec }, n) => ({
    ref,
    id,
    wanted: wanted[n],
    isWanted: spec !== undefined,
    plant,
    onu: onuAt(plant, serialOf(ref.key), wanted[n]?.how),
    name: places[n]![0]?.name,
    places: places[n]!,
    held: heldAt(places[n]!, found),
  }));
  const isFew = asked.length <= FEW;
  const dark = isFew ? darkOf(site) : await darkAmong(site, plant, views);
  const whole = await Promise.all(
    views.map(async (view) => {
      const known = await withStatus(site, view, isFew, signal);
      const isDown = known.held.some(({ active }) => active) && (await dark(known));
      return { ...known, isDark: isDown };
    }),
  );
  for (const olt of memory.firstLooks.see(whole.flatMap((view) => firstOf(site, view)))) storms.disturbed(olt);
  return whole;
}
type Read = Omit<View, "status" | "isStray" | "isDark">;
async function withStatus(site: Site, view: Read, isFew: boolean, signal: AbortSignal): Promise<Omit<View, "isDark">> {
  const { controller, storms } = site;
  // What the inventory knows and no list shows is asked for by name, unless its OLT explains it.
  const isCalm = storms.of(view.wanted?.how?.olt ?? view.onu?.olt) === "Up";
  const isMissed = view.held.length === 0 && view.id !== undefined && isCalm;
  const isOpen = isNew(site, view) && view.held.some(({ active }) => active);
  const asks = isFew || isMissed || isOpen ? view.name : undefined;
  const status = asks === undefined ? undefined : await controller.flowStatus(asks, signal);
  const isStray = view.held.length === 0 && status !== undefined && status !== "NOT_IN_CONTROLLER";
  // Before it is cleared it is asked for where it should be: it may be there, and the lists of another moment.
  const own = isStray && !isFew ? await controller.services(view.places, signal) : undefined;
  const held = own ? heldAt(view.places, own) : view.held;
  return { ...view, held, status, isStray: isStray && held.length === 0 };
}
type Dark = (view: Pick<View, "ref" | "onu" | "status">) => boolean | Promise<boolean>;
/** Of who is served, as VGC says, the ports are not read. */
const darkOf =
  (site: Site): Dark =>
  ({ ref, onu, status }) =>
    hangs(site, onu) || (status !== "ALL_FLOWS_PROVISIONED" && isDark(site, onu, ref.key));
async function darkAmong(site: Site, plant: Plant, views: readonly Read[]): Promise<Dark> {
  const dark = await darkIn(site, plant, new Set(views.flatMap(({ onu }) => onu?.olt ?? [])));
  return ({ ref, onu }) => dark(onu, ref.key);
}
/** Of what was seen on the ONU once, whether it still is; what nobody can tell now is looked at for the first time later. */
function firstOf(site: Site, view: View): readonly First[] {
  const { ref, id, onu, held } = view;
  if (id === undefined || onu?.olt === undefined || site.memory.landings.arriving.has(ref.key)) return [];
  if (!held.some(({ active }) => active)) return [];
  const flows = verdict(site, view);
  if (flows !== "pushed" && flows !== "missing") return [];
  return [{ port: ref.key, olt: onu.olt, pon: onu.pon, isLost: flows === "missing" }];
}
const heldAt = (places: readonly Port[], found: ReadonlyMap<Port, readonly Programmed[]>): readonly Held[] =>
  places.flatMap((port) => (found.get(port) ?? []).map(heldOf));
const heldOf = ({ service, active }: Programmed): Held => ({ service, active, line: spellService(service) });
