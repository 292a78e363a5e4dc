/** `lastmile plan`: what would happen. `lastmile drift`: what has been changed behind our back. */
import { EXIT, type Exit } from "../exit.ts";
import type { Cx, Io } from "../io.ts";
import { type CompareOptions, rangeOf } from "../offline/options.ts";
import { type Format, type OutputOption, print } from "../output.ts";
import { isEmpty, type PlanView } from "../plan-view.ts";
import { type PlanOptions, planOf, readUpdate, tellProblems } from "../planning.ts";
import { planText } from "../render/plan.ts";
import { withController } from "../session.ts";

export interface PlanCommand extends PlanOptions, OutputOption, CompareOptions {}

/** Without a path: the cluster of the kubeconfig; between two revisions all of the clone. */
export async function plan(cx: Cx, given: string | undefined, options: PlanCommand): Promise<Exit> {
  const range = rangeOf(options);
  if (range) return (await import("../offline/command.ts")).planBetween(cx, given ?? ".", range, options);
  const path = given ?? "kubernetes";
  const read = await readUpdate(path, cx);
  if (!read.ok) {
    tellProblems(cx.io, read.problems);
    return EXIT.invalid;
  }
  return withController(
    cx,
    async (controller, installation) => {
      cx.io.progress("looking at what is there …");
      const { view } = await planOf(controller, installation, read.update, { ...options, path });
      return show(cx.io, view, options.output);
    },
    { at: path },
  );
}

export async function drift(cx: Cx, { output }: OutputOption): Promise<Exit> {
  return withController(cx, async (controller, installation) => {
    cx.io.progress("looking at what is there …");
    const { view } = await planOf(controller, installation, undefined, {});
    return show(cx.io, view, output);
  });
}

async function show(io: Io, view: PlanView, format: Format): Promise<Exit> {
  io.progress(undefined);
  await print(io, format, view, () => planText(view, io.paint));
  return isEmpty(view) ? EXIT.ok : EXIT.changes;
}
