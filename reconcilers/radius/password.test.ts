import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { PasswordScheme } from "../../controller/core/resolved.ts";
import type { Sensitive } from "../../controller/core/sensitive.ts";
import {
  passwordShown,
  rotatesPassword,
  samePassword,
  seenPassword,
  storedPassword,
  wantedPassword,
} from "./password.ts";
import { proofOf } from "./proof.ts";

const SCHEMES = ["Cleartext", "NT", "SSHA2-512"] as const;
const text = fc.string({ minLength: 1 });
const row = (password: string, scheme: PasswordScheme): string => storedPassword(wantedPassword(password, scheme));
const written = (password: string, scheme: PasswordScheme): Sensitive =>
  seenPassword(row(password, scheme), proofOf(password));
const found = (line: string): Sensitive => seenPassword(line, "");
const made = (password: string): Sensitive => wantedPassword(password, "Cleartext", "generated");

describe("what is stored", () => {
  test("Cleartext stays, with backslashes that FreeRADIUS takes away again", () => {
    expect(row("a\\b", "Cleartext")).toBe("Cleartext-Password a\\\\b");
  });
  test("NT is the same at each writing", () => {
    expect(row("password", "NT")).toBe("NT-Password 0x8846f7eaee8fb117ad06bdd830b7586c");
  });
  test("a salted hash takes a fresh salt, and never holds the password", () => {
    expect(row("open sesame", "SSHA2-512")).not.toBe(row("open sesame", "SSHA2-512"));
    expect(row("open sesame", "SSHA2-512")).toMatch(/^SSHA2-512-Password 0x[0-9a-f]{160}$/);
  });
  test("the proof tells the password to nobody, nor that two are equal", () => {
    expect(proofOf("open sesame")).not.toBe(proofOf("open sesame"));
    expect(proofOf("open sesame")).toMatch(/^[\w-]{44}$/);
  });
});

describe("what is the same", () => {
  property.prop([text, text, fc.constantFrom(...SCHEMES), fc.constantFrom(...SCHEMES)])(
    "a row fits its own password in its own scheme alone",
    (a, b, is, wanted) => {
      expect(samePassword(written(a, is), wantedPassword(a, wanted))).toBe(is === wanted);
      expect(samePassword(written(a, is), wantedPassword(b, wanted))).toBe(a === b && is === wanted);
    },
  );
  property.prop([text, fc.constantFrom(...SCHEMES)])("two plans of one password", (p, s) => {
    expect(samePassword(wantedPassword(p, s), wantedPassword(p, s))).toBe(true);
    expect(samePassword(wantedPassword(p, s), wantedPassword(`${p}x`, s))).toBe(false);
  });
  const salted = row("pw", "SSHA2-512");
  test.each([
    ["another scheme with the same password", found("Cleartext-Password pw")],
    ["a row cut short", found(salted.slice(0, 60))],
    ["a digest without a salt", found(salted.slice(0, -32))],
    ["a second row", found(`"${salted} and x"`)],
    ["no row", null],
  ])("not: %s", (_, have) => {
    expect(samePassword(have, wantedPassword("pw", "SSHA2-512"))).toBe(false);
  });
  test.each<[string, Sensitive, Sensitive, boolean]>([
    ["in the clear", found("Cleartext-Password theirs"), made("ours"), true],
    ["of a kind that nobody here can read", found("MD5-Password 0x00"), made("ours"), true],
    ["and a person declared another", found("Cleartext-Password theirs"), wantedPassword("ours", "Cleartext"), false],
    ["and Lastmile wrote one since", seenPassword("Cleartext-Password theirs", proofOf("x")), made("ours"), false],
    ["in another scheme than declared", found("Cleartext-Password pw"), wantedPassword("pw", "NT", "generated"), false],
  ])("a password that was there before stays in the place of a made one: %s", (_, have, want, same) => {
    expect(samePassword(have, want)).toBe(same);
  });
});

describe("what the router must hear of", () => {
  test.each<[string, Sensitive, boolean]>([
    ["another declared password", written("old", "Cleartext"), true],
    ["another one, and the row is spoiled", seenPassword("Cleartext-Password spoiled", proofOf("old")), true],
    ["another one than that of a foreign row", found("Cleartext-Password theirs"), true],
    ["not: a row that somebody changed", seenPassword("Cleartext-Password spoiled", proofOf("new")), false],
    ["not: a second row", seenPassword('"Cleartext-Password new and x"', proofOf("new")), false],
    ["not: another scheme", written("new", "NT"), false],
    ["not: a foreign row with this very password", found("Cleartext-Password new"), false],
  ])("%s", (_, have, rotates) => {
    for (const scheme of SCHEMES) expect(rotatesPassword(have, wantedPassword("new", scheme))).toBe(rotates);
  });
});

test.each<[string, string, string | undefined]>([
  ["as it stands", "Cleartext-Password a b", "a b"],
  ["a backslash", String.raw`Cleartext-Password a\\b`, String.raw`a\b`],
  ["not: an escape of FreeRADIUS", String.raw`Cleartext-Password a\tb`, undefined],
  ["not: quotes, which FreeRADIUS cuts off", 'Cleartext-Password "a"', undefined],
  ["not: a hash", "NT-Password 0x00", undefined],
  ["not: two rows", '"Cleartext-Password a and Cleartext-Password b"', undefined],
])("a password that can be taken over: %s", (_, line, shown) => {
  expect(passwordShown(found(line))?.reveal()).toBe(shown);
});
