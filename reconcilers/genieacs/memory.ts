/** What a device's own tag remembers of what we did to it: GenieACS keeps no field of ours, and a secret is never read back. */
import { hash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Token } from "../../controller/core/owner.ts";

export interface Memory {
  readonly token: Token;
  /** Of two after a crash the higher counts. */
  readonly count: number;
  /** Template tags that are ours; others of the same name may be somebody else's. */
  readonly templates: readonly string[];
  /** `_lastBootstrap` for which `written` holds: a factory reset has undone it. */
  readonly bootstrap: string;
  /** By the hash of a name the digest of what was written once. */
  readonly written: Readonly<Record<string, string>>;
  /** What takes it out of service, without the root object: switches of Wi-Fi, texts to blank; or all of it. */
  readonly off: readonly string[];
  readonly blank: readonly string[];
  readonly reset: boolean;
  /** By the hash of a name the digest of what the router may dial with since an answer about it was lost. */
  readonly dialing: Readonly<Record<string, string>>;
  /** RFC 3339: when that was sent. */
  readonly dialed: string;
}
const PREFIX = "lmw_";
export const isMemory = (tag: string): boolean => tag.startsWith(PREFIX);
export const blankMemory = (token: Token): Memory => ({
  token,
  count: 0,
  templates: [],
  bootstrap: "",
  written: {},
  off: [],
  blank: [],
  reset: false,
  dialing: {},
  dialed: "",
});

/** Legal as a tag, and short: hashes of names, and deflated. */
export function encodeMemory(m: Memory): string {
  const all = [m.token, m.count, m.templates, m.bootstrap, m.written, m.off, m.blank, m.reset, m.dialing, m.dialed];
  return PREFIX + deflateRawSync(JSON.stringify(all)).toString("base64url");
}

/** Undefined: not ours, or spoiled; then nothing was written. */
export function decodeMemory(tag: string): Memory | undefined {
  if (!isMemory(tag)) return undefined;
  try {
    const raw: unknown = JSON.parse(inflateRawSync(Buffer.from(tag.slice(PREFIX.length), "base64url")).toString());
    if (!Array.isArray(raw)) return undefined;
    const [token, count, templates, bootstrap, written, off, blank, reset, dialing = {}, dialed = ""] = raw; // two fewer: an earlier version wrote it
    const whole = { token, count, templates, bootstrap, written, off, blank, reset, dialing, dialed };
    return isWhole(whole) ? whole : undefined;
  } catch {
    return undefined;
  }
}
const digests = (v: unknown): v is Memory["written"] => typeof v === "object" && v !== null && texts(Object.values(v));
const texts = (v: unknown): v is readonly string[] => Array.isArray(v) && v.every((t) => typeof t === "string");
function isWhole(m: Readonly<Record<keyof Memory, unknown>>): m is Memory {
  const { token, count, templates, bootstrap, written, off, blank, reset, dialing, dialed } = m;
  if (!texts([token, bootstrap, dialed]) || typeof reset !== "boolean" || !Number.isSafeInteger(count)) return false;
  return digests(written) && digests(dialing) && texts(templates) && texts(off) && texts(blank);
}

/** The one of this owner's that counts; the same whatever the order of the tags. */
export function memoryOf(tags: readonly string[], token: Token): Memory | undefined {
  const all = tags.flatMap((tag) => {
    const memory = decodeMemory(tag);
    return memory?.token === token ? [{ tag, memory }] : [];
  });
  all.sort((a, b) => b.memory.count - a.memory.count || (a.tag < b.tag ? -1 : 1));
  return all[0]?.memory;
}

const NAME_LENGTH = 6;
export const nameHash = (name: string): string => hash("sha256", name, "base64url").slice(0, NAME_LENGTH);

const DIGEST_LENGTH = 12;
/** Of `keyid:hex`: enough to tell two values apart, and of no use to guess one without the key. */
export function shortDigest(full: string): string {
  const cut = full.lastIndexOf(":") + 1;
  return full.slice(0, cut + DIGEST_LENGTH);
}
/** A digest of a key that is not ours any more says nothing, and never makes us write. */
export const mayBeSame = (remembered: string, now: string): boolean =>
  remembered === now || keyOf(remembered) !== keyOf(now);
const keyOf = (digest: string): string => digest.slice(0, digest.lastIndexOf(":") + 1);
