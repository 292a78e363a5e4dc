/** Bulk looks, and the scan of everything that carries our tags. */
import { type Observed, type RefKey, refKey } from "../../controller/core/model.ts";
import { token as tokenOf } from "../../controller/core/owner.ts";
import type { Lookup, Scanned, ScanScope } from "../system.ts";
import { type Device, deviceOf } from "./device.ts";
import { find, PROJECTION, withValues } from "./find.ts";
import { pages } from "./list.ts";
import { dueAt, refreshed } from "./refresh.ts";
import { type Session, type Wish, wishFor } from "./session.ts";
import { ambiguous, isMarked, observed } from "./state.ts";
import { decommissioned, OURS, ownersOn } from "./tags.ts";
import { ofDevice, pendingOf } from "./tasks.ts";
import { isSmall } from "./turns.ts";

interface Look {
  readonly lookup: Lookup;
  readonly device: Device;
  readonly wish: Wish | undefined;
}
/** `cached`: no device is asked. */
type Mode = "small" | "bulk" | "cached";
export async function observe(
  s: Session,
  lookups: readonly Lookup[],
  signal: AbortSignal,
  mode: Mode = isSmall(lookups.length) ? "small" : "bulk",
) {
  const out = new Map<RefKey, Observed>();
  const looks: Look[] = [];
  const wanted = lookups.map((lookup) => {
    const wish = wishFor(s, refKey(lookup.ref), lookup);
    return { ref: lookup.ref, token: lookup.token, how: wish?.how, lookup, wish };
  });
  const found = await find(s, wanted, signal);
  for (const { lookup, wish } of wanted) {
    const [device, ...others] = found.get(refKey(lookup.ref)) ?? [];
    if (device && others.length > 0) out.set(refKey(lookup.ref), ambiguous(lookup.ref, [device, ...others]));
    else if (device) looks.push({ lookup, device, wish });
  }
  for (const [look, seen] of await shownAs(s, looks, signal, mode)) out.set(refKey(look.lookup.ref), seen);
  return out;
}

async function shownAs(
  s: Session,
  looks: readonly Look[],
  signal: AbortSignal,
  mode: Mode,
): Promise<ReadonlyMap<Look, Observed>> {
  const ours = looks.filter((l) => isMarked(l.device, l.lookup.token));
  const valued = await withValues(s, new Map(ours.map((l) => [l.device, l.wish])), signal);
  const pending = await pendingOf(
    s,
    ours.map((l) => l.device.id),
    signal,
  );
  const all = await Promise.all(
    looks.map(async (look): Promise<readonly (readonly [Look, Observed])[]> => {
      const { lookup, wish } = look;
      const device = await current(s, look, valued.get(look.device) ?? look.device, signal, mode);
      if (wish && isMarked(device, lookup.token)) remember(s, refKey(lookup.ref), wish, device);
      const seen = observed(s, lookup, device, wish, ofDevice(pending, device.id));
      return seen ? [[look, seen]] : [];
    }),
  );
  return new Map(all.flat());
}
const current = async (s: Session, { lookup, wish }: Look, device: Device, signal: AbortSignal, mode: Mode) =>
  mode !== "cached" && wish && device.tags.includes(lookup.token)
    ? refreshed(s, lookup.token, device, wish, mode === "small", signal)
    : device;

function remember(s: Session, key: RefKey, wish: Wish, device: Device): void {
  s.wishes.set(key, wish);
  if (s.due.get(key) !== 0) s.due.set(key, dueAt(s, device, wish));
}

/** Of one tenant; only what owner and token prove together. Values only where a wish says which ones. */
export async function* scan(s: Session, scope: ScanScope, signal: AbortSignal): AsyncGenerator<readonly Scanned[]> {
  const query = { $or: OURS.map((tag) => ({ _tags: tag })) };
  const begin = `${scope.installation}/${scope.tenant}/`;
  for await (const page of pages(s.http, "devices", query, PROJECTION, signal)) {
    const mine = page.map(deviceOf).flatMap((device) => {
      const ref = { system: s.endpoint, resource: "device", key: device.serial };
      return [...ownersOn(device.tags, ref).values()].flatMap((owner) => {
        const token = tokenOf(owner, refKey(ref));
        const isHere = device.tags.includes(token) || device.tags.includes(decommissioned(token));
        if (!isHere || !owner.startsWith(begin)) return [];
        return [{ owner, look: { lookup: { ref, token, id: device.id }, device, wish: s.wishes.get(refKey(ref)) } }];
      });
    });
    const seen = await shownAs(
      s,
      mine.map((m) => m.look),
      signal,
      "cached",
    );
    yield mine.flatMap(({ owner, look }) => {
      const found = seen.get(look);
      return found && found.token === look.lookup.token ? [{ owner, observed: found }] : [];
    });
  }
}
