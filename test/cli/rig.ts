/** The real program, as a person starts it: the shim, a scratch home, a store and two RADIUS databases of its own. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import type pg from "pg";
import { expect } from "vitest";
import { freshDatabase } from "../lab/database.ts";
import { makeScene } from "../lab/demo-scene.ts";

export const ROOT = join(import.meta.dirname, "..", "..");
export const SHIM = join(ROOT, "controller", "cli", "lastmile");
/** Planted where a secret belongs, and looked for everywhere else. */
export const PLANTED = "Planted-Pa55word-of-anna";

export interface Ran {
  readonly exit: number | undefined;
  readonly out: string;
  readonly err: string;
}
export interface Cli {
  readonly folder: string;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly store: pg.Pool;
  /** The database of radius-acme. */
  readonly radius: pg.Pool;
  lastmile(...argv: readonly string[]): Promise<Ran>;
  with(env: NodeJS.ProcessEnv): Pick<Cli, "lastmile">;
  /** Replaces the first occurrence in a file of the folder. */
  edit(path: string, from: string, to: string): Promise<void>;
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Nothing that was printed so far holds a secret, or a colour. */
  expectClean(): Promise<void>;
  close(): Promise<void>;
}

export async function openCli(): Promise<Cli> {
  const home = await mkdtemp(join(tmpdir(), "lastmile-cli-"));
  await chmod(home, 0o711);
  const [store, acme, nordnetz] = await Promise.all([
    freshDatabase(),
    freshDatabase("template1"),
    freshDatabase("template1"),
  ]);
  const databases = { "radius-acme": acme.url, "radius-nordnetz": nordnetz.url };
  const { folder, env } = await makeScene({ home, examples: join(ROOT, "examples"), store: store.url, databases });
  await plant(home, folder);
  const printed: string[] = [];
  const start =
    (more: NodeJS.ProcessEnv) =>
    async (...argv: readonly string[]): Promise<Ran> => {
      const { PATH, NODE_COMPILE_CACHE } = process.env;
      const all = { PATH, NODE_COMPILE_CACHE, HOME: home, ...env, ...more };
      const { exitCode, stdout, stderr } = await execa(SHIM, argv, {
        cwd: ROOT,
        env: all,
        extendEnv: false,
        reject: false,
      });
      if (argv[0] !== "secret") printed.push(stdout);
      printed.push(stderr);
      return { exit: exitCode, out: stdout, err: stderr };
    };
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  return {
    ...{ folder, home, env, store: store.pool, radius: acme.pool, write },
    lastmile: start({}),
    remove: (path) => rm(join(folder, path), { recursive: true }),
    with: (more) => ({ lastmile: start(more) }),
    async edit(path, from, to) {
      const text = await readFile(join(folder, path), "utf8");
      if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
      await writeFile(join(folder, path), text.replace(from, to));
    },
    async expectClean() {
      const secrets = [PLANTED, new URL(store.url).password, ...(await passwords(acme.pool))];
      const text = printed.join("\n");
      for (const secret of secrets.filter((s) => s.length > 8)) expect(text).not.toContain(secret);
      expect(text).not.toContain("\u001b");
    },
    async close() {
      await Promise.all([store.drop(), acme.drop(), nordnetz.drop()]);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function plant(home: string, folder: string): Promise<void> {
  const place = join(home, "secrets", "isp-acme", "anna");
  await mkdir(place, { recursive: true });
  await writeFile(join(place, "password"), PLANTED);
  const file = join(folder, "acme", "subscribers", "residential.yaml");
  const text = await readFile(file, "utf8");
  const line = "  onu: { olt: olt1, serial: ALCL0000A000 }";
  await writeFile(file, text.replace(line, `${line}\n  radius: { passwordSecretRef: { name: anna, key: password } }`));
}

async function passwords(pool: pg.Pool): Promise<readonly string[]> {
  const there = await pool.query("select to_regclass('radcheck') as name");
  if (there.rows[0].name === null) return [];
  const { rows } = await pool.query<{ value: string }>("select value from radcheck where attribute like '%-Password'");
  return rows.map((r) => r.value);
}
