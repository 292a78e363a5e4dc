/** A real FreeRADIUS on a test's database: Debian's package and its stock queries, ports and folder of its own. */

import { createSocket } from "node:dgram";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";

export const SECRET = "testing123";

export interface Reply {
  /** `Access-Accept`, `Access-Reject`, or `none` where nobody answered. */
  readonly code: string;
  /** `Name = value`, in the order of the packet. */
  readonly attributes: readonly string[];
}
export interface Server {
  /** `attributes`: lines of a radclient request. */
  ask(attributes: readonly string[]): Promise<Reply>;
  /** An Accounting-Request of a NAS. */
  account(attributes: readonly string[]): Promise<Reply>;
  /** Where the same daemon, as a NAS, takes CoA and Disconnect. */
  readonly coaPort: number;
  /** radclient's own request to it; with what it sent, as it prints it. */
  tell(type: "coa" | "disconnect", attributes: readonly string[]): Promise<Reply>;
  stop(): Promise<void>;
}

export async function startServer(databaseUrl: string): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "freeradius-"));
  const [port, acctPort, coaPort] = [await freePort(), await freePort(), await freePort()];
  await copyFile(join(import.meta.dirname, "radiusd.conf"), join(folder, "radiusd.conf"));
  await writeFile(join(folder, "dictionary"), "$INCLUDE /usr/share/freeradius/dictionary\n");
  const log = join(folder, "radius.log");
  const env = {
    FOLDER: folder,
    PORT: String(port),
    ACCT_PORT: String(acctPort),
    COA_PORT: String(coaPort),
    DATABASE: connection(databaseUrl),
  };
  const daemon = execa("/usr/sbin/freeradius", ["-f", "-d", folder, "-l", log], { env, reject: false, cleanup: true });
  let ended = false;
  const end = daemon.finally(() => {
    ended = true;
  });
  const stop = async (): Promise<void> => {
    daemon.kill("SIGTERM");
    await end;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(log, () => ended);
  } catch (e) {
    await stop();
    throw e;
  }
  return {
    ask: (attributes) => ask(port, "auth", attributes),
    account: (attributes) => ask(acctPort, "acct", attributes),
    tell: (type, attributes) => ask(coaPort, type, attributes),
    coaPort,
    stop,
  };
}

/** As long as it takes: a slow machine is no fault, and the time limit of the suite ends what hangs. */
async function ready(log: string, ended: () => boolean): Promise<void> {
  for (;;) {
    const over = ended();
    const text = await readFile(log, "utf8").catch(() => "");
    if (text.includes("Ready to process requests")) return;
    if (over) throw new Error(`freeradius does not start:\n${text}`);
    await sleep(50);
  }
}

type What = "auth" | "acct" | "coa" | "disconnect";
async function ask(port: number, what: What, attributes: readonly string[]): Promise<Reply> {
  const args = ["-x", "-r", "1", "-t", "60", `127.0.0.1:${port}`, what, SECRET];
  const { stdout } = await execa("/usr/bin/radclient", args, { input: `${attributes.join("\n")}\n`, reject: false });
  const received = stdout.slice(stdout.indexOf("Received "));
  const code = /^Received (\S+)/.exec(received)?.[1] ?? "none";
  return { code, attributes: received.split("\n").flatMap((l) => (l.startsWith("\t") ? l.trim() : [])) };
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
  const { port } = socket.address();
  await new Promise<void>((done) => socket.close(done));
  return port;
}

/** libpq words of a URL. */
function connection(databaseUrl: string): string {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const parts = {
    host: hostname,
    port,
    user: username,
    password: decodeURIComponent(password),
    dbname: pathname.slice(1),
  };
  return Object.entries(parts)
    .flatMap(([k, v]) => (v === "" ? [] : `${k}=${v}`))
    .join(" ");
}
