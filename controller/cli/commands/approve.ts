/** `lastmile approve`: releases exactly what a person has seen, and nothing that came since. Each use is in the history. */

import { objectKeyOf } from "../../core/compose.ts";
import { awaitsApproval, refKey } from "../../core/model.ts";
import { rfc3339 } from "../../core/status/conditions.ts";
import type { PreviewedSubject } from "../../engine/preview.ts";
import type { Installation } from "../../main.ts";
import { shown } from "../because.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx, Paint } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import type { PlanView } from "../plan-view.ts";
import { type PlanOptions, planOf, readUpdate, tellProblems } from "../planning.ts";
import { subjectText } from "../render/plan.ts";
import { count } from "../render/problems.ts";
import { withController } from "../session.ts";
import { whoAmI } from "./secret.ts";

export interface ApproveOptions extends PlanOptions, OutputOption {
  /** Hours for which it counts. */
  readonly hours: number;
  /** Names of subscribers; left out: all of the change set. */
  readonly only?: readonly string[];
  readonly yes?: boolean;
  /** Goes into the history. */
  readonly reason?: string;
}
interface Approved {
  readonly why?: string;
  readonly changeSet: string;
  readonly by: string;
  readonly at: number;
  readonly expires: number;
}
const HOUR_MS = 3_600_000;

/** Without a path: what is held of the declarations that were taken in. */
export async function approve(
  cx: Cx,
  changeSet: string,
  path: string | undefined,
  options: ApproveOptions,
): Promise<Exit> {
  const read = path === undefined ? undefined : await readUpdate(path, cx);
  if (read?.ok === false) {
    tellProblems(cx.io, read.problems);
    return EXIT.invalid;
  }
  return withController(
    cx,
    async (controller, installation) => {
      const { view, preview } = await planOf(controller, installation, read?.update, { ...options, path });
      if (view.changeSet !== changeSet) throw another(view.changeSet, changeSet, path);
      const held = chosen(
        preview.subjects.filter((s) => s.plan.changes.some(awaitsApproval)),
        options.only,
      );
      if (held.length === 0) {
        cx.io.err("Nothing in this change set waits for approval.");
        return EXIT.ok;
      }
      cx.io.err(heldText(view, new Set(held.map((s) => s.planId)), cx.io.paintErr));
      if (
        !options.yes &&
        (await cx.io.confirm(`Approve for ${count(held.length, "subscriber")}?`, cx.signal)) === false
      ) {
        cx.io.err("Nothing was approved.");
        return EXIT.ok;
      }
      const at = Date.now();
      const why = options.reason !== undefined && { why: options.reason };
      const approved = { changeSet, by: whoAmI(), at, expires: at + options.hours * HOUR_MS, ...why };
      const changes = await release(installation, held, approved);
      const data = { ...approved, subjects: held.map((s) => shown(objectKeyOf(s.key))), changes };
      await print(
        cx.io,
        options.output,
        data,
        () =>
          `Approved by ${approved.by} for ${options.hours} h: ${count(changes, "change")} of ${count(held.length, "subscriber")}.`,
      );
      cx.io.err(
        path === undefined ? "A running controller goes on by itself." : `Go on with \`lastmile apply ${path}\`.`,
      );
      return EXIT.ok;
    },
    { at: path },
  );
}

/** The audit first: what cannot be written down is not released. Answers the number of changes. */
async function release({ store }: Installation, held: readonly PreviewedSubject[], a: Approved): Promise<number> {
  const until = rfc3339(a.expires);
  const why = a.why === undefined ? [] : [{ field: "why", before: "", after: a.why }];
  await store.audit(
    held.map((s) => ({
      owner: s.key,
      ref: approvalRef(a.changeSet),
      action: "approve",
      changes: s.plan.changes
        .filter(awaitsApproval)
        .map((c) => ({ field: `${c.action} ${refKey(c.ref)}`, before: "held", after: `approved until ${until}` }))
        .concat(why),
      planId: s.planId,
      outcome: "Done",
      at: a.at,
      by: { author: a.by },
    })),
  );
  const tuples = held.flatMap((s) => s.plan.changes.flatMap((c) => c.tuple ?? []));
  await store.approve(tuples, {
    whom: a.by,
    at: a.at,
    expires: a.expires,
    changeSet: a.changeSet,
    ...(a.why && { why: a.why }),
  });
  return tuples.length;
}

/** What the history calls an approval. */
export const approvalRef = (changeSet: string): string => `store/approval/${changeSet}`;

function chosen(held: readonly PreviewedSubject[], only: readonly string[] | undefined): readonly PreviewedSubject[] {
  if (only === undefined) return held;
  const named = (s: PreviewedSubject, name: string): boolean =>
    [s.subject.owner.name, `${s.subject.owner.namespace}/${s.subject.owner.name}`].includes(name);
  const unknown = only.find((name) => !held.some((s) => named(s, name)));
  if (unknown === undefined) return held.filter((s) => only.some((name) => named(s, name)));
  throw new CliError(
    `nothing of ${unknown} waits for approval in this change set`,
    "name subscribers as the plan does: NAME or NAMESPACE/NAME",
  );
}

const heldText = (view: PlanView, plans: ReadonlySet<string>, paint: Paint): string =>
  view.subjects
    .filter((s) => plans.has(s.planId))
    .map((s) => ({ ...s, changes: s.changes.filter(awaitsApproval) }))
    .map((s) => subjectText(s, paint))
    .join("\n");

function another(now: string, asked: string, path: string | undefined): CliError {
  const look = path === undefined ? "lastmile drift" : `lastmile plan ${path}`;
  return new CliError(`the change set is ${now} now, not ${asked}; nothing was approved`, `look again: \`${look}\``);
}
