/** Builds helm and starts one real API server for all tests of a run. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly chartTools: ChartTools;
  }
}
export interface ChartTools {
  readonly helm: string;
  /** The API server, which is kubectl as well. */
  readonly server: string;
  readonly kubeconfig: string;
}
/** What a release needs of a cluster, and what judges the expressions of admission policies. */
const CONTROLLERS = [
  "namespace-controller",
  "garbage-collector-controller",
  "serviceaccount-controller",
  "deployment-controller",
  "replicaset-controller",
  "validatingadmissionpolicy-status-controller",
].join(",");

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stdout: helm } = await execa(join(import.meta.dirname, "helm.sh"), { stderr: "inherit" });
  const { stdout: server } = await execa(join(import.meta.dirname, "../cluster/build.sh"), { stderr: "inherit" });
  const dir = await mkdtemp(join(tmpdir(), "lastmile-chart-"));
  const child = spawn(server, ["up", "-dir", dir, "-controllers", CONTROLLERS], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, "line"), gone.then(() => [undefined])]);
  if (typeof line !== "string") throw new RangeError("the API server did not start");
  const { kubeconfig } = JSON.parse(line) as { readonly kubeconfig: string };
  project.provide("chartTools", { helm, server, kubeconfig });
  return async () => {
    child.kill("SIGTERM");
    await gone;
    await rm(dir, { recursive: true, force: true });
  };
}
