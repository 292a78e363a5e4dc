/** What the installed server's dictionaries say. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const FOLDER = "/usr/share/freeradius";
export interface Attribute {
  readonly name: string;
  readonly type: string;
  readonly flags: string;
  /** Words for its numbers. */
  readonly values: readonly string[];
}

/** By name in lower case: FreeRADIUS does not tell cases apart. */
export async function readDictionaries(): Promise<ReadonlyMap<string, Attribute>> {
  const files = (await readdir(FOLDER)).filter((f) => f.startsWith("dictionary")).sort();
  const texts = await Promise.all(files.map((f) => readFile(join(FOLDER, f), "utf8")));
  const lines = texts.flatMap((t) => t.split("\n"));
  const values = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value] = /^VALUE\s+(\S+)\s+(\S+)/.exec(line) ?? [];
    if (name && value) values.set(name.toLowerCase(), [...(values.get(name.toLowerCase()) ?? []), value]);
  }
  const all = lines.flatMap((line): readonly Attribute[] => {
    const [, name, type, flags = ""] = /^ATTRIBUTE\s+(\S+)\s+\S+\s+(\S+)\s*([^#]*)/.exec(line) ?? [];
    return name && type
      ? [{ name, type: type.toLowerCase(), flags, values: values.get(name.toLowerCase()) ?? [] }]
      : [];
  });
  return new Map(all.map((a) => [a.name.toLowerCase(), a]));
}
