/** helm and kubectl on the API server of this run. */
import { join } from "node:path";
import { execa } from "execa";
import { inject } from "vitest";
import { parseAllDocuments } from "yaml";

export const ROOT = join(import.meta.dirname, "../..");
export const CHART = join(ROOT, "charts/lastmile");
export const RELEASE = "lastmile";
export const NAMESPACE = "lastmile-system";
export const ACCOUNT = `system:serviceaccount:${NAMESPACE}:${RELEASE}`;

export interface Ran {
  readonly ok: boolean;
  readonly out: string;
  readonly error: string;
}
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

async function run(file: string, args: readonly string[], input?: string): Promise<Ran> {
  const { kubeconfig } = inject("chartTools");
  const env = { KUBECONFIG: kubeconfig, HELM_PLUGINS: "/nonexistent" };
  const { failed, stdout, stderr } = await execa(file, args, { env, reject: false, input: input ?? "" });
  return { ok: !failed, out: stdout, error: stderr };
}
export const helm = (...args: readonly string[]): Promise<Ran> => run(inject("chartTools").helm, args);
export const kubectl = (args: readonly string[], input?: string): Promise<Ran> =>
  run(inject("chartTools").server, ["kubectl", ...args], input);

export async function sure(ran: Promise<Ran>): Promise<string> {
  const { ok, out, error } = await ran;
  if (!ok) throw new Error(error);
  return out;
}
export const parsed = (yaml: string): readonly Manifest[] =>
  parseAllDocuments(yaml).flatMap((d) => (d.contents ? [d.toJS() as Manifest] : []));

/** Everything on, as a large installation would have it. */
export const FULL = join(import.meta.dirname, "full.yaml");
export const template = (...args: readonly string[]): Promise<string> =>
  sure(helm("template", RELEASE, CHART, "-n", NAMESPACE, ...args));
/** As far as tests ask. */
interface Deployment {
  readonly spec: {
    readonly selector: { readonly matchLabels: object };
    readonly template: Pod;
  };
}
interface Pod extends Manifest {
  readonly spec: {
    readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
    readonly containers: readonly [
      { readonly args: readonly string[]; readonly ports: readonly { readonly containerPort: number }[] },
    ];
  };
}
export async function deployment(...args: readonly string[]): Promise<Deployment> {
  const found = parsed(await template(...args)).find((m) => m.kind === "Deployment");
  return found as unknown as Deployment;
}
export const upgrade = (...args: readonly string[]): Promise<string> =>
  sure(helm("upgrade", "--install", RELEASE, CHART, "-n", NAMESPACE, "--create-namespace", ...args));
export const uninstall = (): Promise<Ran> => helm("uninstall", RELEASE, "-n", NAMESPACE, "--wait");

export async function namespaces(...names: readonly string[]): Promise<void> {
  for (const name of names) await kubectl(["create", "namespace", name]);
}
/** A policy counts a moment after it was made: until a write that only it refuses is refused. */
export async function until(met: () => Promise<boolean>): Promise<void> {
  while (!(await met())) await new Promise((resolve) => setTimeout(resolve, 200));
}
