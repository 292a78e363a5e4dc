/** `lastmile erase`: the personal data of one who has left. */
import { openErasing } from "../../store/erasing.ts";
import { asking, findSubscriber } from "../declared-objects.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { print } from "../output.ts";
import { count } from "../render/problems.ts";
import { withInstallation } from "../session.ts";
import type { SubscriberOptions } from "./explain.ts";
import { whoAmI } from "./secret.ts";

export interface EraseOptions extends Omit<SubscriberOptions, "source"> {
  readonly yes?: boolean;
}

export async function erase(cx: Cx, subscriber: string, { namespace, yes, output }: EraseOptions): Promise<Exit> {
  return withInstallation(cx, async (installation) => {
    const { calls, store, objects } = installation;
    const known = await findSubscriber(asking(installation), subscriber, namespace);
    const { key, deletedAt } = known.row;
    const name = `${known.namespace}/${known.name}`;
    if (deletedAt === undefined) throw declared(name);
    if ((await objects.archived([key])).get(key)?.erasedAt !== undefined) {
      cx.io.err(`The personal data of ${name} is erased already.`);
      return EXIT.ok;
    }
    const [entries = []] = await store.entries([known.owner], Date.now());
    if (entries.some((e) => !e.shelved)) throw inService(name);
    if (!yes && !(await agreed(cx, name, entries.length))) return EXIT.ok;
    const erasing = openErasing(calls);
    const now = Date.now();
    const asked = await erasing.ask({ key, owner: known.owner }, whoAmI(), now);
    if (!asked) throw declared(name);
    const due = (await erasing.due([], NOBODY)).filter((d) => asked.keys.includes(d.key));
    const erased = await erasing.erase(due, now);
    const data = { subscriber: name, by: whoAmI(), erased, stillInSystems: asked.left };
    const done = erased.includes(key);
    await print(cx.io, output, data, () => (done ? doneWords(name, erased) : waitingWords(name, asked.left)));
    return done ? EXIT.ok : EXIT.held;
  });
}
/** Nobody's retention is over for this command's sake. */
const NOBODY = 0;

async function agreed({ io, signal }: Cx, name: string, kept: number): Promise<boolean> {
  const also =
    kept > 0 ? ` ${count(kept, "object")} in the systems that would come back with it are removed for good.` : "";
  io.err(`${name} can come back as a new subscriber only.${also}`);
  const yes = await io.confirm("Erase the personal data?", signal);
  if (!yes) io.err("Nothing was erased.");
  return yes === true;
}

const doneWords = (name: string, erased: readonly string[]): string =>
  `Erased: the personal data of ${name} (${erased.join(", ")}).`;
function waitingWords(name: string, left: number): string {
  const waits = left > 0 ? `${count(left, "object")} in the systems` : "what it holds in the store";
  return `Asked for ${name}: ${waits} must be removed first. A controller that runs does that, and erases, within minutes.`;
}

const declared = (name: string): CliError =>
  new CliError(
    `Subscriber ${name} is declared; nothing was erased`,
    "take it out of the declarations first, or only its personal data: every field of customer but id may be left out",
    EXIT.failed,
  );
const inService = (name: string): CliError =>
  new CliError(
    `something of ${name} is still in service; nothing was erased`,
    "`lastmile explain` says what holds it; when everything is retired, ask again",
    EXIT.failed,
  );
