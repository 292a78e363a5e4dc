/** The master key and what is derived from it. The file holds one key per line: the active one, then older ones to read. */
import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { madeOnce } from "./embedded/place.ts";
import { StoreError } from "./errors.ts";

export interface Key {
  /** Names the key and tells nothing of it. */
  readonly id: string;
  /** For AES-256-GCM. */
  readonly sealing: KeyObject;
  /** For HMAC. */
  readonly digesting: KeyObject;
}
export interface KeyRing {
  readonly active: Key;
  readonly all: ReadonlyMap<string, Key>;
}

export type KeySource =
  | { readonly file: string; readonly make: false } // LASTMILE_KEY_FILE: what somebody else keeps is never made up
  | { readonly file: string; readonly make: true }; // beside the embedded database

const KEY_BYTES = 32;

export async function readKeys({ file, make }: KeySource): Promise<KeyRing> {
  const lines = (await content(file, make))
    .split("\n")
    .map((l) => l.trim())
    .filter((l) => l !== "");
  const keys = lines.map((line, i) => derive(parse(line, `${file}:${i + 1}`)));
  const [active] = keys;
  if (!active) throw new StoreError("BadKey", `${file} is empty`);
  return { active, all: new Map(keys.map((k) => [k.id, k])) };
}

async function content(file: string, make: boolean): Promise<string> {
  try {
    if (!make) return await readFile(file, "utf8");
    await mkdir(dirname(file), { recursive: true });
    return await madeOnce(file, () => randomBytes(KEY_BYTES).toString("base64"));
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    throw new StoreError(
      code === "ENOENT" ? "KeyLost" : "BadKey",
      `the master key ${file} cannot be read (${code ?? "unknown"})`,
    );
  }
}

function parse(line: string, where: string): Buffer {
  const bytes = /^[0-9a-f]{64}$/i.test(line) ? Buffer.from(line, "hex") : Buffer.from(line, "base64");
  if (bytes.length !== KEY_BYTES) throw new StoreError("BadKey", `${where} is not a key of ${KEY_BYTES} bytes`);
  return bytes;
}

function derive(master: Buffer): Key {
  const part = (purpose: string, length: number): Buffer =>
    Buffer.from(hkdfSync("sha256", master, "", `lastmile ${purpose}`, length));
  // Made once: a key that is given as bytes is taken apart again at every use, which costs more than the HMAC itself.
  const key = (purpose: string): KeyObject => createSecretKey(part(purpose, 32));
  return { id: part("id", 4).toString("hex"), sealing: key("sealing"), digesting: key("digest") };
}

/** Tells whether two secrets are the same, and nothing else. Digests of different keys cannot be compared: the id shows it. */
export const digestWith =
  ({ active }: KeyRing) =>
  (text: string): string =>
    `${active.id}:${createHmac("sha256", active.digesting).update(text).digest("hex").slice(0, 16)}`;
