/** Reading from the device itself what the ACS never read, or read too long ago to be believed (fact 2). */
import type { Value } from "../../controller/core/model.ts";
import type { Token } from "../../controller/core/owner.ts";
import { Fault } from "../errors.ts";
import { LAYOUT_OBJECT } from "./bands.ts";
import { isOnce } from "./desired.ts";
import { type Device, isBefore, type Leaf, leafOf } from "./device.ts";
import { READ } from "./facts.ts";
import { refusal } from "./faults.ts";
import { again, namesOf } from "./find.ts";
import { awaitsRadios, DIALS, placeOf } from "./names.ts";
import { INTERVAL } from "./reports.ts";
import type { Session, Wish } from "./session.ts";
import { type Fate, post, uniqueKey } from "./tasks.ts";
import { holds } from "./values.ts";

/** Of another life of the device, or older than what is believed unread. */
const isStale = (s: Session, device: Device, leaf: Leaf): boolean =>
  isBefore(leaf, device.lastBootstrap) ||
  s.now() - Date.parse(leaf.timestamp ?? "1970-01-01") > s.config.refreshAfterMs;

/** Paths that are compared, and which the device can be asked for since they were read. */
function doubtful(s: Session, device: Device, wish: Wish): readonly string[] {
  const paths = namesOf(wish).flatMap((name) =>
    isOnce(wish.how, name) ? [] : (placeOf(device, name, wish.how.mappings).at ?? []),
  );
  // How long a router may be silent, in case that an answer of it is lost: by then it is too late to ask.
  const pace =
    namesOf(wish).some((name) => DIALS.has(name)) && leafOf(device, INTERVAL) === undefined ? [INTERVAL] : [];
  return [...pace, ...paths].filter((path) => {
    const leaf = leafOf(device, path);
    if (leaf?.value === undefined) return true;
    return isStale(s, device, leaf) && isBefore(leaf, device.lastInform);
  });
}
const lacksRadios = (device: Device, wish: Wish): boolean =>
  namesOf(wish).some((name) => awaitsRadios(placeOf(device, name, wish.how.mappings)));

/** The device with values that may be compared. One that does not answer is taken as it was last read. */
export async function refreshed(
  s: Session,
  token: Token,
  device: Device,
  wish: Wish,
  isSmall: boolean,
  signal: AbortSignal,
): Promise<Device> {
  const paths = doubtful(s, device, wish);
  const radios = lacksRadios(device, wish);
  if (!device.root || (paths.length === 0 && !radios) || !mayAsk(s, device)) return device;
  return s.turn(device.id, isSmall, async () => {
    const isAnswered = await ask(s, token, device, radios ? [] : paths, signal).then(isDone, unanswered);
    s.reads.set(device.id, { at: s.now(), lastInform: device.lastInform, isAnswered });
    return isAnswered ? ((await again(s, device, wish, signal)) ?? device) : device;
  });
}

const isDone = ({ is }: Fate): boolean => is === "done";
/** One device that cannot be read is no reason to see nothing of the others. */
function unanswered(e: unknown): false {
  if (e instanceof Fault) return false;
  throw e;
}

/** Once for each inform of a device that does not answer; of one that has answered it is known what it lacks. */
function mayAsk(s: Session, device: Device): boolean {
  const last = s.reads.get(device.id);
  if (!last) return true;
  if (last.isAnswered && s.now() - last.at < s.config.refreshAfterMs) return isBootedSince(device, last.at);
  return last.lastInform !== device.lastInform;
}
const isBootedSince = ({ lastBootstrap }: Device, at: number): boolean =>
  lastBootstrap !== undefined && Date.parse(lastBootstrap) > at;

/** No paths: the radios, which tell where everything of Wi-Fi is. */
async function ask(
  s: Session,
  token: Token,
  device: Device,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Fate> {
  const root = device.root ?? "Device";
  const names = [...new Set([...paths, ...READ[root]])].map((path) => `${root}.${path}`);
  const work =
    paths.length === 0
      ? ({ name: "refreshObject", objectName: `${root}.${LAYOUT_OBJECT[root]}` } as const)
      : ({ name: "getParameterValues", parameterNames: names } as const);
  const how = { key: uniqueKey(token, "read"), expiry: s.config.taskExpirySeconds };
  return post(s, device, work, how, signal);
}

interface Sent {
  readonly name: string;
  readonly value: Value;
  /** The device may hold another one since an answer was lost. */
  readonly isOpen: boolean;
}
/** What the cache shows as done is sent to nobody (fact 2), and where radios stand must be read: first the device is asked. */
export async function sure(
  s: Session,
  token: Token,
  device: Device,
  wish: Wish,
  values: readonly Sent[],
  signal: AbortSignal,
): Promise<Device> {
  const places = values.map((v) => ({ ...v, place: placeOf(device, v.name, wish.how.mappings) }));
  const radios = places.some(({ place }) => awaitsRadios(place));
  const doubtful = places.flatMap(({ value, isOpen, place }) =>
    (place.at ?? []).filter((path) => {
      const leaf = leafOf(device, path);
      return leaf !== undefined && holds(leaf, value) && (isOpen || isStale(s, device, leaf));
    }),
  );
  if (!device.root || (!radios && doubtful.length === 0)) return device;
  if (radios) await ask(s, token, device, [], signal);
  const fate = doubtful.length > 0 ? await ask(s, token, device, doubtful, signal) : undefined;
  // Unread it would be sent to nobody, and taken for told.
  if (fate?.is === "refused" && values.some((v) => v.isOpen)) throw refusal(device.serial, fate.fault, []);
  return (await again(s, device, wish, signal)) ?? device;
}

/** When the oldest value that is compared will be in doubt. */
export function dueAt(s: Session, device: Device, wish: Wish): number {
  const times = namesOf(wish).flatMap((name) =>
    isOnce(wish.how, name)
      ? []
      : (placeOf(device, name, wish.how.mappings).at ?? []).flatMap((path) => leafOf(device, path)?.timestamp ?? []),
  );
  return Math.min(Number.POSITIVE_INFINITY, ...times.map((t) => Date.parse(t) + s.config.refreshAfterMs));
}
