/** Makes and starts the embedded server. It outlives us on purpose: the next start adopts it. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { appendFile, chown, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { StoreError } from "../errors.ts";
import type { Binaries } from "./binaries.ts";
import { bareEnvironment, type Place } from "./place.ts";
import { dropStalePidFile, runningIn } from "./postmaster.ts";

/** Command-line settings of PostgreSQL, by name. */
export type Settings = Readonly<Record<string, string>>;

export const USER = "lastmile";
const START_SECONDS = 120; // recovery after a crash comes first
const TRIES = 5;
const configuration = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 32MB
random_page_cost = 1.1
log_checkpoints = off
`;

/** Answers the port of a server that takes connections. */
export async function serve(bin: Binaries, place: Place, password: string, settings: Settings): Promise<number> {
  if (!existsSync(join(place.data, "PG_VERSION"))) await initialize(bin, place, password);
  for (let attempt = 1; ; attempt++) {
    const running = await runningIn(place.data);
    if (running) return running.port;
    await dropStalePidFile(place.data);
    const port = await choosePort(place);
    const before = await sizeOf(place.log);
    if (await start(bin, place, port, settings)) {
      await writeFile(join(place.directory, "port"), `${port}\n`);
      return port;
    }
    if (attempt === TRIES)
      throw refusal((await readFile(place.log).catch(() => Buffer.of())).subarray(before).toString("utf8"));
    await sleep(200 * attempt); // another process starts it, or the children of a killed server are still going
  }
}

/** True when something was running. */
export async function halt(bin: Binaries, place: Place): Promise<boolean> {
  if (!(await runningIn(place.data))) return false;
  await run(bin.pgCtl, ["stop", "-w", "-m", "fast", "-D", place.data], place);
  return true;
}

/** In a folder of its own that gets its name when it is complete: a start that was killed leaves nothing half made. */
async function initialize(bin: Binaries, place: Place, password: string): Promise<void> {
  const draft = `${place.data}.${randomBytes(6).toString("hex")}`;
  const secret = `${draft}.password`;
  await writeFile(secret, password, { mode: 0o600 });
  if (place.account) await chown(secret, place.account.uid, place.account.gid);
  try {
    const auth = ["-U", USER, "-A", "scram-sha-256", "--pwfile", secret];
    const made = await run(bin.initdb, ["-D", draft, ...auth, "-E", "UTF8", "--no-locale", "--no-instructions"], place);
    if (made.exitCode !== 0) throw refusal(`${made.stderr}`);
    await appendFile(join(draft, "postgresql.conf"), configuration);
    await rename(draft, place.data).catch(() => undefined); // another process was quicker: its folder serves both
  } finally {
    await Promise.all([rm(secret, { force: true }), rm(draft, { recursive: true, force: true })]);
  }
}

async function start(bin: Binaries, place: Place, port: number, settings: Settings): Promise<boolean> {
  const options = [`-p ${port}`, ...Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)].join(" ");
  const args = ["start", "-w", "-t", `${START_SECONDS}`, "-D", place.data, "-l", place.log, "-o", options];
  // The server keeps what it inherits: with a pipe we would wait for its end.
  return (await run(bin.pgCtl, args, place, "ignore")).exitCode === 0;
}

const run = (file: string, args: readonly string[], place: Place, stdio: "ignore" | "pipe" = "pipe") =>
  execa(file, args, { ...place.account, cwd: place.server, stdio, reject: false, ...bareEnvironment() });

/** The port of the last time if it is free, so that a URL once noted stays right. */
async function choosePort(place: Place): Promise<number> {
  const last = Number(await readFile(join(place.directory, "port"), "utf8").catch(() => "0"));
  return (await free(last)) ?? (await free(0)) ?? 0;
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    (s) => s.size,
    () => 0,
  );

function free(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(undefined));
    probe.listen(port, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : undefined));
    });
  });
}

function refusal(output: string): StoreError {
  if (/No space left on device/i.test(output))
    return new StoreError("DiskFull", "the embedded database has no space left on its disk");
  const last = output.split("\n").findLast((line) => /FATAL|PANIC|error:|could not/.test(line));
  return new StoreError("NoDatabase", `the embedded database does not start: ${last ?? "no reason given"}`);
}
