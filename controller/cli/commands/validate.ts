/** `lastmile validate`: everything that is wrong, at once. */
import { createAssembler, type Snapshot } from "../../api/load-snapshot.ts";
import { loadPath } from "../../api/load-tree.ts";
import { createValidator } from "../../api/validate.ts";
import { readCluster } from "../../sources/kubernetes-once.ts";
import { clusterNamed, withCluster } from "../cluster.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import { count, problemList } from "../render/problems.ts";

export async function validate(cx: Cx, path: string, { output }: OutputOption): Promise<Exit> {
  const { problems, declared, notes } = await readPath(path, cx.signal);
  const { paint } = cx.io;
  const kinds = Object.fromEntries(
    [...Map.groupBy(declared, (d) => d.object.kind)].sort().map(([kind, of]) => [kind, of.length] as const),
  );
  for (const note of output === "wide" ? notes : folded(notes)) cx.io.err(note);
  await print(cx.io, output, { valid: problems.length === 0, problems, objects: kinds }, () =>
    problems.length > 0
      ? `${problemList(problems, paint)}\n${count(problems.length, "problem")} in ${path}`
      : `${paint("green", "valid")}: ${Object.entries(kinds)
          .map(([kind, n]) => count(n, kind))
          .join(", ")}`,
  );
  return problems.length > 0 ? EXIT.invalid : EXIT.ok;
}

/** A folder may hold much that is others': it must not hide what is ours. */
const FEW = 3;
function folded(notes: readonly string[]): readonly string[] {
  const more = notes.length - 1;
  return more < FEW ? notes : [`${notes[0]}, and ${more} more: -o wide names them`];
}

/** All that a path or a cluster declares, checked. */
export async function readPath(path: string, signal: AbortSignal): Promise<Snapshot> {
  const cluster = clusterNamed(path);
  if (cluster) return withCluster(cluster, async (api) => (await readCluster(api, signal)).snapshot);
  return createAssembler(createValidator())(await loadPath(path));
}
