/** What runs in a data folder, told by its pid file and /proc: a pid alone may belong to anybody after a restart. */
import { readdir, readFile, readlink, rm } from "node:fs/promises";
import { join } from "node:path";

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

export async function runningIn(data: string): Promise<Postmaster | undefined> {
  const file = await readPidFile(data);
  return file && (await isPostmaster(file.pid, data)) ? file : undefined;
}

/**
 * PostgreSQL refuses to start when the pid of its last run is alive, even as another program. The file goes only in that
 * case, and only when no process works in the folder: otherwise it guards the shared memory of the last run.
 */
export async function dropStalePidFile(data: string): Promise<void> {
  const file = await readPidFile(data);
  if (!file || !(await exists(file.pid)) || (await isPostmaster(file.pid, data))) return;
  if (!(await anyProcessIn(data))) await rm(join(data, "postmaster.pid"), { force: true });
}

/** Lines: pid, folder, start, port, … https://www.postgresql.org/docs/current/storage-file-layout.html */
async function readPidFile(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  const [pid, , , port] = text.split("\n").map(Number);
  return pid && port ? { pid, port } : undefined;
}

const exists = async (pid: number): Promise<boolean> => (await commandOf(pid)) !== undefined;
const commandOf = (pid: number): Promise<string | undefined> =>
  readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => undefined);
async function isPostmaster(pid: number, data: string): Promise<boolean> {
  const args = (await commandOf(pid))?.split("\0") ?? [];
  return args.includes(data) && (args[0] ?? "").endsWith("postgres");
}

async function anyProcessIn(data: string): Promise<boolean> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
  return folders.includes(data);
}
