/** Serial numbers as devices spell them, and the ids that GenieACS makes of them. */
import { cpeSerial } from "../../controller/core/resolve/serial.ts";

const INTEGRATED = /^[A-Z]{4}[0-9A-F]{8}$/;

function capitals(serial: string): readonly string[] {
  const one = cpeSerial(serial);
  if (!INTEGRATED.test(one)) return [one];
  return [one, Buffer.from(one.slice(0, 4)).toString("hex").toUpperCase() + one.slice(4)];
}
/** Every way in which a device may spell it: an integrated ONT reports its ONU's serial, as letters or in hex (G.984.3). */
export function spellings(serial: string): readonly string[] {
  const all = capitals(serial);
  return [...new Set([...all, ...all.map((s) => s.toLowerCase())])];
}

/** `*` is a wildcard and `/x/` a regular expression to the NBI (fact 12). */
export const isPlain = (text: string): boolean => !/[*/\p{Cc}]/u.test(text);

/** As a query that does not mind capitals: slow, because no index serves it. */
export function anyCase(serial: string): string | undefined {
  const all = capitals(serial);
  if (!all.some((s) => /[A-Z]/.test(s))) return undefined;
  const quoted = all.map((s) => s.replace(/[^A-Za-z0-9]/g, "\\$&"));
  return `/^(${quoted.join("|")})$/i`;
}

/** For a path: ids are percent-encoded already and are encoded again; of tags all but letters, digits, `-` and `_` (facts 10, 11). */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*.~]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
