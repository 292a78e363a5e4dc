/** Who owns a device: GenieACS has tags and nothing else for it. */
import { type Ref, refKey } from "../../controller/core/model.ts";
import { type OwnerKey, type Token, token } from "../../controller/core/owner.ts";
import { isMemory, type Memory, memoryOf } from "./memory.ts";

const TOKEN = "lm_";
const OWNER = "lmo_";
const DECOMMISSIONED = "decommissioned-";
export const decommissioned = (token: Token): string => `${DECOMMISSIONED}${token}`;
/** Of all devices that are or were ours; `*` is a wildcard (fact 12). */
export const OURS = [`${TOKEN}*`, `${DECOMMISSIONED}${TOKEN}*`];

/** Reversible in letters, digits, `-` and `_`: a slash is `__`, anything else a byte is `_XX`. */
export const ownerTag = (owner: OwnerKey): string =>
  OWNER +
  Buffer.from(owner).reduce((out, byte) => {
    const c = String.fromCharCode(byte);
    if (c === "/") return `${out}__`;
    return out + (/[A-Za-z0-9-]/.test(c) ? c : `_${byte.toString(16).toUpperCase().padStart(2, "0")}`);
  }, "");
/** Undefined: no tag of an owner. */
export function ownerIn(tag: string): OwnerKey | undefined {
  if (!tag.startsWith(OWNER)) return undefined;
  const encoded = tag.slice(OWNER.length);
  if (!/^(?:[A-Za-z0-9-]|__|_[0-9A-F]{2})+$/.test(encoded)) return undefined;
  const bytes = encoded.replace(/__|_([0-9A-F]{2})/g, (all, hex?: string) => (all === "__" ? "%2F" : `%${hex}`));
  try {
    return decodeURIComponent(bytes);
  } catch {
    return undefined;
  }
}

/** What the tags of a device say to the owner of a token. */
export interface Marks {
  /** On it now: ours before another's. */
  readonly live: Token | undefined;
  readonly isDecommissioned: boolean;
  readonly memory: Memory | undefined;
}
export function marksFor(tags: readonly string[], own: Token): Marks {
  const live = tags.filter((t) => t.startsWith(TOKEN)).sort();
  return {
    live: live.includes(own) ? own : live[0],
    isDecommissioned: tags.includes(decommissioned(own)),
    memory: memoryOf(tags, own),
  };
}
/** Whose tokens stand there, live or decommissioned, as far as an owner beside them gives them. */
export function ownersOn(tags: readonly string[], ref: Ref): ReadonlyMap<Token, OwnerKey> {
  const owners = tags.flatMap((t) => ownerIn(t) ?? []);
  return new Map(owners.map((o) => [token(o, refKey(ref)), o]));
}
/** Nothing of an earlier owner's, and nothing that a crash left. */
export function isWhole(tags: readonly string[], own: Token, ref: Ref): boolean {
  const [live, gone] = [tags.includes(own), tags.filter((t) => t.startsWith(DECOMMISSIONED))];
  const owners = tags.filter((t) => t.startsWith(OWNER));
  const mine = owners.length === 1 && ownersOn(tags, ref).has(own);
  return mine && (live ? gone.length === 0 : gone.every((t) => t === decommissioned(own)));
}
/** Marks of earlier owners, which go when the device is taken over. */
export const strangers = (tags: readonly string[], own: Token, owner: OwnerKey): readonly string[] =>
  tags.filter((t) => {
    if (t.startsWith(DECOMMISSIONED)) return true;
    if (t.startsWith(OWNER)) return t !== ownerTag(owner);
    return isMemory(t) && memoryOf([t], own) === undefined;
  });
