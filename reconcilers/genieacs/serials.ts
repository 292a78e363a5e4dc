/** Serial numbers as devices spell them, and the ids that GenieACS makes of them. */
import { cpeSerial } from "../../controller/core/resolve/serial.ts";

const INTEGRATED = /^[A-Z]{4}[0-9A-F]{8}$/;

/** Every way in which a device may spell it: an integrated ONT reports its ONU's serial, as letters or in hex (G.984.3). */
export function spellings(serial: string): readonly string[] {
  const one = cpeSerial(serial);
  const hex = INTEGRATED.test(one) ? [Buffer.from(one.slice(0, 4)).toString("hex").toUpperCase() + one.slice(4)] : [];
  const all = [one, ...hex];
  return [...new Set([...all, ...all.map((s) => s.toLowerCase())])];
}

/** `*` is a wildcard and `/x/` a regular expression to the NBI (fact 12). */
export const isPlain = (text: string): boolean => !/[*/\p{Cc}]/u.test(text);

/** For a path: ids are percent-encoded already and are encoded again; of tags all but letters, digits, `-` and `_` (facts 10, 11). */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*.~]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
