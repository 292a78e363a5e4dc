/** `lastmile approve`: releases exactly what a person has seen, and nothing that came since. */
import { awaitsApproval } from "../../core/model.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx, Paint } from "../io.ts";
import type { PlanView } from "../plan-view.ts";
import { type PlanOptions, planOf, readUpdate, tellProblems } from "../planning.ts";
import { subjectText } from "../render/plan.ts";
import { count } from "../render/problems.ts";
import { withController } from "../session.ts";
import { whoAmI } from "./secret.ts";

export interface ApproveOptions extends PlanOptions {
  /** Hours for which it counts. */
  readonly hours: number;
  readonly yes?: boolean;
}
const HOUR_MS = 3_600_000;

/** Without a path: what is held of the declarations that were taken in. */
export async function approve(
  cx: Cx,
  changeSet: string,
  path: string | undefined,
  options: ApproveOptions,
): Promise<Exit> {
  const read = path === undefined ? undefined : await readUpdate(path, cx.cwd);
  if (read?.ok === false) {
    tellProblems(cx.io, read.problems);
    return EXIT.invalid;
  }
  return withController(cx, async (controller, installation) => {
    const { view, preview } = await planOf(controller, installation, read?.update, { ...options, path });
    if (view.changeSet !== changeSet) throw another(view.changeSet, changeSet, path);
    const held = preview.subjects.filter((s) => s.plan.changes.some(awaitsApproval));
    const tuples = held.flatMap((s) => s.plan.changes.flatMap((c) => c.tuple ?? []));
    if (tuples.length === 0) {
      cx.io.err("Nothing in this change set waits for approval.");
      return EXIT.ok;
    }
    cx.io.err(heldText(view, cx.io.paintErr));
    if (
      !options.yes &&
      (await cx.io.confirm(`Approve for ${count(held.length, "subscriber")}?`, cx.signal)) === false
    ) {
      cx.io.err("Nothing was approved.");
      return EXIT.ok;
    }
    const [at, whom] = [Date.now(), whoAmI()];
    await installation.store.approve(tuples, { whom, at, expires: at + options.hours * HOUR_MS, changeSet });
    cx.io.out(
      `Approved by ${whom} for ${options.hours} h: ${count(tuples.length, "change")} of ${count(held.length, "subscriber")}.`,
    );
    cx.io.err(
      path === undefined ? "A running controller goes on by itself." : `Go on with \`lastmile apply ${path}\`.`,
    );
    return EXIT.ok;
  });
}

const heldText = (view: PlanView, paint: Paint): string =>
  view.subjects
    .map((s) => ({ ...s, changes: s.changes.filter(awaitsApproval) }))
    .filter((s) => s.changes.length > 0)
    .map((s) => subjectText(s, paint))
    .join("\n");

function another(now: string, asked: string, path: string | undefined): CliError {
  const look = path === undefined ? "lastmile drift" : `lastmile plan ${path}`;
  return new CliError(`the change set is ${now} now, not ${asked}; nothing was approved`, `look again: \`${look}\``);
}
