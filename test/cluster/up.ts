/** One real API server as a process: started with the controllers that a test needs, stopped by its id. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";

export interface ApiServer {
  readonly url: string;
  /** Certificates of the administrator. */
  readonly pki: string;
  /** Of the administrator. */
  readonly kubeconfig: string;
  /** Where `kubectl` is. */
  readonly bin: string;
}
export interface Running {
  readonly server: ApiServer;
  /** Where its etcd listens now. */
  readonly etcd: () => string;
  readonly stop: () => Promise<void>;
  /** The same address, certificates and objects; `meanwhile` runs while nobody answers. */
  readonly restart: (meanwhile: () => Promise<void>) => Promise<void>;
}
/** What ends a namespace, and what owns nothing that is left. */
export const COLLECTING = "namespace-controller,garbage-collector-controller,serviceaccount-controller";

/** `more`: options of kube-apiserver. */
export async function startServer(controllers: string, more: readonly string[] = []): Promise<Running> {
  const dir = await mkdtemp(join(tmpdir(), "lastmile-cluster-"));
  const options = ["-controllers", controllers, "-port", `${await lastingPort()}`];
  let { child, server, etcd } = await launch(dir, [...options, "--", ...more]);
  const stop = async (): Promise<void> => {
    await ended(child);
    await rm(dir, { recursive: true, force: true });
  };
  const restart: Running["restart"] = async (meanwhile) => {
    await ended(child);
    await meanwhile();
    ({ child, etcd } = await launch(dir, [...options, "-keep", "--", ...more]));
  };
  return { server, etcd: () => etcd, stop, restart };
}

/** Of those that no connection is given for its own end: while the server is down its port must stay free. */
async function lastingPort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const probe = createServer();
  const isFree = await new Promise<boolean>((tell) => {
    probe.once("error", () => tell(false));
    probe.listen(port, "127.0.0.1", () => tell(true));
  });
  await new Promise((closed) => probe.close(closed));
  return isFree ? port : lastingPort();
}

interface Launched {
  readonly child: ChildProcess;
  readonly server: ApiServer;
  readonly etcd: string;
}
async function launch(dir: string, options: readonly string[]): Promise<Launched> {
  const binary = (await execa(join(import.meta.dirname, "build.sh"), { stderr: "inherit" })).stdout;
  const at = (name: string): string => join(dir, name);
  await execa(binary, ["links", at("bin")]);
  const child = spawn(binary, ["up", "-dir", dir, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const { server: url, etcd } = await ready(child);
  return { child, etcd, server: { url, pki: at("pki"), kubeconfig: at("kubeconfig"), bin: at("bin") } };
}

/** The program prints one line of JSON once it is ready. */
async function ready(child: ChildProcess): Promise<{ readonly server: string; readonly etcd: string }> {
  if (!child.stdout) throw new RangeError("the server was started without a pipe");
  for await (const line of createInterface({ input: child.stdout }))
    return JSON.parse(line) as { server: string; etcd: string };
  throw new RangeError(`the API server did not start (exit code ${child.exitCode})`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}
