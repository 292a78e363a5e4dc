/** Where commands that only look find what is declared: in the store, or with `--source kubernetes[:CONTEXT]` in a cluster. */
import { clusterNamed } from "./cluster.ts";
import { clusterObjects } from "./cluster-objects.ts";
import { type Ask, asking } from "./declared-objects.ts";
import { CliError } from "./errors.ts";
import type { Cx } from "./io.ts";
import { withInstallation } from "./session.ts";

export interface SourceOption {
  readonly source?: string;
}

/** @throws CliError */
export async function withKnowledge<T>(cx: Cx, { source }: SourceOption, work: (ask: Ask) => Promise<T>): Promise<T> {
  if (source !== undefined) return work(inCluster(cx, source));
  return withInstallation(cx, (installation) => work(asking(installation)));
}
export function inCluster({ signal }: Cx, source: string): Ask {
  const cluster = clusterNamed(source);
  if (!cluster)
    throw new CliError(
      "--source names no cluster",
      "write --source kubernetes[:CONTEXT], or leave it out: the store is asked",
    );
  return (filter) => clusterObjects(cluster, filter, signal);
}
