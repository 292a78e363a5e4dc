/** The commands and files of a page, as they stand there. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

interface Command {
  readonly line: string;
  readonly exits: number;
}
/** `$ command # exits N` in blocks marked `console`. */
export async function commandsOf(page: string): Promise<readonly Command[]> {
  const text = await readFile(join(ROOT, page), "utf8");
  const blocks = [...text.matchAll(/^```console\n([\s\S]*?)^```/gm)].map((m) => m[1] ?? "");
  const lines = blocks.flatMap((b) => b.split("\n").filter((l) => l.startsWith("$ ")));
  return lines.map((l) => {
    const [, line = "", exits = "0"] = /^\$ (.*?)(?: # exits (\d+))?$/.exec(l) ?? [];
    return { line, exits: Number(exits) };
  });
}

/** Writes the blocks marked `yaml` that begin with `# path`. */
export async function writeFilesOf(page: string, folder: string): Promise<void> {
  const text = await readFile(join(ROOT, page), "utf8");
  for (const [, path = "", content = ""] of text.matchAll(/^```yaml\n# (\S+\.yaml)\n([\s\S]*?)^```/gm)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** As the pages say: credentials stand where credentialsRef names them, never in the address. */
export async function keepCredentials(
  { username, password }: URL,
  folder: string,
  name = "radius-acme",
): Promise<void> {
  const secret = join(folder, "secrets/lastmile-system", name);
  await mkdir(secret, { recursive: true });
  await writeFile(join(secret, "username"), decodeURIComponent(username));
  await writeFile(join(secret, "password"), decodeURIComponent(password));
}
export function bare(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
