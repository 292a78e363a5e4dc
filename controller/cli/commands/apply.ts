/** `lastmile apply`: preview, ask, then the same loop as the running controller, until nothing more can be done. */

import { objectKeyOf } from "../../core/compose.ts";
import type { OwnerKey } from "../../core/owner.ts";
import type { Controller } from "../../engine/controller.ts";
import type { Installation } from "../../main.ts";
import type { SourceUpdate } from "../../sources/source.ts";
import { shown } from "../because.ts";
import { clusterNamed } from "../cluster.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import { acquireAll, handOver } from "../handover.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import { isEmpty, type PlanView } from "../plan-view.ts";
import { type PlanOptions, planOf, readUpdate, tellProblems } from "../planning.ts";
import { type Outcome, outcomeText } from "../render/outcome.ts";
import { planText, summaryText } from "../render/plan.ts";
import { withController } from "../session.ts";
import { Endings, holdingLeases, settle } from "../settling.ts";
import { awaitsDevice, readyWords } from "../watching.ts";

export interface ApplyOptions extends PlanOptions, OutputOption {
  /** Only if the plan now has this id. */
  readonly plan?: string;
  readonly yes?: boolean;
  /** Seconds for what must be tried again. */
  readonly timeout: number;
}

export async function apply(cx: Cx, path: string, options: ApplyOptions): Promise<Exit> {
  if (clusterNamed(path))
    throw new CliError(
      "what a cluster declares is applied by the controller",
      "`kubectl apply` declares it there; `lastmile run --source kubernetes` serves it",
    );
  const read = await readUpdate(path, cx);
  if (!read.ok) {
    tellProblems(cx.io, read.problems);
    return EXIT.invalid;
  }
  const endings = new Endings();
  const work = async (controller: Controller, installation: Installation): Promise<Exit> => {
    cx.io.progress("looking at what is there …");
    const { view, preview } = await planOf(controller, installation, read.update, { ...options, path });
    checkPlan(view, options.plan, path);
    if (!(await agreed(cx, view, options))) return EXIT.ok;
    const keys = preview.subjects.map((s) => s.key);
    for (const s of preview.subjects) endings.foresee(s.key, s.faults);
    const all = [...keys, ...(await unsettled(controller, installation, new Set(keys)))];
    if (await acquireAll(installation)) {
      await holdingLeases(installation, async () => {
        await submit(controller, read.update, options);
        await carryOut(cx, controller, all, endings, options);
      });
      return tell(cx, controller, installation, await outcomesOf(endings, installation), options);
    }
    const asked = { update: read.update, planned: keys };
    const handed = await handOver(cx, controller, installation, asked, options);
    if (handed.by === "them") return tell(cx, controller, installation, handed.outcomes, options);
    await holdingLeases(installation, async () => {
      await controller.follow(); // what others declared meanwhile
      await controller.engine.accept(handed.edits);
      await carryOut(cx, controller, keys, endings, options);
    });
    return tell(cx, controller, installation, await outcomesOf(endings, installation), options);
  };
  return withController(cx, work, { onReport: endings.note });
}

function checkPlan(view: PlanView, wanted: string | undefined, path: string): void {
  if (wanted === undefined || view.changeSet === wanted) return;
  const remedy = `look at it with \`lastmile plan ${path}\`, then apply --plan ${view.changeSet}`;
  throw new CliError(`the plan is another one now: ${view.changeSet}, not ${wanted}; nothing was done`, remedy);
}

/** Asks people only; a script has asked for it by calling. */
async function agreed(cx: Cx, view: PlanView, { yes, output }: ApplyOptions): Promise<boolean> {
  const { io, signal } = cx;
  io.progress(undefined);
  if (yes || isEmpty(view) || output === "json" || output === "yaml") return true;
  io.err(planText(view, io.paintErr));
  const answer = await io.confirm("Apply this plan?", signal);
  if (answer === false) io.err("Nothing was done.");
  return answer !== false;
}

async function submit(controller: Controller, update: SourceUpdate, { prune = false }: ApplyOptions): Promise<void> {
  const taken = await controller.submit(update, { prune, source: "keep" });
  if (!taken.ok) throw new CliError(taken.message, "apply the folder that the tenant is declared in");
}

/** In place by now, and their status does not say so: a system was away when it was written. */
async function unsettled({ declared }: Controller, { store }: Installation, known: ReadonlySet<OwnerKey>) {
  return (await store.notReady()).filter((key) => !known.has(key) && declared.declares(key));
}

async function carryOut(
  cx: Cx,
  controller: Controller,
  keys: readonly OwnerKey[],
  endings: Endings,
  { timeout }: ApplyOptions,
): Promise<void> {
  const { declared, engine } = controller;
  await controller.rollOut();
  // Also what nobody declared differently: drift, and what an earlier apply left undone.
  await engine.accept(() =>
    keys.map((key) => ({ key, before: undefined, after: declared.outline(key), held: declared.claimed(key) })),
  );
  await settle(controller, endings, { keys, patience: timeout * 1000, io: cx.io, signal: cx.signal });
  await controller.endpoints.ping();
  await controller.writeStatuses();
  await controller.deliver(cx.signal);
}

async function outcomesOf({ all }: Endings, { store }: Installation): Promise<readonly Outcome[]> {
  const keys = [...all.keys()].sort();
  const statuses = await store.statusOf(keys);
  return keys.map((key) => {
    const { settled, effects, faults } = all.get(key)!;
    const status = statuses.get(key);
    const result = settled ? "in place" : awaitsDevice(status) ? "waiting" : faults.length > 0 ? "failed" : "held";
    const words = settled || faults.length > 0 ? faults : readyWords(status);
    return { subject: shown(objectKeyOf(key)), result, effects, words };
  });
}

async function tell(
  cx: Cx,
  controller: Controller,
  installation: Installation,
  outcomes: readonly Outcome[],
  { output }: ApplyOptions,
): Promise<Exit> {
  await print(cx.io, output, { outcomes }, (wide) => outcomeText(outcomes, wide, cx.io.paint));
  const exit = exitOf(outcomes);
  if (exit === EXIT.held && output === "table") await tellHeld(cx, controller, installation);
  return exit;
}
function exitOf(outcomes: readonly Outcome[]): Exit {
  if (outcomes.some((o) => o.result === "failed")) return EXIT.failed;
  return outcomes.some((o) => o.result === "held") ? EXIT.held : EXIT.ok;
}

/** What is in the store now can be approved as it stands there. */
async function tellHeld(cx: Cx, controller: Controller, installation: Installation): Promise<void> {
  const { view } = await planOf(controller, installation, undefined, {});
  const subjects = view.subjects.filter((s) => s.blocked.length > 0 || s.changes.some((c) => c.hold));
  if (subjects.length > 0) cx.io.err(`\n${planText({ ...view, subjects }, cx.io.paintErr)}`);
  else cx.io.err(summaryText(view, cx.io.paintErr));
}
