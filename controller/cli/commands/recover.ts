/** `lastmile recover`: after the loss of the store, takes back by marker what the systems hold. */
import { objectKeyOf } from "../../core/compose.ts";
import type { OwnerKey } from "../../core/owner.ts";
import type { Controller } from "../../engine/controller.ts";
import type { Recovered } from "../../engine/recovery/recover.ts";
import type { Installation } from "../../main.ts";
import type { SourceUpdate } from "../../sources/source.ts";
import { shown } from "../because.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import { acquireAll } from "../handover.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import type { Summary } from "../plan-view.ts";
import { planOf, readUpdate, tellProblems } from "../planning.ts";
import { type RecoverView, recoveredText } from "../render/recovered.ts";
import { withController } from "../session.ts";
import { holdingLeases } from "../settling.ts";

export interface RecoverOptions extends OutputOption {
  /** What nobody declares is taken back too, so that it is retired. */
  readonly withdraw?: boolean;
}
export async function recover(cx: Cx, path: string, { withdraw = false, output }: RecoverOptions): Promise<Exit> {
  const read = await readUpdate(path, cx);
  if (!read.ok) {
    tellProblems(cx.io, read.problems);
    return EXIT.invalid;
  }
  return withController(
    cx,
    async (controller, installation) => {
      if (!(await acquireAll(installation))) throw running(await installation.leases.holders());
      cx.io.progress("looking for our marks in every system …");
      const found = await holdingLeases(installation, () =>
        controller.recover(read.update, { withdraw, signal: cx.signal }),
      );
      const view = { ...viewOf(found, withdraw), left: await left(controller, installation, read.update) };
      cx.io.progress(undefined);
      await print(cx.io, output, view, (wide) => recoveredText(view, path, wide, cx.io.paint));
      const open = view.conflicts.length + view.passwords.lost.length + view.tags.lost.length;
      return open > 0 ? EXIT.held : EXIT.ok;
    },
    { at: path },
  );
}

const running = (holders: readonly { readonly holder: string }[]): CliError =>
  new CliError(
    `a controller is running (${holders.map((h) => h.holder).join(", ")}); nothing was done`,
    "stop it first: what it does not remember it would make anew",
    EXIT.failed,
  );

function viewOf(r: Recovered, withdrawn: boolean): Omit<RecoverView, "left"> {
  const names = (of: readonly OwnerKey[]): readonly string[] => of.map((o) => shown(objectKeyOf(o)));
  return {
    ...{ objects: Object.fromEntries(r.objects), declared: r.declared, withdrawn, fallbacks: r.fallbacks },
    retired: names(r.retired),
    undeclared: names(r.undeclared),
    passwords: { ...r.passwords, lost: names(r.passwords.lost) },
    tags: { ...r.tags, lost: names(r.tags.lost) },
    conflicts: r.conflicts.map((c) => `${shown(objectKeyOf(c.owner))}: ${c.kind} ${c.value} is held by ${c.holder}`),
  };
}

async function left(controller: Controller, installation: Installation, update: SourceUpdate): Promise<Summary> {
  return (await planOf(controller, installation, update, {})).view.summary;
}
