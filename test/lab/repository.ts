/** A bare repository as a forge keeps it, and a person who commits and pushes to it. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";

export interface Repository {
  /** The bare one. */
  readonly origin: string;
  /** The person's work tree. */
  readonly work: string;
  git(...args: readonly string[]): Promise<string>;
  /** Writes files (undefined: removes) and commits them; answers the commit. */
  commit(files: Readonly<Record<string, string | undefined>>, author?: string): Promise<string>;
  link(file: string, target: string): Promise<void>;
  /** Commits and pushes. */
  push(files?: Readonly<Record<string, string | undefined>>, author?: string): Promise<string>;
  remove(): Promise<void>;
}
export const AUTHOR = "Ada Admin <ada@isp.example>";
/** Nothing of whoever runs the tests. */
const QUIET_GIT = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_COMMITTER_NAME: "Forge",
  GIT_COMMITTER_EMAIL: "forge@isp.example",
} as const;

export async function repository(): Promise<Repository> {
  const root = await mkdtemp(join(tmpdir(), "lastmile-git-"));
  const origin = join(root, "origin.git");
  const work = join(root, "work");
  const run = async (cwd: string, args: readonly string[]): Promise<string> =>
    (await execa("git", args, { cwd, env: QUIET_GIT })).stdout;
  await run(root, ["init", "-q", "--bare", "-b", "main", origin]);
  await run(origin, ["config", "receive.denyDeleteCurrent", "ignore"]);
  await run(root, ["init", "-q", "-b", "main", work]);
  await run(work, ["remote", "add", "origin", origin]);
  const git = (...args: readonly string[]): Promise<string> => run(work, args);
  const commit: Repository["commit"] = async (files, author = AUTHOR) => {
    for (const [name, text] of Object.entries(files)) {
      const path = join(work, name);
      await mkdir(dirname(path), { recursive: true });
      await (text === undefined ? rm(path) : writeFile(path, text));
    }
    await git("add", "-A");
    const [, name = "", address = ""] = /^(.*) <(.*)>$/.exec(author) ?? [];
    const as = ["-c", `user.name=${name}`, "-c", `user.email=${address}`];
    await git(...as, "commit", "-q", "--allow-empty", "-m", "change");
    return git("rev-parse", "HEAD");
  };
  return {
    ...{ origin, work, git, commit },
    link: (file, target) => symlink(target, join(work, file)),
    async push(files = {}, author) {
      const made = await commit(files, author);
      await git("push", "-q", "--force", "origin", "HEAD");
      return made;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
