/** Where the embedded database lives, and as whom it runs: PostgreSQL refuses to run as root. */
import { createHash, randomBytes } from "node:crypto";
import { chmod, chown, link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

export interface Account {
  readonly uid: number;
  readonly gid: number;
}
export interface Place {
  /** Ours: password, port, master key. */
  readonly directory: string;
  /** The server's own: data and log. */
  readonly server: string;
  readonly data: string;
  readonly log: string;
  /** undefined: as we are. */
  readonly account: Account | undefined;
}

/** `nobody`: the one unprivileged account that every system has; initdb wants an account with a name. */
export const NOBODY: Account = { uid: 65_534, gid: 65_534 };
export const STATE = "/var/lib/lastmile";

/** A checkout below /root cannot be entered by another account, so root keeps its databases in `state`, one per home. */
export function placeOf(home: string, state = STATE): Place {
  const root = process.getuid?.() === 0;
  const directory = root
    ? join(state, createHash("sha256").update(resolve(home)).digest("hex").slice(0, 12))
    : resolve(home);
  const server = join(directory, "postgres");
  return {
    directory,
    server,
    data: join(server, "data"),
    log: join(server, "log"),
    account: root ? NOBODY : undefined,
  };
}

export async function makePlace({ directory, server, account }: Place): Promise<void> {
  await mkdir(directory, { recursive: true });
  await mkdir(server, { recursive: true, mode: 0o700 });
  if (!account) return;
  await chmod(directory, 0o711); // the account may pass through, and see nothing
  await chown(server, account.uid, account.gid);
}

/** The content of a file that is made once with mode 600, whoever comes first; never half written. */
export async function madeOnce(path: string, content: () => string): Promise<string> {
  const found = await readFile(path, "utf8").catch(() => undefined);
  if (found !== undefined) return found.trim();
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, `${content()}\n`, { mode: 0o600, flag: "wx", flush: true });
  await link(draft, path).catch((e: NodeJS.ErrnoException) => {
    if (e.code !== "EEXIST") throw e;
  });
  await rm(draft);
  return (await readFile(path, "utf8")).trim();
}

/** What the server and its tools get of our environment: our secrets, and what steers libpq or the loader, are not theirs. */
export const bareEnvironment = () =>
  ({ extendEnv: false, env: { LC_ALL: "C", PATH: process.env["PATH"] ?? "/usr/bin:/bin" } }) as const;
