/** `lastmile plan PATH --base REF --head REF`. */
import { settingsFrom } from "../../main.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import { isEmpty } from "../plan-view.ts";
import { tellProblems } from "../planning.ts";
import { commentText, problemComment } from "../render/markdown.ts";
import { planText } from "../render/plan.ts";
import { count } from "../render/problems.ts";
import { compare } from "./compare.ts";
import type { CompareOptions } from "./options.ts";
import { type Range, type Revisions, readRevisions } from "./revisions.ts";

export async function planBetween(
  cx: Cx,
  path: string,
  range: Range,
  { markdown = false, output }: CompareOptions & OutputOption,
): Promise<Exit> {
  const { io } = cx;
  io.progress("reading both revisions …");
  const revisions = await readRevisions(cx, path, range);
  const { base, head, folder } = revisions;
  const between = { base: base.commit, head: head.commit, folder };
  const { problems } = head.snapshot;
  // A folder that goes is a wish that no source would take for one; the text of the problem says so.
  if (problems.length > 0) {
    if (markdown) io.out(problemComment(between, problems));
    tellProblems(io, problems);
    return EXIT.invalid;
  }
  const notes = notesOf(revisions);
  const { view, budgets } = await compare(revisions, settingsFrom(cx.env, cx.cwd).installation);
  if (markdown) io.out(commentText({ between, notes, view, budgets }));
  else {
    for (const note of notes) io.err(note);
    io.err("What was declared is compared with what would be; the systems themselves were not asked.");
    await print(io, output, { ...view, between, budgets }, () => planText(view, io.paint));
  }
  return isEmpty(view) ? EXIT.ok : EXIT.changes;
}

function notesOf({ base: { snapshot } }: Revisions): readonly string[] {
  if (snapshot.declared.length === 0) return ["The base declares nothing here: everything is new."];
  const { length } = snapshot.problems;
  return length > 0 ? [`The base itself has ${count(length, "problem")}: only what is valid in it was compared.`] : [];
}
