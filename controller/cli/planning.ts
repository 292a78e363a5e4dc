/** From a path to a plan that people read: what plan, apply, drift and approve have in common. */
import { resolve } from "node:path";
import type { LoadProblem } from "../api/load-problem.ts";
import type { Controller } from "../engine/controller.ts";
import { missing } from "../engine/intake.ts";
import type { Preview } from "../engine/preview.ts";
import type { Installation } from "../main.ts";
import { sourceIdOf, toUpdate } from "../sources/directory.ts";
import { readCluster } from "../sources/kubernetes-once.ts";
import type { SourceUpdate } from "../sources/source.ts";
import { authorsOf } from "./authors.ts";
import { type Because, becauseOf } from "./because.ts";
import { clusterNamed, withCluster } from "./cluster.ts";
import { readPath } from "./commands/validate.ts";
import type { Cx, Io } from "./io.ts";
import { type PlanView, planView } from "./plan-view.ts";
import { count, problemList } from "./render/problems.ts";
import { lastWritten, type Written } from "./written.ts";

export interface PlanOptions {
  /** What the folder declared before and does not declare any more is withdrawn. */
  readonly prune?: boolean;
}
export interface Planned {
  readonly preview: Preview;
  readonly view: PlanView;
}
export type Read =
  | { readonly ok: true; readonly update: SourceUpdate }
  | { readonly ok: false; readonly problems: readonly LoadProblem[] };

/** One bad declaration in a folder stops the whole command: a person is there to mend it. A cluster has the others served. */
export async function readUpdate(path: string, { cwd, io, signal }: Cx): Promise<Read> {
  const cluster = clusterNamed(path);
  if (cluster) {
    const { update } = await withCluster(cluster, (api) => readCluster(api, signal));
    if (update.errors.length > 0) io.err(problemList(update.errors, io.paintErr));
    return { ok: true, update };
  }
  const snapshot = await readPath(path, signal);
  if (snapshot.problems.length > 0) return { ok: false, problems: snapshot.problems };
  return { ok: true, update: toUpdate(sourceIdOf(resolve(cwd, path)), snapshot) };
}
export function tellProblems(io: Io, problems: readonly LoadProblem[]): void {
  io.err(problemList(problems, io.paintErr));
  io.err(`lastmile: ${count(problems.length, "problem")} in the declarations; nothing was done`);
}

/** Where the last good declarations are, and what was done. */
interface Known {
  readonly objects: Installation["objects"];
  readonly store: Pick<Installation["store"], "done">;
}
interface Approving {
  /** What was planned, for the command that approves it. */
  readonly path?: string | undefined;
  /** Where no command does yet. */
  readonly approve?: (changeSet: string) => string;
}
/** Without an update: the last good declarations against what is there. Nothing is written. */
export async function planOf(
  controller: Controller,
  { objects, store }: Known,
  update: SourceUpdate | undefined,
  { path, prune = path !== undefined && clusterNamed(path) !== undefined, approve }: PlanOptions & Approving,
): Promise<Planned> {
  const { declared } = controller;
  const gone = update && prune && update.complete ? await missing(update, objects) : [];
  const because: Because = update ? becauseOf(update, declared.catalog, gone) : new Map();
  const files = new Map(update?.upserts.map((u) => [u.key, `${u.origin.file}:${u.origin.line}`]));
  const preview = await controller.preview(update, { prune });
  const arguments_ = [path === undefined ? "" : ` ${path}`, prune ? " --prune" : ""].join("");
  const view = planView(preview, {
    because,
    declaredIn: (key) => files.get(key) ?? originOf(controller, key),
    written: await writtenTo(preview, store),
    author: await authorsOf(preview, controller.engine.ports),
    approve: approve ?? ((id) => `lastmile approve ${id}${arguments_}`),
  });
  return { preview, view };
}

function originOf({ declared }: Controller, key: string): string | undefined {
  const origin = declared.meta(key)?.origin;
  return origin?.file && `${origin.file}:${origin.line ?? 1}`;
}

/** Asked only of those whose objects differ: what is new was never written. */
async function writtenTo({ subjects }: Preview, store: Known["store"]): Promise<Written> {
  const differing = subjects.filter((s) => s.plan.changes.some((c) => c.action === "update"));
  return lastWritten(differing.length > 0 ? await store.done(differing.map((s) => s.key)) : []);
}
