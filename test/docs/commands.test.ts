/** Every command of the pages, run as it stands there, in the order of the page. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** The two commands of README.md are what CI itself is made of; one calls the tests, which cannot call themselves. */
const BY_CI: ReadonlySet<string> = new Set(["make demo", "make test"]);

interface Command {
  readonly line: string;
  readonly exits: number;
}
/** `$ command # exits N` in blocks marked `console`. */
async function commandsOf(page: string): Promise<readonly Command[]> {
  const text = await readFile(join(ROOT, page), "utf8");
  const blocks = [...text.matchAll(/^```console\n([\s\S]*?)^```/gm)].map((m) => m[1] ?? "");
  const lines = blocks.flatMap((b) => b.split("\n").filter((l) => l.startsWith("$ ")));
  return lines.map((l) => {
    const [, line = "", exits = "0"] = /^\$ (.*?)(?: # exits (\d+))?$/.exec(l) ?? [];
    return { line, exits: Number(exits) };
  });
}

let folder: string;
let radius: FreshDatabase;
let store: FreshDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lastmile-docs-"));
  radius = await freshDatabase("template1");
  store = await freshDatabase("template1");
  await cp(join(ROOT, "examples"), join(folder, "examples"), { recursive: true });
  await mkdir(join(folder, "bin"));
  await symlink(join(ROOT, "controller/cli/lastmile"), join(folder, "bin/lastmile"));
  await keep(new URL(radius.url));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await radius.drop();
  await store.drop();
});

/** As the page says: credentials stand where credentialsRef names them, never in the address. */
async function keep({ username, password }: URL): Promise<void> {
  const secret = join(folder, "secrets/lastmile-system/radius-acme");
  await mkdir(secret, { recursive: true });
  await writeFile(join(secret, "username"), decodeURIComponent(username));
  await writeFile(join(secret, "password"), decodeURIComponent(password));
}
function bare(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

describe.each([
  "README.md",
  "docs/operate.md",
  "docs/rollout.md",
  "docs/freeradius.md",
  "docs/gitops.md",
  "docs/recovery.md",
])("%s", (page) => {
  test("every command does what the page says", async () => {
    const env = {
      PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
      DATABASE_URL: store.url,
      RADIUS_URL: bare(radius.url),
      // For psql, which reads no Secret.
      PGUSER: decodeURIComponent(new URL(radius.url).username),
      PGPASSWORD: decodeURIComponent(new URL(radius.url).password),
      LASTMILE_HOME: join(folder, ".lastmile"),
      LASTMILE_SECRETS: join(folder, "secrets"),
    };
    for (const { line, exits } of (await commandsOf(page)).filter((c) => !BY_CI.has(c.line))) {
      const ran = await execa("sh", ["-c", line], { cwd: folder, env, reject: false, all: true });
      expect(ran.exitCode, `$ ${line}\n${ran.all}`).toBe(exits);
    }
  });
});

test("the two commands of README.md are the ones that CI runs", async () => {
  const ci = await readFile(join(ROOT, ".ci/run"), "utf8");
  const commands = (await commandsOf("README.md")).map((c) => c.line);
  expect(commands).toEqual([...BY_CI]);
  for (const c of commands) expect(ci).toContain(`"${c}" ${c}`);
});
