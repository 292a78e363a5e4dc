/** What is wrong with declarations: `file:line:column kind/name path: message`, the remedy below it. */
import type { LoadProblem } from "../../api/load-problem.ts";
import type { Paint } from "../io.ts";

function problemLines(p: LoadProblem, paint: Paint): string {
  const who = [p.kind, p.name].filter(Boolean).join("/");
  const where = [paint("bold", `${p.file}:${p.line}:${p.column}`), who, p.path].filter(Boolean).join(" ");
  return `${where}: ${paint("red", p.message)}${p.remedy ? `\n  ${p.remedy}` : ""}`;
}

/** Most problems of a big tree have one cause, so the first tell enough. */
const SHOWN = 50;
export function problemList(problems: readonly LoadProblem[], paint: Paint): string {
  const rest = problems.length - SHOWN;
  const shown = problems.slice(0, SHOWN).map((p) => problemLines(p, paint));
  return [...shown, ...(rest > 0 ? [`… and ${rest} more; -o json shows all`] : [])].join("\n");
}

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
