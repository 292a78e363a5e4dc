/** Where commands that only look find what is declared: in the store, or with `--source kubernetes[:CONTEXT]` in a cluster. */
import type { Installation } from "../main.ts";
import { clusterNamed, withCluster } from "./cluster.ts";
import { askingCluster } from "./cluster-objects.ts";
import { type Ask, asking } from "./declared-objects.ts";
import { CliError } from "./errors.ts";
import type { Cx } from "./io.ts";
import { withInstallation } from "./session.ts";

export interface SourceOption {
  readonly source?: string;
}

/** `installation`: undefined where a cluster is asked. @throws CliError */
export async function withKnowledge<T>(
  cx: Cx,
  { source }: SourceOption,
  work: (ask: Ask, installation: Installation | undefined) => Promise<T>,
): Promise<T> {
  if (source === undefined) return withInstallation(cx, (installation) => work(asking(installation), installation));
  const cluster = clusterNamed(source);
  if (cluster) return withCluster(cluster, async (api) => work(await askingCluster(api, cx.signal), undefined));
  throw new CliError(
    "--source names no cluster",
    "write --source kubernetes[:CONTEXT], or leave it out: the store is asked",
  );
}
