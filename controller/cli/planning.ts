/** From a path to a plan that people read: what plan, apply, drift and approve have in common. */
import { resolve } from "node:path";
import type { LoadProblem } from "../api/load-problem.ts";
import { keyOf } from "../core/catalog.ts";
import { refKey } from "../core/model.ts";
import type { Controller } from "../engine/controller.ts";
import { missing } from "../engine/intake.ts";
import type { Preview, PreviewedSubject } from "../engine/preview.ts";
import type { Installation } from "../main.ts";
import { sourceIdOf, toUpdate } from "../sources/directory.ts";
import type { SourceUpdate } from "../sources/source.ts";
import { type Because, becauseOf, differences } from "./because.ts";
import { readPath } from "./commands/validate.ts";
import type { Io } from "./io.ts";
import { type PlanView, planView } from "./plan-view.ts";
import { count, problemList } from "./render/problems.ts";

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

/** One bad declaration stops the whole command: a person is there to mend it. */
export async function readUpdate(path: string, cwd: string): Promise<Read> {
  const snapshot = await readPath(path);
  if (snapshot.problems.length > 0) return { ok: false, problems: snapshot.problems };
  return { ok: true, update: toUpdate(sourceIdOf(resolve(cwd, path)), snapshot) };
}
export function tellProblems(io: Io, problems: readonly LoadProblem[]): void {
  io.err(problemList(problems, io.paintErr));
  io.err(`lastmile: ${count(problems.length, "problem")} in the declarations; nothing was done`);
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
  { objects }: Pick<Installation, "objects">,
  update: SourceUpdate | undefined,
  { prune = false, path, approve }: PlanOptions & Approving,
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
    unchanged: (s, c, field) => unchanged(controller, because, s, refKey(c.ref), field),
    approve: approve ?? ((id) => `lastmile approve ${id}${arguments_}`),
  });
  return { preview, view };
}

function originOf({ declared }: Controller, key: string): string | undefined {
  const origin = declared.meta(key)?.origin;
  return origin?.file && `${origin.file}:${origin.line ?? 1}`;
}

/** Secrets are not in an outline: theirs is drift where no declaration changed at all. */
function unchanged(
  { declared }: Controller,
  because: Because,
  s: PreviewedSubject,
  ref: string,
  field: string,
): boolean {
  const { kind, namespace, name } = s.subject.owner;
  if (!because.has(keyOf(kind as "Subscriber", namespace, name))) return true;
  const wanted = (of: PreviewedSubject["subject"]) =>
    of.desired.find((d) => refKey(d.ref) === ref)?.spec[field] ?? null;
  const before = declared.outline(s.key);
  if (before.desired.length === 0 || typeof wanted(s.subject) === "object") return false;
  return differences(wanted(before), wanted(s.subject)).length === 0;
}
