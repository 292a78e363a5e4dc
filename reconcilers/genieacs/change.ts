/** Making a device ours and telling it what differs: one task, and then the truth about it (facts 1 to 5). */
import { refKey } from "../../controller/core/model.ts";
import { type Fault, fault } from "../errors.ts";
import type { Order } from "../system.ts";
import { isOnce, isValue, ON_RETIRE } from "./desired.ts";
import type { Device } from "./device.ts";
import { type Dialing, dialingAfter, dialingNow, NOT_DIALING } from "./dialing.ts";
import { namesOf } from "./find.ts";
import { certainty, digestOf, doubtOf, held, type Known } from "./held.ts";
import { claim, type Marked, memoryNow, remember, tagTemplates } from "./marks.ts";
import { nameHash } from "./memory.ts";
import { DIALS, isWifi, placeOf } from "./names.ts";
import type { Telling, Told } from "./prove.ts";
import { sure } from "./refresh.ts";
import { type Wish, wantedOf } from "./session.ts";
import { set } from "./set.ts";

/** @throws Fault: what could be done stands, and is remembered. */
export async function change(m: Marked, device: Device, wish: Wish | undefined): Promise<void> {
  const { s, order, signal } = m;
  await claim(m);
  if (!wish) return tagTemplates(m, {});
  const before = memoryNow(m);
  const known: Known = { s, ref: order.ref, device, memory: before, wish };
  const telling = tellingOf(order, known);
  const values = telling.map((t) => ({ ...t, isOpen: certainty(known, t.name) !== "sure" }));
  // Tells of the life in which the values are written: one that ends meanwhile has lost them.
  const now = await sure(s, order.token, device, wish, values, signal);
  const sent = now.root ? dialingOf(m, telling) : NOT_DIALING;
  await tagTemplates(m, { ...endOf(m, now, wish), ...dialingNow(before, now, sent) });
  if (telling.length === 0) return;
  const told = await set(s, order, now, wish, telling, signal);
  await keep(m, wish, now, told, told.isOpen ? dialingAfter(before, now, sent) : before);
  if (told.fault) throw inDoubt(told.fault, { s, ref: order.ref, device: now, memory: memoryNow(m), wish });
  s.refusals.delete(refKey(order.ref));
}

/** And again what the router may have or not, where RADIUS knows it: what the account cannot follow was left out of the order. */
function tellingOf({ patch }: Order, known: Known): readonly Telling[] {
  const there = held(known);
  const open = [...DIALS].filter((name) => there[name] != null && certainty(known, name) !== "sure");
  const all = { ...Object.fromEntries(open.map((name) => [name, there[name]!])), ...patch };
  return Object.entries(all).flatMap(([name, value]) => (value === null || !isValue(name) ? [] : [{ name, value }]));
}
/** Remembered before it is sent: whatever becomes of the answer, the next look knows. */
function dialingOf({ s, order }: Marked, telling: readonly Telling[]): Dialing {
  const dials = telling.filter((t) => DIALS.has(t.name));
  const digests = dials.map((t) => [nameHash(t.name), digestOf(s, order.ref, t.name, t.value)]);
  return { dialing: Object.fromEntries(digests), dialed: new Date(s.now()).toISOString() };
}

/** What a retirement will have to undo: by then nobody may know the plan any more, nor what was declared before it. */
function endOf(m: Marked, device: Device, wish: Wish) {
  const before = memoryNow(m);
  const at = (name: string): readonly string[] => placeOf(device, name, wish.how.mappings).at ?? [];
  const names = namesOf(wish);
  const switches = names.filter(isWifi).map((name) => name.replace(/\.[^.]+$/, ".enabled"));
  return {
    off: [...new Set([...before.off, ...switches.flatMap(at)])].sort(),
    blank: [...new Set([...before.blank, ...names.filter((name) => DIALS.has(name)).flatMap(at)])].sort(),
    reset: wantedOf(wish, ON_RETIRE) === "FactoryReset",
  };
}

async function keep(m: Marked, wish: Wish, device: Device, told: Told, open: Dialing): Promise<void> {
  const { s, order } = m;
  const memory = memoryNow(m);
  const bootstrap = device.lastBootstrap ?? "";
  const wanted = new Set(namesOf(wish).map(nameHash));
  const old = memory.bootstrap === bootstrap ? Object.entries(memory.written) : [];
  const now = Object.entries(told.proven)
    .filter(([name]) => isOnce(wish.how, name))
    .map(([name, value]) => [nameHash(name), digestOf(s, order.ref, name, value)] as const);
  const written = Object.fromEntries(new Map([...old.filter(([name]) => wanted.has(name)), ...now]));
  await remember(m, { bootstrap, written, ...stillOpen(told, open, wanted) });
}
function stillOpen({ proven }: Told, { dialing, dialed }: Dialing, wanted: ReadonlySet<string>): Dialing {
  const sure = new Set(Object.keys(proven).map(nameHash));
  const open = Object.entries(dialing).filter(([name]) => wanted.has(name) && !sure.has(name));
  return { dialing: Object.fromEntries(open), dialed: open.length > 0 ? dialed : "" };
}

/** Who waits for a router is told what that means for the account. */
function inDoubt(why: Fault, known: Known): Fault {
  const words = why.kind === "Waiting" ? doubtOf(known) : undefined;
  return words === undefined ? why : fault("AwaitingDevice", `${why.message}; ${words}`);
}
