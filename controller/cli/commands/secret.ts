/** `lastmile secret show`: the only way in which a secret leaves the program. Each use is in the history. */

import { userInfo } from "node:os";
import { MADE_PASSWORD } from "../../core/resolve/account.ts";
import type { Sensitive } from "../../core/sensitive.ts";
import type { Controller } from "../../engine/controller.ts";
import type { Installation } from "../../main.ts";
import { asking, findSubscriber, type Known } from "../declared-objects.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { withController } from "../session.ts";

/** The name under which a password that Lastmile made is kept. */

export async function showSecret(
  cx: Cx,
  subscriber: string,
  { namespace }: { readonly namespace?: string },
): Promise<Exit> {
  return withController(cx, async (controller, installation) => {
    const known = await findSubscriber(asking(installation), subscriber, namespace);
    const password = await passwordOf(known, controller, installation);
    // Before it is shown: what cannot be written down is not shown.
    await installation.store.audit([
      {
        owner: known.owner,
        ref: `store/secret/${MADE_PASSWORD}`,
        action: "show",
        changes: [],
        planId: "",
        outcome: "Done",
        at: Date.now(),
        by: { author: whoAmI() },
      },
    ]);
    cx.io.out(password.reveal());
    return EXIT.ok;
  });
}

/** In a container nobody may have given the number of the user a name. */
export function whoAmI(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}

async function passwordOf(known: Known, { declared }: Controller, { secrets }: Installation): Promise<Sensitive> {
  const kept = (await secrets.read([known.owner], MADE_PASSWORD)).get(known.owner);
  const resolution = known.row.deletedAt ? undefined : (await declared.subject(known.owner, true)).resolution;
  if (resolution?.ok === false) {
    const [first] = resolution.blockers;
    throw new CliError(
      `the password cannot be told: ${first?.message}`,
      "`lastmile explain` says what to do",
      EXIT.failed,
    );
  }
  const password = resolution ? resolution.subject.password?.value : kept;
  if (password) return password;
  throw new CliError(`${known.namespace}/${known.name} has no password`, "only PPPoE uses one", EXIT.failed);
}
