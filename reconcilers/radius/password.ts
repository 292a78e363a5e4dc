/**
 * How a password travels: `Scheme-Attribute value` in one Sensitive.
 * Cleartext and NT are the same text on both sides. A salted hash is wanted as `SSHA2-512 password`
 * and seen as `SSHA2-512-Password 0x…`; `samePassword` verifies one against the other.
 */
import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Value } from "../../controller/core/model.ts";
import type { PasswordScheme } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { md4 } from "./md4.ts";
import { literal } from "./values.ts";

const SALTED = "SSHA2-512 ";
const SALTED_ROW = "SSHA2-512-Password 0x";
const DIGEST_BYTES = 64;
const SALT_BYTES = 16;

/** What a plan holds: of Cleartext and NT the row's value, of a salted hash the password itself. */
export function wantedPassword(password: string, scheme: PasswordScheme, label?: string): Sensitive {
  const as = (text: string) => new Sensitive(text, label && (scheme === "Cleartext" ? label : `${label}, ${scheme}`));
  if (scheme === "NT") return as(`NT-Password 0x${ntHash(password)}`);
  if (scheme === "SSHA2-512") return as(SALTED + password);
  return as(`Cleartext-Password ${literal(password)}`);
}

/** NT hash ([MS-NLMP] 3.3.1): unsalted MD4 of UTF-16LE. */
export const ntHash = (password: string): string => md4(Buffer.from(password, "utf16le"));

/** What goes into the row: a salted scheme takes a fresh salt at each write. */
export function storedPassword(wanted: string): string {
  return wanted.startsWith(SALTED) ? SALTED_ROW + salted(wanted.slice(SALTED.length), randomBytes(SALT_BYTES)) : wanted;
}

/** FieldRule.equals: `have` is what a row says, `want` what a plan says. */
export function samePassword(have: Value, want: Value): boolean {
  const [a, b] = [plain(have), plain(want)];
  if (a === b) return true;
  if (!b.startsWith(SALTED) || !a.startsWith(SALTED_ROW)) return false;
  const stored = Buffer.from(a.slice(SALTED_ROW.length), "hex");
  if (stored.length <= DIGEST_BYTES) return false;
  const again = Buffer.from(salted(b.slice(SALTED.length), stored.subarray(DIGEST_BYTES)), "hex");
  return again.length === stored.length && timingSafeEqual(again, stored);
}

/** SHA-512 of password and salt, then the salt, as rlm_pap takes it. */
const salted = (password: string, salt: Buffer): string =>
  hash("sha512", Buffer.concat([Buffer.from(password), salt]), "hex") + salt.toString("hex");

const plain = (v: Value): string => (v instanceof Sensitive ? v.reveal() : String(v));
