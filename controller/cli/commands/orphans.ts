/** `lastmile orphans`: what carries our marker, and nobody declares or remembers. With a path, as it would be declared. */
import { objectKeyOf } from "../../core/compose.ts";
import { type Facts, type Observed, refKey } from "../../core/model.ts";
import { shown } from "../because.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import { readUpdate, tellProblems } from "../planning.ts";
import { table } from "../render/table.ts";
import { withController } from "../session.ts";

export interface OrphansOptions extends OutputOption {
  /** Tenants that nobody declares any more. */
  readonly tenant?: readonly string[];
}

export async function orphans(
  cx: Cx,
  path: string | undefined,
  { tenant = [], output }: OrphansOptions,
): Promise<Exit> {
  const read = path === undefined ? undefined : await readUpdate(path, cx);
  if (read?.ok === false) {
    tellProblems(cx.io, read.problems);
    return EXIT.invalid;
  }
  return withController(
    cx,
    async (controller) => {
      if (!read && [...controller.declared.systems()].length === 0) throw nowhere();
      cx.io.progress("looking for our marks in every system …");
      const found = await controller.orphans(read?.update, { tenants: tenant, signal: cx.signal });
      cx.io.progress(undefined);
      const strangers = found.unclaimed.map(strangerOf).sort((a, b) => (a.object < b.object ? -1 : 1));
      const rows = found.marked.map(({ owner, observed, declared }) => ({
        object: refKey(observed.ref),
        owner: shown(objectKeyOf(owner)),
        state: observed.retired ? ("retired" as const) : ("in service" as const),
        declared,
      }));
      await print(cx.io, output, { orphans: rows, unclaimed: strangers }, () =>
        [rows.length === 0 ? NONE : [tableOf(rows), HOW].join("\n\n"), ...unclaimedText(strangers)].join("\n\n"),
      );
      return rows.length === 0 ? EXIT.ok : EXIT.changes;
    },
    { at: path },
  );
}

/** As after `recover`: it leaves what is declared to the next `apply`. */
const nowhere = (): CliError =>
  new CliError(
    "the store holds no ExternalSystem, so there is no system to look through",
    "name the declarations: lastmile orphans PATH",
    EXIT.failed,
  );
const NONE = "No orphans: everything that carries our mark is declared, or is remembered until its retention ends.";
const HOW = `To keep one: declare its owner again under the same name; what carries its mark is taken back as it is.
To remove them: \`lastmile recover PATH --withdraw\` remembers them, and the next run retires them within the budget.`;

interface Row {
  readonly object: string;
  readonly owner: string;
  readonly state: "retired" | "in service";
  readonly declared: boolean;
}
const tableOf = (rows: readonly Row[]): string =>
  table(
    ["object", "owner", "state", "owner declared"],
    rows.map((r) => [r.object, r.owner, r.state, r.declared ? "yes, and wants no such object" : "no"]),
  );

interface Stranger {
  readonly object: string;
  readonly facts: Facts;
}
const strangerOf = ({ ref, facts = {} }: Observed): Stranger => ({ object: refKey(ref), facts });
/** Where people look for the device. */
const PLACE = ["olt", "ponPort", "connectState", "reason"] as const;
function unclaimedText(all: readonly Stranger[]): readonly string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ object, facts }) => [object, ...PLACE.map((name) => String(facts[name] ?? ""))]);
  return [table(["claimed by nobody", "OLT", "PON", "state", "reason"], rows), LEFT];
}
const LEFT = "These are left alone. To serve one, declare its serial number in the onu of a subscriber.";
