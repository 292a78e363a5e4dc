/** Our own bare clone of one branch. Nothing of value: what is broken is thrown away and fetched anew. */
import { mkdir, rm } from "node:fs/promises";
import { type AccessOptions, accessEnv } from "./git-access.ts";
import type { GitAddress } from "./git-address.ts";
import { type Git, gitEnv, ONLY_OURS, openGit } from "./git-command.ts";
import { GitFault } from "./git-faults.ts";

export interface CloneOptions extends AccessOptions {
  /** Ours alone. */
  readonly directory: string;
  readonly address: GitAddress;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}
/** The branch as the remote has it, and the commit that was taken in last. */
const HEAD = "refs/lastmile/head";
const TAKEN = "refs/lastmile/taken";

export interface Clone {
  /** Without the network. */
  readonly git: Git;
  /** Brings the branch here; answers its commit. */
  fetch(): Promise<string>;
  /** Throws everything away. */
  forget(): Promise<void>;
  taken(): Promise<string | undefined>;
  take(commit: string): Promise<void>;
  /** The best common ancestor of a commit and any of the others; undefined: they have no history in common. */
  common(commit: string, others: readonly string[]): Promise<string | undefined>;
}

export function openClone(o: CloneOptions): Clone {
  const { directory, signal } = o;
  // Without the signal: what was taken in is noted down also while we end.
  const git = openGit({ directory, env: { ...gitEnv(o.env), ...ONLY_OURS, GIT_DIR: directory } });
  const commitOf = async (name: string): Promise<string | undefined> => {
    const commit = await git.text("rev-parse", "--quiet", "--verify", `${name}^{commit}`);
    return commit.trim() || undefined;
  };
  return {
    git,
    async fetch() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await git.text("init", "--bare", "--quiet");
      const env = { ...(await accessEnv(o.address, o, o.env)), GIT_DIR: directory };
      const from = `+refs/heads/${o.address.branch}:${HEAD}`;
      const options = ["--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--progress"];
      await openGit({ directory, signal, env }).text("fetch", ...options, o.address.url, from);
      const commit = await commitOf(HEAD);
      if (commit === undefined) throw new GitFault("here", "the branch was not fetched", "wait: it is fetched anew");
      return commit;
    },
    forget: () => rm(directory, { recursive: true, force: true, maxRetries: 3 }),
    taken: () => commitOf(TAKEN).catch(() => undefined),
    take: async (commit) => {
      await git.text("update-ref", TAKEN, commit);
    },
    async common(commit, others) {
      const here = await present(git, others);
      if (here.length === 0) return undefined;
      return (await git.text("merge-base", commit, ...here)).trim() || undefined;
    },
  };
}

/** One is enough, and arguments have a limit. */
const MOST = 100;
async function present(git: Git, commits: readonly string[]): Promise<readonly string[]> {
  const answers = await git.present(commits.filter((c) => /^[0-9a-f]{40,64}$/.test(c)));
  return answers.slice(0, MOST);
}
