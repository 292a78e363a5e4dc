import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { samePassword, storedPassword, wantedPassword } from "./password.ts";

const stored = (password: string): Sensitive =>
  new Sensitive(storedPassword(wantedPassword(password, "SSHA2-512").reveal()));

describe("what is stored", () => {
  test("Cleartext stays, with backslashes that FreeRADIUS takes away again", () => {
    expect(storedPassword(wantedPassword("a\\b", "Cleartext").reveal())).toBe("Cleartext-Password a\\\\b");
  });
  test("NT is the same at each writing", () => {
    expect(wantedPassword("password", "NT").reveal()).toBe("NT-Password 0x8846f7eaee8fb117ad06bdd830b7586c");
  });
  test("a salted hash takes a fresh salt, and never holds the password", () => {
    expect(stored("open sesame").reveal()).not.toBe(stored("open sesame").reveal());
    expect(stored("open sesame").reveal()).toMatch(/^SSHA2-512-Password 0x[0-9a-f]{160}$/);
  });
});

describe("what is the same", () => {
  property.prop([fc.string({ minLength: 1 }), fc.string({ minLength: 1 })])(
    "a salted row fits its own password alone",
    (a, b) => {
      expect(samePassword(stored(a), wantedPassword(a, "SSHA2-512"))).toBe(true);
      expect(samePassword(stored(a), wantedPassword(b, "SSHA2-512"))).toBe(a === b);
    },
  );
  property.prop([fc.string({ minLength: 1 }), fc.constantFrom("Cleartext", "NT", "SSHA2-512")])(
    "two plans of one password",
    (p, s) => {
      expect(samePassword(wantedPassword(p, s), wantedPassword(p, s))).toBe(true);
      expect(samePassword(wantedPassword(p, s), wantedPassword(`${p}x`, s))).toBe(false);
    },
  );
  test.each([
    ["another scheme with the same password", new Sensitive("Cleartext-Password pw")],
    ["a row cut short", new Sensitive(stored("pw").reveal().slice(0, 60))],
    ["a digest without a salt", new Sensitive(stored("pw").reveal().slice(0, -32))],
    ["a second row", new Sensitive(`"${stored("pw").reveal()} and x"`)],
    ["no row", null],
  ])("not: %s", (_, have) => {
    expect(samePassword(have, wantedPassword("pw", "SSHA2-512"))).toBe(false);
  });
});
