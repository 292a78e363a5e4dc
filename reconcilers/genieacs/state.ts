/** A device as its owner sees it: values as last read, what was written once by its memory, templates by its tags. */
import { type Observed, type Ref, refKey, type State, type Value } from "../../controller/core/model.ts";
import type { Token } from "../../controller/core/owner.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { isOnce, MARKING, ON_RETIRE, TEMPLATES } from "./desired.ts";
import { type Device, isBefore, leafOf } from "./device.ts";
import { factsOf } from "./facts.ts";
import { namesOf } from "./find.ts";
import { type Memory, mayBeSame, nameHash, shortDigest } from "./memory.ts";
import { DIALS, isWifi, placeOf } from "./names.ts";
import { type Session, type Wish, wantedOf } from "./session.ts";
import { decommissioned, isWhole, marksFor, ownersOn } from "./tags.ts";
import { isOf, NONE, type Pending } from "./tasks.ts";
import { holds, plain, shown } from "./values.ts";

/** Undefined: nobody's, or an earlier owner's who is gone: for us there is nothing. */
export function observed(
  s: Session,
  { ref, token }: { readonly ref: Ref; readonly token: Token },
  device: Device,
  wish: Wish | undefined,
  pending: Pending = NONE,
): Observed | undefined {
  const { live, isDecommissioned, memory } = marksFor(device.tags, token);
  if (live === undefined && !isDecommissioned) return undefined;
  if (live !== undefined && live !== token) return another(ref, device, live);
  const values = wish ? valuesOf(s, ref, device, memory, wish) : {};
  const templates = ownTemplates(device, memory, wish);
  const isSettled = Object.entries(values).every(([name, have]) => same(have, wantedOf(wish, name)));
  const isIdle = !isSettled || !pending.tasks.some((t) => isOf(t, token) && t.uniqueKey.endsWith("/set"));
  const state: State = {
    ...values,
    ...(templates.length > 0 && { [TEMPLATES]: templates }),
    [MARKING]: isWhole(device.tags, token, ref) && (live === undefined || isIdle),
    ...(memory && { [ON_RETIRE]: memory.reset ? "FactoryReset" : "Keep" }),
  };
  const set = Object.keys(values).filter((name) => same(values[name]!, wantedOf(wish, name)));
  const wifi = Object.keys(values).filter(isWifi);
  const progress = {
    templates,
    parametersSet: set.length,
    wifiConfigured: wifi.length > 0 && wifi.every((name) => set.includes(name)),
  };
  return {
    ref,
    id: device.id,
    token,
    retired: live === undefined,
    state,
    outputs: { deviceId: device.id },
    facts: factsOf(device, isSettled ? pending : withRefusal(s, ref, pending), progress, secretsOf(wish)),
  };
}
function withRefusal(s: Session, ref: Ref, { tasks, faults }: Pending): Pending {
  const refused = s.refusals.get(refKey(ref));
  return { tasks, faults: refused ? [refused, ...faults] : faults };
}
const secretsOf = (wish: Wish | undefined): readonly string[] =>
  Object.values(wish?.spec ?? {}).flatMap((v) => (v instanceof Sensitive ? [v.reveal()] : []));
const same = (have: Value, want: Value): boolean => plain(have) !== undefined && plain(have) === plain(want);

function another(ref: Ref, device: Device, live: Token): Observed {
  const holder = ownersOn(device.tags, ref).get(live);
  const rest = { retired: false, state: {}, outputs: {} };
  return { ref, id: device.id, token: live, ...(holder !== undefined && { holder }), ...rest };
}

/** Nobody may write to one of two. */
export function ambiguous(ref: Ref, devices: readonly Device[]): Observed {
  const ids = devices.map((d) => d.id).join(" and ");
  const holder = `one of ${ids}, which have the same serial number: declare cpe.oui or cpe.productClass`;
  return { ref, id: ids, token: "ambiguous", holder, retired: false, state: {}, outputs: {} };
}

/** Ours, and those of others that are wanted: a tag of that name is all that a template asks for. */
function ownTemplates(device: Device, memory: Memory | undefined, wish: Wish | undefined): readonly string[] {
  const wanted = wantedOf(wish, TEMPLATES);
  const names = new Set([...(memory?.templates ?? []), ...(Array.isArray(wanted) ? wanted : [])]);
  return device.tags.filter((t) => names.has(t)).sort();
}

function valuesOf(s: Session, ref: Ref, device: Device, memory: Memory | undefined, wish: Wish): State {
  const entries = namesOf(wish).flatMap((name): readonly (readonly [string, Value])[] => {
    const want = wantedOf(wish, name);
    if (isOnce(wish.how, name))
      return isWritten(s, ref, device, memory, name, want) || wasTaken(device, wish, name, want) ? [[name, want]] : [];
    const have = read(device, wish, name);
    return have === null ? [] : [[name, have]];
  });
  return Object.fromEntries(entries);
}

/** Of several places any one that differs is shown. */
function read(device: Device, wish: Wish, name: string): Value {
  const want = wantedOf(wish, name);
  const at = placeOf(device, name, wish.how.mappings).at ?? [];
  const leaves = at.map((path) => leafOf(device, path));
  const other = leaves.find((leaf) => want !== null && !holds(leaf, want));
  return shown(other ?? leaves[0], plain(want));
}

export const digestOf = (s: Session, ref: Ref, name: string, value: Value): string =>
  shortDigest(s.digest(JSON.stringify([refKey(ref), name, plain(value) ?? null])));

/** By the digest of what was written, for the life of the device in which it was: a factory reset undoes it. */
function isWritten(
  s: Session,
  ref: Ref,
  device: Device,
  memory: Memory | undefined,
  name: string,
  want: Value,
): boolean {
  const remembered = memory?.written[nameHash(name)];
  if (remembered === undefined || want === null || memory?.bootstrap !== (device.lastBootstrap ?? "")) return false;
  const now = digestOf(s, ref, name, want);
  // Of another key nothing is known: that is no reason to write a seed again, nor to let RADIUS follow.
  return DIALS.has(name) ? remembered === now : mayBeSame(remembered, now);
}
/**
 * GenieACS writes into its document what a device has accepted, and blanks it at the next read (fact 9). After an answer that
 * was lost it is the one proof that the router dials with the new password by now: RADIUS must follow.
 */
function wasTaken(device: Device, wish: Wish, name: string, want: Value): boolean {
  const at = DIALS.has(name) ? (placeOf(device, name, wish.how.mappings).at ?? []) : [];
  const wanted = plain(want);
  if (wanted === undefined || wanted === "" || at.length === 0) return false;
  return at.every((path) => {
    const leaf = leafOf(device, path);
    return leaf?.value === wanted && !isBefore(leaf, device.lastBootstrap);
  });
}
export const isMarked = (device: Device, token: Token): boolean =>
  device.tags.includes(token) || device.tags.includes(decommissioned(token));
