import { expect, test } from "vitest";
import { md4 } from "./md4.ts";
import { ntHash } from "./password.ts";

// RFC 1320, A.5.
test.each([
  ["", "31d6cfe0d16ae931b73c59d7e0c089c0"],
  ["a", "bde52cb31de33e46245e05fbdbd6fb24"],
  ["abc", "a448017aaf21d8525fc10ae87aa6729d"],
  ["message digest", "d9130a8164549fe818874806e1c7014b"],
  ["abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"],
  ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4"],
  [
    "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
    "e33b4ddc9c38f2199c3e7b164fcc0536",
  ],
])("MD4 of %j", (text, digest) => {
  expect(md4(Buffer.from(text))).toBe(digest);
});

test.each([55, 56, 57, 63, 64, 65])("a message of %i bytes is padded to whole blocks", (length) => {
  expect(md4(Buffer.alloc(length))).toMatch(/^[0-9a-f]{32}$/);
  expect(md4(Buffer.alloc(length))).not.toBe(md4(Buffer.alloc(length + 1)));
});

test("the NT hash is MD4 of UTF-16LE", () => {
  expect(ntHash("password")).toBe("8846f7eaee8fb117ad06bdd830b7586c"); // the value that every tool prints
  expect(ntHash("")).toBe("31d6cfe0d16ae931b73c59d7e0c089c0");
});
