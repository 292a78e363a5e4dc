/** One setParameterValues with all that differs. */
import { refKey } from "../../controller/core/model.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { Fault } from "../errors.ts";
import type { Order } from "../system.ts";
import { type Device, leafOf } from "./device.ts";
import { type DeviceFault, isOpenEnd, refusal, unmapped } from "./faults.ts";
import { awaitsRadios, DIALS, placeOf } from "./names.ts";
import { type Cx, NOTHING, type Placed, prove, type Telling, type Told } from "./prove.ts";
import { isReporting, secondsToReport } from "./reports.ts";
import type { Session, Wish } from "./session.ts";
import { takeBack } from "./takeback.ts";
import { post, type Queued, uniqueKey } from "./tasks.ts";
import { type Pair, pairFor } from "./values.ts";
import { awaiting, wasInSession } from "./waiting.ts";

/** For what waits here. RADIUS and the device change together, or neither. Longer than clocks of an ACS's servers may differ (30 s). */
const HERE_SECONDS = 60;
const RADIOS_MS = 60_000;

export async function set(
  s: Session,
  order: Order,
  device: Device,
  wish: Wish,
  telling: readonly Telling[],
  signal: AbortSignal,
): Promise<Told> {
  const cx = { s, order, wish, signal };
  if (!device.root) return { ...NOTHING, fault: awaiting(s, device, telling.length) };
  const places = telling.map((t) => ({ ...t, place: placeOf(device, t.name, wish.how.mappings) }));
  const radios = places.filter((p) => awaitsRadios(p.place));
  const lost = places.find((p) => p.place.at === undefined && p.place.why === "nowhere");
  const going = places.flatMap(({ place, ...t }): readonly Placed[] => (place.at ? [{ ...t, at: place.at }] : []));
  const [valid, invalid] = validated(device, going);
  const told = await tell(cx, device, together(telling, valid), radios.length);
  const missing = lost && unmapped(device.serial, lost.name, `(${modelOf(device)}) has no known place for`);
  const later = told.fault ?? (radios.length > 0 ? awaiting(s, device, radios.length) : undefined);
  // Who waits is looked at as soon as the device reports, whatever else is wrong.
  // One that answers and does not tell its radios would be called again by each inform that calling it causes.
  if (later?.kind === "Waiting") s.due.set(refKey(order.ref), told.fault ? 0 : s.now() + RADIOS_MS);
  return { ...told, fault: invalid ?? missing ?? later };
}
const modelOf = ({ root }: Device): string => (root === "Device" ? "TR-181" : "TR-098");

/** User name and password go both, or neither. */
function together(all: readonly Telling[], going: readonly Placed[]): readonly Placed[] {
  const isWhole = all.every((t) => !DIALS.has(t.name) || going.some((p) => p.name === t.name));
  return isWhole ? going : going.filter((p) => !DIALS.has(p.name));
}

/** A value of the wrong kind never leaves (fact 6), and holds up no other. */
function validated(device: Device, all: readonly Placed[]): readonly [readonly Placed[], Fault | undefined] {
  let first: Fault | undefined;
  const valid = all.filter((p) => {
    try {
      pairsOf(device, p);
      return true;
    } catch (e) {
      if (!(e instanceof Fault)) throw e;
      first ??= e;
      return false;
    }
  });
  return [valid, first];
}
const pairsOf = (device: Device, p: Placed): readonly Pair[] =>
  p.at.map((path) => pairFor(`${device.root}.${path}`, p.name, p.value, leafOf(device, path)?.type));

/** `besides`: values that wait for the device anyway. */
async function tell(cx: Cx, device: Device, all: readonly Placed[], besides: number): Promise<Told> {
  const { s, order, signal } = cx;
  if (all.length === 0) return NOTHING;
  const stays = waitingHere(cx, device, all).length === 0;
  const secretSeconds = stays ? secondsToReport(device) : HERE_SECONDS;
  const longest = all.some(isSecret) ? secretSeconds : Number.POSITIVE_INFINITY;
  const how = { key: uniqueKey(order.token, "set"), expiry: Math.min(longest, s.config.taskExpirySeconds) };
  const work = { name: "setParameterValues", parameterValues: all.flatMap((p) => pairsOf(device, p)) } as const;
  const fate = await post(s, device, work, how, signal);
  if (fate.is === "refused") return without(cx, device, all, fate.fault, besides);
  if (fate.is === "done") return prove(cx, device, all, fate.posted);
  if (stays) return { ...NOTHING, fault: awaiting(s, device, all.length + besides, fate) };
  return withdraw(cx, device, all, fate, besides);
}
/** The device must not change before RADIUS can follow; what it has run meanwhile is known at once, so that it does. */
async function withdraw(cx: Cx, device: Device, all: readonly Placed[], fate: Queued, besides: number): Promise<Told> {
  const { s, signal } = cx;
  const taken = await takeBack(s, { id: fate.id, device: device.id }, signal);
  if (taken === "gone") {
    const { proven, fault } = await prove(cx, device, all, fate.posted);
    return { proven, fault: fault && wasInSession(device, all.length + besides), isOpen: fault !== undefined };
  }
  await queueRest(cx, device, all);
  const count = all.length + besides;
  if (taken === "at once") return { ...NOTHING, fault: awaiting(s, device, count, fate) };
  return { ...NOTHING, fault: wasInSession(device, count), isOpen: true };
}
/** CWMP takes all or nothing (TR-069, A.3.2.1): what was not refused goes again without what was. */
async function without(
  cx: Cx,
  device: Device,
  all: readonly Placed[],
  refused: DeviceFault,
  besides: number,
): Promise<Told> {
  cx.s.refusals.set(refKey(cx.order.ref), refused);
  const fault = refusal(device.serial, refused, secretsOf(all));
  const isRefused = (p: Placed): boolean => p.at.some((path) => refused.parameters.includes(`${device.root}.${path}`));
  const rest = together(
    all,
    all.filter((p) => !isRefused(p)),
  );
  const told = rest.length < all.length ? await tell(cx, device, rest, besides) : NOTHING;
  return { ...told, fault, isOpen: told.isOpen || isOpenEnd(refused) };
}
const secretsOf = (all: readonly Placed[]): readonly string[] =>
  all.flatMap(({ value }) => (value instanceof Sensitive ? [value.reveal()] : []));

/**
 * What an account waits for waits here and not at the ACS: the device must not change before RADIUS can follow. So does every
 * secret for a router that is switched off: everybody can read what waits there. One that reports and cannot be called gets it
 * at its next inform, in no other way. What belongs to a secret waits with it: no network has its new name and the former key.
 */
function waitingHere({ s, order }: Cx, device: Device, all: readonly Placed[]): readonly Placed[] {
  const isAway = !isReporting(device, s.now());
  const groups = new Set(
    all.filter((p) => isSecret(p) && (isAway || (order.awaited && DIALS.has(p.name)))).map(groupOf),
  );
  return all.filter((p) => groups.has(groupOf(p)));
}
const isSecret = ({ name, value }: Placed): boolean => DIALS.has(name) || value instanceof Sensitive;
const groupOf = ({ name }: Placed): string => name.replace(/\.[^.]+$/, "");

async function queueRest(cx: Cx, device: Device, all: readonly Placed[]): Promise<void> {
  const { s, order, signal } = cx;
  const here = new Set(waitingHere(cx, device, all));
  const rest = all.filter((p) => !here.has(p)).flatMap((p) => pairsOf(device, p));
  if (rest.length === 0) return;
  const how = { key: uniqueKey(order.token, "set"), expiry: s.config.taskExpirySeconds };
  await post(s, device, { name: "setParameterValues", parameterValues: rest }, how, signal);
}
