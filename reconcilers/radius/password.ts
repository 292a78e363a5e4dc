/**
 * How a password travels. Wanted: `Scheme password`. Seen: the row as `Attribute value` and, behind a line feed, the proof
 * of the password that Lastmile wrote last (`proof.ts`); no proof: it never wrote one.
 */
import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Value } from "../../controller/core/model.ts";
import type { PasswordScheme } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { md4 } from "./md4.ts";
import { proves } from "./proof.ts";
import { danger, literal, spoken } from "./values.ts";

const ROWS: Readonly<Record<PasswordScheme, string>> = {
  Cleartext: "Cleartext-Password ",
  NT: "NT-Password 0x",
  "SSHA2-512": "SSHA2-512-Password 0x",
};
const DIGEST_BYTES = 64;
const SALT_BYTES = 16;

export const wantedPassword = (password: string, scheme: PasswordScheme, label?: string): Sensitive =>
  new Sensitive(`${scheme} ${password}`, label && (scheme === "Cleartext" ? label : `${label}, ${scheme}`));

/** NT hash ([MS-NLMP] 3.3.1): unsalted MD4 of UTF-16LE. */
export const ntHash = (password: string): string => md4(Buffer.from(password, "utf16le"));

/** What goes into the row: a salted scheme takes a fresh salt at each write. */
export function storedPassword(wanted: Sensitive): string {
  const { scheme, password } = read(wanted);
  if (scheme === "Cleartext") return ROWS.Cleartext + literal(password);
  return ROWS[scheme] + (scheme === "NT" ? ntHash(password) : salted(password, randomBytes(SALT_BYTES)));
}
export const seenPassword = (row: string, proof: string): Sensitive => new Sensitive(`${row}\n${proof}`);
export const passwordIn = (wanted: Sensitive): string => read(wanted).password;

/** FieldRule.equals. A password that was there before us stays in the place of one that would only have been made up. */
export function samePassword(have: Value, want: Value): boolean {
  if (!(have instanceof Sensitive) || !(want instanceof Sensitive)) return have === want;
  if (have.reveal() === want.reveal()) return true; // two plans
  const { row, proof } = seen(have);
  const { scheme, password } = read(want);
  if (accepts(row, password)) return row.startsWith(ROWS[scheme]);
  return proof === "" && want.label !== undefined;
}

/** FieldRule.rotates. Neither another scheme nor the repair of a row that somebody spoiled changes what the router needs. */
export function rotatesPassword(have: Value, want: Value): boolean {
  if (!(have instanceof Sensitive) || !(want instanceof Sensitive)) return false;
  const { row, proof } = seen(have);
  const { password } = read(want);
  return !accepts(row, password) && !proves(proof, password);
}

/** FieldRule.secretIn: what can be read, and may be written again. */
export function passwordShown(have: Value): Sensitive | undefined {
  if (!(have instanceof Sensitive)) return undefined;
  const { row } = seen(have);
  const text = row.startsWith(ROWS.Cleartext) ? spoken(row.slice(ROWS.Cleartext.length)) : undefined;
  return text === undefined || danger(text) !== undefined ? undefined : new Sensitive(text);
}

function accepts(row: string, password: string): boolean {
  if (row.startsWith(ROWS.Cleartext)) return row.slice(ROWS.Cleartext.length) === literal(password);
  if (row.startsWith(ROWS.NT)) return row.slice(ROWS.NT.length).toLowerCase() === ntHash(password);
  if (!row.startsWith(ROWS["SSHA2-512"])) return false;
  const stored = Buffer.from(row.slice(ROWS["SSHA2-512"].length), "hex");
  if (stored.length <= DIGEST_BYTES) return false;
  const again = Buffer.from(salted(password, stored.subarray(DIGEST_BYTES)), "hex");
  return again.length === stored.length && timingSafeEqual(again, stored);
}

/** SHA-512 of password and salt, then the salt, as rlm_pap takes it. */
const salted = (password: string, salt: Buffer): string =>
  hash("sha512", Buffer.concat([Buffer.from(password), salt]), "hex") + salt.toString("hex");

function read(wanted: Sensitive): { readonly scheme: PasswordScheme; readonly password: string } {
  const text = wanted.reveal();
  const at = text.indexOf(" ");
  return { scheme: text.slice(0, at) as PasswordScheme, password: text.slice(at + 1) };
}
function seen(have: Sensitive): { readonly row: string; readonly proof: string } {
  const text = have.reveal();
  const at = text.lastIndexOf("\n");
  return { row: text.slice(0, at), proof: text.slice(at + 1) };
}
