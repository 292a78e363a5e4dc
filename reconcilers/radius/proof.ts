/**
 * The password that was written last, remembered beside the account without being told: so that a row which somebody changed
 * is put right at once, while another declared password waits for the router.
 */
import { hash, randomBytes } from "node:crypto";

const SALT_BYTES = 9;
/** 12 characters of base64url. */
const SALT_TEXT = (SALT_BYTES * 4) / 3;
const PROOF_TEXT = 32;

export function proofOf(password: string): string {
  const salt = randomBytes(SALT_BYTES).toString("base64url");
  return salt + digest(salt, password);
}
export const proves = (proof: string, password: string): boolean =>
  proof !== "" && proof.slice(SALT_TEXT) === digest(proof.slice(0, SALT_TEXT), password);

const digest = (salt: string, password: string): string =>
  hash("sha512", `${salt} ${password}`, "base64url").slice(0, PROOF_TEXT);
