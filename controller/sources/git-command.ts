/** git as a child process: nothing of the machine's or a repository's configuration runs, asks or decides anything. */
import { homedir } from "node:os";
import { type SimpleGitOptions, simpleGit } from "simple-git";

export interface GitOptions {
  /** Exists already. */
  readonly directory: string;
  readonly signal?: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}
export interface Git {
  text(...args: readonly string[]): Promise<string>;
  /** `cat-file --batch`, which is told on its standard input what to read. */
  blobs(objects: readonly string[]): Promise<Buffer>;
  /** Those of the commits that are here. */
  present(commits: readonly string[]): Promise<readonly string[]>;
}

/** Of the environment, what reaching a remote may need; every GIT_ variable is ours. */
const INHERITED = [
  ...["PATH", "SSH_AUTH_SOCK", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"],
  ...["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"],
  "GIT_SSL_CAINFO",
] as const;

const SETTINGS: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "credential.helper": "", // an empty one forgets those of other files
  "gc.autoDetach": "false",
  "maintenance.autoDetach": "false",
  "fetch.recurseSubmodules": "false",
  "http.followRedirects": "false", // our credentials are for the host that was named
  "http.lowSpeedLimit": "1",
  "http.lowSpeedTime": "60",
};

/** `more`: settings of this call; they travel in the environment, never in arguments or files. */
export function gitEnv(from: NodeJS.ProcessEnv, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const settings = Object.entries({ ...SETTINGS, ...more });
  const inherited = INHERITED.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]] as const]));
  return {
    ...Object.fromEntries(inherited),
    HOME: from["HOME"] ?? homedir(),
    LC_ALL: "C", // what git says is read below
    GIT_ALLOW_PROTOCOL: "https:http:ssh:file",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], n) => [
        [`GIT_CONFIG_KEY_${n}`, key],
        [`GIT_CONFIG_VALUE_${n}`, value],
      ]),
    ),
  };
}
/** For a clone that is ours alone: not even the user's own configuration counts. */
export const ONLY_OURS = { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" } as const;

/** simple-git refuses these unless told that we mean them; all of them are set above, and to nothing that runs. */
const OURS = {
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeSshCommand: true,
} satisfies SimpleGitOptions["unsafe"];
/** Milliseconds without a word from git. */
const SILENCE_MS = 120_000;

export function openGit({ directory, signal, env }: GitOptions): Git {
  const open = (input?: string) =>
    simpleGit({
      baseDir: directory,
      allowEnvironment: Object.keys(env).filter((name) => name.startsWith("GIT_")),
      unsafe: OURS,
      timeout: { block: SILENCE_MS },
      ...(signal && { abort: signal }),
      ...(input !== undefined && { input: () => input }),
    }).env(env);
  const batch = async (how: string, objects: readonly string[]): Promise<Buffer> =>
    objects.length === 0 ? Buffer.alloc(0) : open(`${objects.join("\n")}\n`).binaryCatFile([how]);
  return {
    text: (...args) => open().raw([...args]),
    blobs: (objects) => batch("--batch", objects),
    async present(commits) {
      const lines = (await batch("--batch-check", commits)).toString("latin1").split("\n");
      return lines.flatMap((line) => (/ commit \d+$/.test(line) ? [line.slice(0, line.indexOf(" "))] : []));
    },
  };
}
