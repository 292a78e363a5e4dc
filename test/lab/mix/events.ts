/** What happens to one customer and his systems, in any order; each is one step of a random life. */
import fc from "fast-check";
import type { RefKey, Value } from "../../../controller/core/model.ts";
import { refKey } from "../../../controller/core/model.ts";
import { Sensitive } from "../../../controller/core/sensitive.ts";
import { Faults } from "../faults.ts";
import { CPES, ONUS, SYSTEMS, type Wish } from "./ground.ts";
import type { World } from "./world.ts";

const FOREIGN = "lm_somebody-else";
export type Event =
  | { readonly what: "declare"; readonly wish: Partial<Wish> }
  | { readonly what: "away" | "back" | "pause" | "unpause"; readonly system: string }
  /** A person changes, removes, takes the mark off, or puts his own in the place of an object. */
  | { readonly what: "edit" | "remove" | "unmark" | "usurp"; readonly nth: number }
  | { readonly what: "run" }
  | { readonly what: "die" | "lose"; readonly at: number; readonly where: "before" | "after" }
  | { readonly what: "plug" | "unplug"; readonly device: string }
  | { readonly what: Turn };
type Turn = "visit" | "survey" | "resurvey" | "retention" | "neighbour" | "poor" | "rich";

export const ANY_WISH: fc.Arbitrary<Wish> = fc.record({
  state: fc.constantFrom("Active", "Active", "Suspended", "Terminated", "None"),
  mode: fc.constantFrom("Reject", "Throttle", "WalledGarden"),
  plan: fc.constantFrom("basic", "fast"),
  onu: fc.constantFrom(0, 1),
  cpe: fc.constantFrom(0, 1),
  pinned: fc.boolean(),
  name: fc.constantFrom(0, 0, 0, 1),
});
const wish: fc.Arbitrary<Partial<Wish>> = fc.oneof(
  ANY_WISH.map(({ state, mode }) => ({ state, mode })),
  ANY_WISH,
);
const DEVICES = [...ONUS, ...CPES];
export const EVENT: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant("declare"), wish }) },
  { weight: 8, arbitrary: fc.record({ what: fc.constant("run") }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constantFrom("die", "lose"),
      at: fc.integer({ min: 1, max: 40 }),
      where: fc.constantFrom("before", "after"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constantFrom("away", "away", "back", "pause", "unpause"),
      system: fc.constantFrom(...SYSTEMS),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constantFrom("edit", "remove", "unmark", "usurp"), nth: fc.nat({ max: 20 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constantFrom("plug", "plug", "unplug"), device: fc.constantFrom(...DEVICES) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constantFrom("visit", "survey", "survey", "resurvey", "retention", "neighbour", "poor", "rich"),
    }),
  },
) as fc.Arbitrary<Event>;

export async function happen(w: World, e: Event): Promise<void> {
  if (e.what !== "run") w.happens();
  switch (e.what) {
    case "declare":
      w.wish = { ...w.wish, ...e.wish };
      return;
    case "away":
      return void w.systems.away.add(e.system);
    case "back":
      return void w.systems.away.delete(e.system);
    case "pause":
      return void w.paused.add(e.system);
    case "unpause":
      return void w.paused.delete(e.system);
    case "usurp":
      return usurp(w, e.nth);
    case "edit":
    case "remove":
    case "unmark":
      return meddle(w, e.what, e.nth);
    case "plug":
      return void w.systems.present.add(e.device);
    case "unplug":
      return void w.systems.present.delete(e.device);
    case "run":
    case "die":
    case "lose":
      return w.round(faultsOf(e));
    default:
      turn(w, e.what);
  }
}
function faultsOf(e: Extract<Event, { readonly what: "run" | "die" | "lose" }>): Faults {
  const faults = new Faults();
  if (e.what === "die") faults.crash = { at: e.at, where: e.where };
  if (e.what === "lose") {
    const [name, n] = [SYSTEMS[e.at % SYSTEMS.length]!, (e.at % 3) + 1];
    (e.where === "after" ? faults.dropReply : faults.refuse).set(`${name}.apply`, n);
  }
  return faults;
}
function turn(w: World, what: Turn): void {
  if (what === "visit") w.systems.present.add("visit");
  else if (what === "retention") w.inventory.endRetention();
  else if (what === "survey") w.surveyed = true;
  else if (what === "resurvey") w.surveyed = false;
  else if (what === "neighbour") w.neighbour = true;
  else w.granted = what === "rich";
}

/** Of devices nothing but their values: nobody can put a mark on an ONU, or take it off the line by hand. */
function meddle(w: World, what: "edit" | "remove" | "unmark", nth: number): void {
  const { rows } = w.systems;
  const all = [...rows.keys()].sort();
  const there = all.length === 0 ? undefined : all[nth % all.length];
  const row = there === undefined ? undefined : rows.get(there);
  if (!row || there === undefined) return;
  const isBare = /^(voltha|tickets)-1\/(onu|uni|installation)\//.test(there);
  if (what === "edit") rows.set(there, { ...row, state: { ...row.state, ...edited(row.state, nth) } });
  else if (what === "remove" && !there.includes("/installation/")) rows.delete(there);
  else if (what === "unmark" && !isBare && row.token === w.token(there)) rows.set(there, { ...row, token: undefined });
}
function edited(state: Readonly<Record<string, Value>>, nth: number): Readonly<Record<string, Value>> {
  const fields = Object.keys(state).sort();
  const field = fields[nth % fields.length];
  if (field === undefined) return {};
  const value = state[field];
  if (typeof value === "string") return { [field]: field === "address" ? "10.0.1.200" : `${value}x` };
  if (typeof value === "number") return { [field]: value + 1 };
  if (typeof value === "boolean") return { [field]: !value };
  return value instanceof Sensitive || value === null ? {} : { [field]: null };
}
/** Somebody else has, under the name, what he wants and has not. */
function usurp(w: World, nth: number): void {
  const markable = (key: RefKey): boolean => !key.startsWith("voltha-1/") && !key.includes("/installation/");
  const free = [...(w.subject?.desired ?? [])]
    .map((d) => refKey(d.ref))
    .filter((k) => markable(k) && !w.systems.rows.has(k));
  const key = free[nth % Math.max(free.length, 1)];
  if (key !== undefined) w.systems.rows.set(key, { token: FOREIGN, retired: false, state: {} });
}

/** Whatever stands in the way is taken out of it, by those who can. */
export function heal(w: World): void {
  w.happens();
  for (const set of [w.systems.away, w.paused]) set.clear();
  for (const device of [...DEVICES, "visit"]) w.systems.present.add(device);
  Object.assign(w, { surveyed: true, granted: true, neighbour: false });
  for (const [key, row] of w.systems.rows) if (row.token !== w.token(key)) w.systems.rows.delete(key);
}
/** Lets through what a person may let through. */
export const approve = (w: World): void =>
  void w.report?.plan.changes.forEach((c) => {
    if (c.hold?.code === "NeedsApproval" && c.tuple) w.approved.add(c.tuple);
  });
