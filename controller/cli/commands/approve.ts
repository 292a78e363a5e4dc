/** `lastmile approve`: releases exactly what a person has seen, and nothing that came since. Each use is in the history. */

import { objectKeyOf } from "../../core/compose.ts";
import { awaitsApproval, refKey } from "../../core/model.ts";
import { type OwnerKey, parseOwner } from "../../core/owner.ts";
import { release } from "../../engine/approving.ts";
import type { Controller } from "../../engine/controller.ts";
import type { PreviewedSubject } from "../../engine/preview.ts";
import type { Installation } from "../../main.ts";
import type { SourceUpdate } from "../../sources/source.ts";
import type { HeldRow } from "../../store/held.ts";
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
interface Found {
  readonly held: readonly Pick<HeldRow, "owner" | "planId" | "tuples" | "said">[];
  /** Of these owners, what a person is asked. */
  readonly text: (owners: ReadonlySet<OwnerKey>) => string;
}
const HOUR_MS = 3_600_000;

/** Without a path: what a tenant's status names, or what is held of the declarations that were taken in. */
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
      const paint = cx.io.paintErr;
      const found =
        (read === undefined && (await waiting(changeSet, installation, paint))) ||
        (await planned(changeSet, controller, installation, { ...options, path, paint, update: read?.update }));
      const held = chosen(found.held, options.only);
      if (held.length === 0) {
        cx.io.err("Nothing in this change set waits for approval.");
        return EXIT.ok;
      }
      cx.io.err(found.text(new Set(held.map((h) => h.owner))));
      if (
        !options.yes &&
        (await cx.io.confirm(`Approve for ${count(held.length, "subscriber")}?`, cx.signal)) === false
      ) {
        cx.io.err("Nothing was approved.");
        return EXIT.ok;
      }
      await carryOut(cx, changeSet, installation, held, options);
      cx.io.err(
        path === undefined ? "A running controller goes on by itself." : `Go on with \`lastmile apply ${path}\`.`,
      );
      return EXIT.ok;
    },
    { at: path },
  );
}

async function carryOut(
  { io }: Cx,
  changeSet: string,
  { store }: Installation,
  held: Found["held"],
  { hours, reason, output }: ApproveOptions,
): Promise<void> {
  const [by, at] = [whoAmI(), Date.now()];
  const approved = { changeSet, at, expires: at + hours * HOUR_MS, ...(reason !== undefined && { why: reason }) };
  const changes = await release(store, held, { ...approved, whom: by, by: { author: by } });
  const data = { ...approved, by, subjects: held.map((h) => shown(objectKeyOf(h.owner))), changes };
  const of = `${count(changes, "change")} of ${count(held.length, "subscriber")}`;
  await print(io, output, data, () => `Approved by ${by} for ${hours} h: ${of}.`);
}

/** As `status.held` of a tenant names it. */
async function waiting(changeSet: string, { store }: Installation, paint: Paint): Promise<Found | undefined> {
  const held = await store.heldIn(changeSet);
  if (held.length === 0) return undefined;
  const lines = ({ owner, said }: HeldRow): string => {
    const { kind, namespace, name } = parseOwner(owner);
    return [`${kind} ${paint("bold", `${namespace}/${name}`)}`, ...said.map((words) => `  ${words}`)].join("\n");
  };
  const text: Found["text"] = (owners) =>
    held
      .filter((h) => owners.has(h.owner))
      .map(lines)
      .join("\n");
  return { held, text };
}

interface Planning extends PlanOptions {
  readonly path: string | undefined;
  readonly paint: Paint;
  readonly update: SourceUpdate | undefined;
}
/** As `plan` and `drift` name it. */
async function planned(
  changeSet: string,
  controller: Controller,
  installation: Installation,
  p: Planning,
): Promise<Found> {
  const { view, preview } = await planOf(controller, installation, p.update, p);
  if (view.changeSet !== changeSet) throw another(view.changeSet, changeSet, p.path);
  const held = preview.subjects.filter((s) => s.plan.changes.some(awaitsApproval)).map(asHeld);
  const text: Found["text"] = (owners) => {
    const plans = new Set(held.filter((h) => owners.has(h.owner)).map((h) => h.planId));
    return heldText(view, plans, p.paint);
  };
  return { held, text };
}
function asHeld({ key: owner, planId, plan }: PreviewedSubject): Found["held"][number] {
  const costly = plan.changes.flatMap((c) => (c.tuple === undefined ? [] : [{ ...c, tuple: c.tuple }]));
  return { owner, planId, tuples: costly.map((c) => c.tuple), said: costly.map((c) => `${c.action} ${refKey(c.ref)}`) };
}

function chosen(held: Found["held"], only: readonly string[] | undefined): Found["held"] {
  if (only === undefined) return held;
  const named = ({ owner }: Found["held"][number], wanted: string): boolean => {
    const { namespace, name } = parseOwner(owner);
    return [name, `${namespace}/${name}`].includes(wanted);
  };
  const unknown = only.find((name) => !held.some((h) => named(h, name)));
  if (unknown === undefined) return held.filter((h) => only.some((name) => named(h, name)));
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
