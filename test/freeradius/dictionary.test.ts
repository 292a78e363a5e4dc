import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { accountCells, groupCells } from "../../reconcilers/radius/fields.ts";
import { config } from "../contract/radius.subjects.ts";

const FOLDER = "/usr/share/freeradius";
const TAG = /:\d+$/;

/** Name of every attribute that the installed server knows, in lower case. */
async function known(): Promise<ReadonlySet<string>> {
  const files = (await readdir(FOLDER)).filter((f) => f.startsWith("dictionary"));
  const texts = await Promise.all(files.map((f) => readFile(join(FOLDER, f), "utf8")));
  const names = texts.flatMap((t) => [...t.matchAll(/^ATTRIBUTE\s+(\S+)/gm)].map((m) => m[1]!.toLowerCase()));
  return new Set(names);
}

test("every attribute of ours is in FreeRADIUS's dictionaries: it ignores others without a word", async () => {
  const names = await known();
  const ours = [...Object.values(accountCells(config.nas)), ...Object.values(groupCells)].flatMap((c) => c.attributes);
  const strange = ours.filter((a) => a !== "" && !names.has(a.replace(TAG, "").toLowerCase()));
  expect(strange).toEqual([]);
  expect(ours.length).toBeGreaterThan(40);
});
