/** One setParameterValues with all that differs, and the proof of each value. */
import type { State, Value } from "../../controller/core/model.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { Fault, fault } from "../errors.ts";
import type { Order } from "../system.ts";
import { type Device, leafOf } from "./device.ts";
import { refusal, unmapped } from "./faults.ts";
import { again } from "./find.ts";
import { awaitsRadios, DIALS, placeOf } from "./names.ts";
import type { Session, Wish } from "./session.ts";
import { dropTask, type Fate, post, uniqueKey } from "./tasks.ts";
import { holds, type Pair, pairFor, plain } from "./values.ts";

export interface Telling {
  readonly name: string;
  readonly value: Value;
  /** Proven by the task alone, and remembered: a secret reads as "". */
  readonly isOnce: boolean;
}
export interface Told {
  /** Written once and surely there. */
  readonly held: State;
  readonly fault: Fault | undefined;
}
interface Placed extends Telling {
  readonly at: readonly string[];
}
interface Cx {
  readonly s: Session;
  readonly order: Order;
  readonly wish: Wish;
  readonly signal: AbortSignal;
}
/** The names of a customer's way in: RADIUS and the device change together, or neither. */
const DIAL_SECONDS = 180;

export async function set(
  s: Session,
  order: Order,
  device: Device,
  wish: Wish,
  telling: readonly Telling[],
  signal: AbortSignal,
): Promise<Told> {
  const cx = { s, order, wish, signal };
  if (!device.root) return { held: {}, fault: awaiting(cx, device, telling.length) };
  const places = telling.map((t) => ({ ...t, place: placeOf(device, t.name, wish.how.mappings) }));
  const radios = places.filter((p) => awaitsRadios(p.place));
  const lost = places.find((p) => p.place.at === undefined && p.place.why === "nowhere");
  const going = places.flatMap(({ place, ...t }): readonly Placed[] => (place.at ? [{ ...t, at: place.at }] : []));
  const [valid, invalid] = validated(device, going);
  const told = valid.length > 0 ? await tell(cx, device, valid, radios.length) : { held: {}, fault: undefined };
  const missing = lost && unmapped(device.serial, lost.name, `(${modelOf(device)}) has no known place for`);
  const waiting = radios.length > 0 ? awaiting(cx, device, radios.length) : undefined;
  return { held: told.held, fault: invalid ?? missing ?? told.fault ?? waiting };
}
const modelOf = ({ root }: Device): string => (root === "Device" ? "TR-181" : "TR-098");

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
  const dials = all.some((p) => DIALS.has(p.name));
  const expiry = dials ? Math.min(DIAL_SECONDS, s.config.taskExpirySeconds) : s.config.taskExpirySeconds;
  const how = { key: uniqueKey(order.token, "set"), expiry };
  const work = { name: "setParameterValues", parameterValues: all.flatMap((p) => pairsOf(device, p)) } as const;
  const fate = await post(s, device, work, how, signal);
  if (fate.is === "refused") return { held: {}, fault: refusal(device.serial, fate.fault, secretsOf(all)) };
  if (fate.is === "done") return prove(cx, device, all, fate.posted);
  if (!dials) return { held: {}, fault: awaiting(cx, device, all.length + besides, fate) };
  // Gone already: the device has come back in this moment and has run it.
  if (!(await dropTask(s, { id: fate.id, device: device.id }, signal))) return prove(cx, device, all, undefined);
  await queueRest(cx, device, all);
  return { held: {}, fault: awaiting(cx, device, all.length + besides, fate) };
}
const secretsOf = (all: readonly Placed[]): readonly string[] =>
  all.flatMap(({ value }) => (value instanceof Sensitive ? [value.reveal()] : []));

/** Names of the way in wait here and not at the ACS: the device must not change before RADIUS can follow. */
async function queueRest({ s, order, signal }: Cx, device: Device, all: readonly Placed[]): Promise<void> {
  const rest = all.filter((p) => !DIALS.has(p.name)).flatMap((p) => pairsOf(device, p));
  if (rest.length === 0) return;
  const how = { key: uniqueKey(order.token, "set"), expiry: s.config.taskExpirySeconds };
  await post(s, device, { name: "setParameterValues", parameterValues: rest }, how, signal);
}

/** 200 is no proof (fact 1): each value is looked at, and of a secret that it was written at all. */
async function prove(cx: Cx, device: Device, all: readonly Placed[], posted: string | undefined): Promise<Told> {
  const now = await again(cx.s, device, cx.wish, cx.signal);
  if (!now) throw fault("Lost", "the ACS does not know the router any more");
  const held: Record<string, Value> = {};
  let first: Fault | undefined;
  for (const p of all) {
    const why = p.at.map((path) => doubt(now, path, p.value, posted)).find((d) => d !== undefined);
    if (why === undefined && p.isOnce) held[p.name] = p.value;
    if (why !== undefined) first ??= unmapped(now.serial, p.name, why);
  }
  return { held, fault: first };
}
function doubt(device: Device, path: string, value: Value, posted: string | undefined): string | undefined {
  const leaf = leafOf(device, path);
  if (leaf === undefined) return "has no such parameter:";
  if (leaf.writable === false) return "does not let write";
  const isWritten = posted === undefined || (leaf.timestamp ?? "") >= posted;
  if (value instanceof Sensitive) return isWritten || leaf.value === plain(value) ? undefined : "did not take";
  return holds(leaf, value) ? undefined : "did not keep";
}

function awaiting({ s }: Cx, device: Device, count: number, fate?: Extract<Fate, { is: "queued" }>): Fault {
  const values = count === 1 ? "1 value waits" : `${count} values wait`;
  const since = device.lastInform === undefined ? "" : ` since ${device.lastInform}`;
  if (device.lastInform === undefined)
    return fault("AwaitingDevice", `the router ${device.serial} has never reported to ${s.endpoint}; ${values} for it`);
  if (fate?.why === "silent")
    return fault("AwaitingDevice", `the router ${device.serial} does not answer${since}; ${values} for it`);
  if (fate?.why === "unreachable")
    return fault(
      "AwaitingDevice",
      `the router ${device.serial} cannot be called (${fate.words}); ${values} for its next inform`,
    );
  return fault("AwaitingDevice", `the router ${device.serial} is offline${since}; ${values} for it`);
}
