/** `lastmile abandon`: a system that is gone for good holds nobody up any more. */
import { type Abandoning, openAbandoning, type Remains } from "../../store/abandon.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import { count } from "../render/problems.ts";
import { withInstallation } from "../session.ts";
import { whoAmI } from "./secret.ts";

export interface AbandonOptions extends OutputOption {
  readonly yes?: boolean;
}

export async function abandon(cx: Cx, system: string, { yes, output }: AbandonOptions): Promise<Exit> {
  return withInstallation(cx, async ({ calls, objects }) => {
    for await (const [first] of objects.heads({ keys: [`ExternalSystem/-/${system}`] }))
      if (first) throw declared(system);
    const store: Abandoning = openAbandoning(calls);
    const left = await store.remains(system);
    if (left.objects === 0) {
      cx.io.err(`Nothing is remembered in ${system}.`);
      return EXIT.ok;
    }
    cx.io.err(`${words(left)} in ${system}: whatever stands there stays there, and nobody will take it away.`);
    if (!yes && !(await cx.io.confirm("Forget it?", cx.signal))) {
      cx.io.err("Nothing was forgotten.");
      return EXIT.ok;
    }
    const gone = await store.abandon(system, whoAmI(), Date.now());
    await print(cx.io, output, { system, by: whoAmI(), ...gone }, () => `Forgotten: ${words(gone)} in ${system}.`);
    return EXIT.ok;
  });
}

const words = ({ objects, owners, live }: Remains): string =>
  `${count(objects, "object")} of ${count(owners, "owner")}, ${live} of them in service as far as is known,`;
const declared = (system: string): CliError =>
  new CliError(
    `ExternalSystem ${system} is declared; nothing was forgotten`,
    "take it out of the declarations first: what is declared would be made anew",
    EXIT.failed,
  );
