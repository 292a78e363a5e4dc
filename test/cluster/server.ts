/** Starts one real API server for all tests of a run and stops it afterwards. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly apiServer: ApiServer;
  }
}
export interface ApiServer {
  readonly url: string;
  /** Certificates of the administrator. */
  readonly pki: string;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stdout: binary } = await execa(join(import.meta.dirname, "build.sh"), { stderr: "inherit" });
  const dir = await mkdtemp(join(tmpdir(), "lastmile-cluster-"));
  const child = spawn(binary, ["up", "-dir", dir, "-controllers", ""], { stdio: ["ignore", "pipe", "inherit"] });
  project.provide("apiServer", { url: await serverUrl(child), pki: join(dir, "pki") });
  return async () => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await gone;
    await rm(dir, { recursive: true, force: true });
  };
}

/** The program prints one line of JSON once it is ready. */
async function serverUrl(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new RangeError("the server was started without a pipe");
  for await (const line of createInterface({ input: child.stdout }))
    return (JSON.parse(line) as { server: string }).server;
  throw new RangeError(`the API server did not start (exit code ${child.exitCode})`);
}
