/** Looking: by serial, in few projected queries. Nothing that comes back is believed unread (fact 12). */
import type { Ref, RefKey } from "../../controller/core/model.ts";
import { refKey } from "../../controller/core/model.ts";
import { LAYOUT } from "./bands.ts";
import { type How, isValue } from "./desired.ts";
import { ABOUT, type Device, deviceOf, ROOTS, type Root } from "./device.ts";
import { READ } from "./facts.ts";
import { type Item, list, listBy, merged } from "./list.ts";
import { needsBands, placeOf } from "./names.ts";
import { anyCase, isPlain, spellings } from "./serials.ts";
import type { Session, Wish } from "./session.ts";

export interface Wanted {
  readonly ref: Ref;
  readonly token: string;
  readonly how: How | undefined;
}
/** Empty: the ACS does not know it. Several: nothing tells which one is meant. */
export type Candidates = readonly Device[];

export const PROJECTION: readonly string[] = [
  ...new Set([...ABOUT, ...ROOTS.flatMap((root) => READ[root].map((path) => `${root}.${path}`))]),
];

export async function find(
  s: Session,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<ReadonlyMap<RefKey, Candidates>> {
  const keys = wanted.map((w) => w.ref.key).filter(isPlain);
  const by = { field: SERIAL, values: keys.flatMap(spellings) };
  const items = await listBy(s.http, "devices", by, PROJECTION, signal);
  const known = new Set(items.map((i) => deviceOf(i).serial));
  const rest = await mixed(
    s,
    keys.filter((key) => !known.has(key)),
    signal,
  );
  const bySerial = Map.groupBy([...items, ...rest].map(deviceOf), (d) => d.serial);
  return new Map(wanted.map((w) => [refKey(w.ref), choose(bySerial.get(w.ref.key) ?? [], w)]));
}

const SERIAL = "_deviceId._SerialNumber";
/** So many expressions in one query. */
const SOME = 20;
/** Devices that write small and capital letters in one serial: looked for only where nothing else is found. */
async function mixed(s: Session, keys: readonly string[], signal: AbortSignal): Promise<readonly Item[]> {
  const patterns = [...new Set(keys.flatMap((key) => anyCase(key) ?? []))];
  const found: Item[] = [];
  for (let n = 0; n < patterns.length; n += SOME) {
    const query = { $or: patterns.slice(n, n + SOME).map((p) => ({ [SERIAL]: p })) };
    found.push(...(await list(s.http, "devices", query, PROJECTION, signal)));
  }
  return found;
}

/** Makers count serials on their own: what is declared beside it tells, or our own token does. */
function choose(all: Candidates, { token, how }: Wanted): Candidates {
  const fitting = all.filter(
    (d) =>
      (how?.oui === undefined || d.oui?.toUpperCase() === how.oui) &&
      (how?.productClass === undefined || d.productClass === how.productClass),
  );
  const marked = fitting.filter((d) => d.tags.some((t) => t.endsWith(token)));
  return marked.length > 0 ? marked : fitting;
}

/** With the values that are wanted of each, as far as the ACS has read them. */
export async function withValues(
  s: Session,
  devices: ReadonlyMap<Device, Wish | undefined>,
  signal: AbortSignal,
): Promise<ReadonlyMap<Device, Device>> {
  const out = new Map<Device, Device>([...devices.keys()].map((d) => [d, d]));
  for (const root of ROOTS) {
    const group = [...devices].filter((e): e is [Device, Wish] => e[0].root === root && e[1] !== undefined);
    await learn(
      s,
      out,
      root,
      group.filter(([, w]) => namesOf(w).some(needsBands)),
      () => LAYOUT[root],
      signal,
    );
    await learn(s, out, root, group, ([d, w]) => pathsOf(out.get(d)!, w), signal);
  }
  return out;
}
export const namesOf = (wish: Wish): readonly string[] => Object.keys(wish.spec).filter(isValue);
const pathsOf = (device: Device, wish: Wish): readonly string[] =>
  namesOf(wish).flatMap((name) => placeOf(device, name, wish.how.mappings).at ?? []);

async function learn(
  s: Session,
  out: Map<Device, Device>,
  root: Root,
  group: readonly (readonly [Device, Wish])[],
  paths: (of: readonly [Device, Wish]) => readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const projection = [...new Set(group.flatMap(paths))].map((path) => `${root}.${path}`);
  if (projection.length === 0) return;
  const values = group.map(([d]) => d.id);
  const items = await listBy(s.http, "devices", { field: "_id", values }, projection, signal);
  const byId = new Map(items.map((i) => [i._id, i]));
  for (const [device] of group) out.set(device, learned(out.get(device)!, byId.get(device.id)));
}
const learned = (device: Device, more: Item | undefined): Device =>
  more ? { ...device, item: merged(device.item, more) } : device;

/** As it is now; undefined: it is gone. One look, unless its radios have just told where to look. */
export async function again(s: Session, device: Device, wish: Wish, signal: AbortSignal): Promise<Device | undefined> {
  const { id, root } = device;
  const layout = root && namesOf(wish).some(needsBands) ? LAYOUT[root] : [];
  const asked = [...layout, ...pathsOf(device, wish)];
  const read = async (paths: readonly string[]): Promise<Item | undefined> =>
    (await listBy(s.http, "devices", { field: "_id", values: [id] }, [...PROJECTION, ...paths], signal))[0];
  const item = await read(asked.map((path) => `${root}.${path}`));
  if (!item) return undefined;
  const now = deviceOf(item);
  const more = pathsOf(now, wish).filter((path) => !asked.includes(path));
  return more.length === 0 ? now : learned(now, await read(more.map((path) => `${now.root}.${path}`)));
}
