import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { secretFiles } from "./secrets.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lastmile-secrets-"));
  mkdirSync(join(root, "inside/isp/john"), { recursive: true });
  writeFileSync(join(root, "outside"), "not yours");
  writeFileSync(join(root, "inside/isp/john/password"), "p w\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const source = () => secretFiles(join(root, "inside"));
const read = async (namespace: string, name: string, key: string) =>
  (await source().read(namespace, name, key))?.reveal();

describe("a Secret in files", () => {
  it.each([
    ["an editor's line feed is no part of it", "p w\n", "p w"],
    ["nor is that of another system", "p w\r\n", "p w"],
    ["only one is taken away", "p w\n\n", "p w\n"],
    ["blanks may be meant", " p ", " p "],
  ])("%s", async (_, text, value) => {
    writeFileSync(join(root, "inside/isp/john/password"), text);
    expect(await read("isp", "john", "password")).toBe(value);
  });
  it.each([
    ["a key that is not there", "isp", "john", "other"],
    ["a name that is not there", "isp", "mary", "password"],
    ["a folder in the place of the key", ".", "isp", "john"],
    ["a name that walks up", "isp", "..", "john"],
    ["a key that walks out", "isp", "john", "../../../outside"],
    ["an absolute key", "isp", "john", "/etc/passwd"],
    ["a hidden file, as the links of a mounted Secret are", "isp", "john", ".password"],
    ["no name at all", "isp", "", "password"],
  ])("%s: nothing, and no error", async (_, namespace, name, key) => {
    writeFileSync(join(root, "inside/isp/john/.password"), "hidden");
    expect(await read(namespace, name, key)).toBeUndefined();
  });
  it("is read anew each time: a mounted Secret is rotated by a link", async () => {
    rmSync(join(root, "inside/isp/john"), { recursive: true });
    for (const [data, value] of [
      ["..1", "old"],
      ["..2", "new"],
    ] as const) {
      mkdirSync(join(root, data));
      writeFileSync(join(root, data, "password"), value);
    }
    const from = source();
    symlinkSync(join(root, "..1"), join(root, "inside/isp/john"));
    expect((await from.read("isp", "john", "password"))?.reveal()).toBe("old");
    rmSync(join(root, "inside/isp/john"));
    symlinkSync(join(root, "..2"), join(root, "inside/isp/john"));
    expect((await from.read("isp", "john", "password"))?.reveal()).toBe("new");
  });
  it("gives all keys at once, hidden ones aside; nothing where there is none", async () => {
    writeFileSync(join(root, "inside/isp/john/username"), "u");
    writeFileSync(join(root, "inside/isp/john/.swp"), "x");
    const all = await source().readAll("isp", "john");
    expect(Object.fromEntries(Object.entries(all).map(([k, v]) => [k, v.reveal()]))).toEqual({
      password: "p w",
      username: "u",
    });
    expect(await source().readAll("isp", "mary")).toEqual({});
    expect(await source().readAll("..", "..")).toEqual({});
  });
  it("does not show itself in text", async () => {
    expect(
      `${await source().read("isp", "john", "password")} ${JSON.stringify(await source().readAll("isp", "john"))}`,
    ).not.toContain("p w");
  });
});
