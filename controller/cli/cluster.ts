/** `kubernetes[:CONTEXT]` where a command takes a path or a source: the cluster of the kubeconfig, or of the pod. */
import { KubeError } from "../kubernetes/api.ts";
import { type Connection, connectKubernetes } from "../kubernetes/connection.ts";
import { CliError } from "./errors.ts";
import { EXIT } from "./exit.ts";

export interface ClusterName {
  /** Of the kubeconfig; left out: the current one. */
  readonly context?: string;
}
/** Undefined: it names something else. A folder of that name is written `./kubernetes`. */
export function clusterNamed(text: string): ClusterName | undefined {
  const [found, context] = /^kubernetes(?::(.+))?$/.exec(text) ?? [];
  return found === undefined ? undefined : { ...(context !== undefined && { context }) };
}

/** @throws CliError */
export const connect = (name: ClusterName): Promise<Connection> => connectKubernetes(name).catch(inWords);

/** @throws CliError */
export async function withCluster<T>(name: ClusterName, work: (api: Connection) => Promise<T>): Promise<T> {
  const api = await connect(name);
  try {
    return await work(api).catch(inWords);
  } finally {
    api.close();
  }
}
export function inWords(e: unknown): never {
  if (e instanceof KubeError)
    throw new CliError(e.message, e.remedy, e.code === "Unusable" ? EXIT.invalid : EXIT.failed);
  throw e;
}
