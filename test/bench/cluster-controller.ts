/** `lastmile run --source kubernetes` as a process of its own, as it is deployed. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { PARTITIONS } from "../../controller/core/owner.ts";
import type { Memory } from "./cluster-probe.ts";

export interface Controller {
  /** From its start until `/readyz` says so. */
  readonly readySeconds: number;
  memory(): Promise<Memory>;
  /** Whether every partition is held and no subject is waiting for its turn. */
  idle(): Promise<boolean>;
  stop(): Promise<void>;
}
const MAIN = join(import.meta.dirname, "../../controller/cli/main.ts");
const PROBE = join(import.meta.dirname, "cluster-probe.ts");
const LOOK_MS = 20;
/** And the work of one process only. */
const LEASES = PARTITIONS + 1;

export async function startController(env: Readonly<Record<string, string>>, cwd: string): Promise<Controller> {
  const began = performance.now();
  const child = fork(MAIN, ["run", "--source", "kubernetes", "--listen", "127.0.0.1:0"], {
    ...{ env, cwd, execArgv: ["--expose-gc", "--import", PROBE, ...profiled()] },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the controller ended with ${code}`)));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      if (line.includes('"event":"listening"')) resolve(`http://127.0.0.1:${JSON.parse(line).port}`);
      else if (line.includes('"level":40') || line.includes('"level":50')) console.error(line);
    });
  });
  // A kept connection is ended by a server that was busy for too long to hear of it.
  const look = (path: string): Promise<Response> => fetch(url + path, { headers: { connection: "close" } });
  while (!(await look("/readyz")).ok) await sleep(LOOK_MS);
  const readySeconds = (performance.now() - began) / 1000;
  return {
    readySeconds,
    async memory() {
      const [answer] = await Promise.all([once(child, "message"), child.send("?")]);
      return answer[0] as Memory;
    },
    async idle() {
      const text = await (await look("/metrics")).text();
      const value = (name: string): number =>
        [...text.matchAll(new RegExp(`^${name} (.+)$`, "gm"))].reduce((sum, [, n]) => sum + Number(n), 0);
      const busy = value('lastmile_queue_subjects\\{state="(?:ready|inFlight)"\\}');
      return value("lastmile_leases_held") === LEASES && busy === 0;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
/** Where profiles of the controller go, for whoever looks for more. */
function profiled(): readonly string[] {
  const folder = process.env["BENCH_PROFILE"];
  return folder ? ["--cpu-prof", `--cpu-prof-dir=${folder}`] : [];
}
