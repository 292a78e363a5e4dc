/** Runs beside each other share one database server and its template: they prepare it in turns, and the last one stops it. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const LOOK_MS = 500;
const lives = (pid: string): boolean => existsSync(`/proc/${pid}`);

/** Nobody else is at it meanwhile; who was killed holds nothing. */
export async function inTurn<T>(dir: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dir, { recursive: true });
  const file = join(dir, "turn");
  for (let told = false; !(await take(file)); await sleep(LOOK_MS)) {
    const holder = await readFile(file, "utf8").catch(() => "");
    if (holder !== "" && !lives(holder)) await rm(file, { force: true });
    else if (!told) process.stdout.write(`process ${holder} prepares NetBox: waiting for it\n`);
    told = true;
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
const take = (file: string): Promise<boolean> =>
  writeFile(file, String(process.pid), { flag: "wx" }).then(
    () => true,
    (e: NodeJS.ErrnoException) => (e.code === "EEXIST" ? false : Promise.reject(e)),
  );

/** To be called in turn, as `leave`. */
export async function enter(dir: string): Promise<void> {
  await mkdir(join(dir, "users"), { recursive: true });
  await writeFile(join(dir, "users", String(process.pid)), "");
}
/** Whether nobody else is left. */
export async function leave(dir: string): Promise<boolean> {
  await rm(join(dir, "users", String(process.pid)), { force: true });
  const others = await readdir(join(dir, "users")).catch(() => []);
  for (const pid of others) if (!lives(pid)) await rm(join(dir, "users", pid), { force: true });
  return !others.some(lives);
}
