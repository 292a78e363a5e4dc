/** `--source dir:PATH`, `git:URL#BRANCH[:FOLDER]` or `kubernetes[:CONTEXT]` → what `run` follows. Wrong words are told before anything is opened. */
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import type { Installation } from "../main.ts";
import type { Log } from "../observe/log.ts";
import { directorySource } from "../sources/directory.ts";
import { type GitSource, gitSource } from "../sources/git.ts";
import { type GitAddress, gitSourceId, parseGitAddress } from "../sources/git-address.ts";
import type { Source } from "../sources/source.ts";
import { clusterNamed } from "./cluster.ts";
import { CliError } from "./errors.ts";
import type { Cx } from "./io.ts";
import { type ClusterSource, followCluster } from "./kubernetes.ts";

export interface SourceOptions {
  readonly source: string;
  /** Seconds. */
  readonly poll: number;
  readonly gitCredentials?: string;
  readonly gitKnownHosts?: string;
  readonly acceptRewrite?: string;
}
/** A folder and an API server tell of their changes by themselves; a repository is asked, and may be asked now. */
export type Followed = Source & Partial<Pick<GitSource, "poll"> & ClusterSource>;
export type Open = (installation: Installation, log: Log) => Promise<Followed>;

export function sourceFrom(o: SourceOptions, cx: Cx): Open {
  const cluster = clusterNamed(o.source);
  if (cluster) return (installation, log) => followCluster(installation, { ...cluster, log, signal: cx.signal });
  const [, kind, rest = ""] = /^(dir|git):(.+)$/s.exec(o.source) ?? [];
  if (kind === "dir") return async () => directorySource({ path: resolve(cx.cwd, rest) });
  if (kind !== "git")
    throw new CliError(
      "--source names no source",
      "write --source dir:PATH, --source git:URL#BRANCH[:FOLDER], or --source kubernetes[:CONTEXT]",
    );
  const parsed = parseGitAddress(rest, cx.cwd);
  if (!parsed.ok) throw new CliError(parsed.message, parsed.remedy);
  check(o);
  return async (installation) => fromGit(parsed.address, o, cx, installation);
}

function check({ poll, acceptRewrite }: SourceOptions): void {
  if (poll < 1) throw new CliError("--poll is too short", "write at least 1 second");
  if (acceptRewrite !== undefined && !/^[0-9a-f]{7,64}$/.test(acceptRewrite))
    throw new CliError("--accept-rewrite names no commit", "write the commit that the message names");
}

function fromGit(address: GitAddress, o: SourceOptions, { cwd, env }: Cx, { settings, objects }: Installation) {
  const sourceId = gitSourceId(address);
  const name = createHash("sha256").update(sourceId).digest("hex").slice(0, 16);
  const credentials = o.gitCredentials ?? env["LASTMILE_GIT_TOKEN_FILE"];
  const known = async (): Promise<readonly string[]> => {
    const commits = new Set<string>();
    for await (const page of objects.load({ sourceId })) for (const row of page) commits.add(row.origin.revision ?? "");
    return [...commits];
  };
  return gitSource({
    ...{ address, env, known, directory: join(settings.home, "git", name), pollMs: o.poll * 1000 },
    ...(credentials && { credentialsFile: resolve(cwd, credentials) }),
    ...(o.gitKnownHosts && { knownHostsFile: resolve(cwd, o.gitKnownHosts) }),
    ...(o.acceptRewrite && { acceptRewrite: o.acceptRewrite }),
  });
}
