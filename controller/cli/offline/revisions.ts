/** Two revisions of one folder, from the objects of a local repository: neither the work tree nor any remote is asked. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { createAssembler, type Snapshot } from "../../api/load-snapshot.ts";
import { createValidator } from "../../api/validate.ts";
import { type Git, gitEnv, openGit } from "../../sources/git-command.ts";
import { toFault } from "../../sources/git-faults.ts";
import { readCommit } from "../../sources/git-tree.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { Cx } from "../io.ts";

export interface Range {
  readonly base: string;
  readonly head: string;
}
export interface Revision {
  readonly commit: string;
  readonly snapshot: Snapshot;
}
export interface Revisions {
  /** From the root of the repository; empty: all of it. */
  readonly folder: string;
  readonly base: Revision;
  readonly head: Revision;
}

/** What the base did since the head left it is not part of the change: it is compared from where the two parted. */
export async function readRevisions(cx: Cx, path: string, { base, head }: Range): Promise<Revisions> {
  const { git, folder } = await locate(cx, path);
  const tip = await commitOf(git, "--base", base);
  const to = await commitOf(git, "--head", head);
  const parted = (await told(git.text("merge-base", tip, to))).trim();
  const from = parted === "" || parted === to ? tip : parted; // of a way back everything counts
  const assemble = createAssembler(createValidator());
  const read = async (commit: string): Promise<Revision> => ({
    commit,
    snapshot: assemble(await told(readCommit(git, commit, folder))),
  });
  return { folder, base: await read(from), head: await read(to) };
}

/** The folder itself may be new or gone, so that its repository is looked for from what is there. */
async function locate({ cwd, env }: Cx, path: string): Promise<{ readonly git: Git; readonly folder: string }> {
  const wanted = resolve(cwd, path);
  let there = wanted;
  while (!existsSync(there)) there = dirname(there);
  const missing = relative(there, wanted);
  const real = realpathSync(there);
  // The user's own configuration counts here, for it says which repositories are trusted; nothing is ever fetched.
  const own = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"].flatMap((n) => (env[n] ? [[n, env[n]] as const] : []));
  const settings = { ...gitEnv(env), ...Object.fromEntries(own), GIT_ALLOW_PROTOCOL: "" };
  const directory = missing === "" && !isFolder(real) ? dirname(real) : real;
  const git = openGit({ directory, env: settings });
  const top = await git.text("rev-parse", "--show-toplevel").catch((e: unknown) => {
    const known = toFault(e);
    if (known.where === "there") throw failed(known);
    throw new CliError(`${path} is in no work tree of git`, "name a folder of a cloned repository");
  });
  return { git, folder: relative(top.trim(), join(real, missing)).replaceAll("\\", "/") };
}
const isFolder = (path: string): boolean => existsSync(join(path, "."));

async function commitOf(git: Git, option: string, ref: string): Promise<string> {
  const ask = async (): Promise<string> => git.text("rev-parse", "--quiet", "--verify", `${ref}^{commit}`);
  const commit = ref.startsWith("-") ? "" : (await ask().catch(() => "")).trim();
  if (/^[0-9a-f]{40,64}$/.test(commit)) return commit; // of a range there are several
  throw new CliError(`${option} names no commit of this clone`, "fetch it first; in CI, fetch the whole history");
}

const told = <T>(work: Promise<T>): Promise<T> =>
  work.catch((e: unknown) => {
    throw failed(toFault(e));
  });
const failed = ({ message, remedy, where }: ReturnType<typeof toFault>): CliError =>
  where === "there"
    ? new CliError(message, remedy, EXIT.failed)
    : new CliError("the repository cannot be read", "look at it with `git fsck`; in CI, fetch all of it", EXIT.failed);
