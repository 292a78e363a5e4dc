/** What a router holds: values as last read, what was written once by its memory, what it dials with only where that is sure. */
import { type Ref, refKey, type State, type Value } from "../../controller/core/model.ts";
import { isOnce } from "./desired.ts";
import { type Device, isBefore, leafOf } from "./device.ts";
import { type Certainty, certaintyOf, doubtIn, SKEW_MS } from "./dialing.ts";
import { namesOf } from "./find.ts";
import { type Memory, mayBeSame, nameHash, shortDigest } from "./memory.ts";
import { DIALS, placeOf } from "./names.ts";
import { type Session, type Wish, wantedOf } from "./session.ts";
import { holds, plain, shown } from "./values.ts";

export interface Known {
  readonly s: Session;
  readonly ref: Ref;
  readonly device: Device;
  readonly memory: Memory | undefined;
  readonly wish: Wish;
}

export function held(k: Known): State {
  const entries = namesOf(k.wish).flatMap((name): readonly (readonly [string, Value])[] => {
    const known = certainty(k, name);
    // What memory and document have from before says nothing of it now.
    if (known === "open" || known === "other") return wasTakenSince(k, name) ? [[name, wantedOf(k.wish, name)]] : [];
    if (isOnce(k.wish.how, name))
      return known === "silent" || isWritten(k, name) ? [[name, wantedOf(k.wish, name)]] : [];
    const have = read(k, name);
    return have === null ? [] : [[name, have]];
  });
  return Object.fromEntries(entries);
}
export const isSure = (k: Known): boolean => namesOf(k.wish).every((name) => certainty(k, name) === "sure");
export const certainty = ({ s, ref, device, memory, wish }: Known, name: string): Certainty =>
  DIALS.has(name) ? certaintyOf(memory, device, name, digestOf(s, ref, name, wantedOf(wish, name)), s.now()) : "sure";

/** In words, what is not sure of what it dials with. */
export const doubtOf = (k: Known): string | undefined =>
  namesOf(k.wish)
    .map((name) => doubtIn(certainty(k, name), k.memory, k.device))
    .find((words) => words !== undefined);

/** Of several places any one that differs is shown. */
function read({ device, wish }: Known, name: string): Value {
  const want = wantedOf(wish, name);
  const at = placeOf(device, name, wish.how.mappings).at ?? [];
  const leaves = at.map((path) => leafOf(device, path));
  const other = leaves.find((leaf) => want !== null && !holds(leaf, want));
  return shown(other ?? leaves[0], plain(want));
}

export const digestOf = (s: Session, ref: Ref, name: string, value: Value): string =>
  shortDigest(s.digest(JSON.stringify([refKey(ref), name, plain(value) ?? null])));

const isWritten = (k: Known, name: string): boolean => isRemembered(k, name) || wasTaken(k, name);
/** By the digest of what was written, for the life of the device in which it was: a factory reset undoes it. */
function isRemembered({ s, ref, device, memory, wish }: Known, name: string): boolean {
  const remembered = memory?.written[nameHash(name)];
  const want = wantedOf(wish, name);
  if (remembered === undefined || want === null || memory?.bootstrap !== (device.lastBootstrap ?? "")) return false;
  const now = digestOf(s, ref, name, want);
  // Of another key nothing is known: that is no reason to write a seed again, nor to let RADIUS follow.
  return DIALS.has(name) ? remembered === now : mayBeSame(remembered, now);
}
/**
 * GenieACS writes into its document what a device has accepted, and blanks it at the next read (fact 9). After an answer that
 * was lost it is the one proof that the router dials with the new password by now: RADIUS must follow.
 */
function wasTaken({ device, wish }: Known, name: string, since = 0): boolean {
  const at = DIALS.has(name) ? (placeOf(device, name, wish.how.mappings).at ?? []) : [];
  const wanted = plain(wantedOf(wish, name));
  if (wanted === undefined || wanted === "" || at.length === 0) return false;
  return at.every((path) => {
    const leaf = leafOf(device, path);
    const isOlder = Date.parse(leaf?.timestamp ?? "1970-01-01") < since;
    return leaf?.value === wanted && !isBefore(leaf, device.lastBootstrap) && !isOlder;
  });
}
const wasTakenSince = (k: Known, name: string): boolean =>
  k.memory !== undefined && wasTaken(k, name, Date.parse(k.memory.dialed) - SKEW_MS);
