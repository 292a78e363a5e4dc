/** Text of others inside of markdown: nothing in it is markup, a link, a mention or a line of its own. Pure. */
import { visible } from "../io.ts";

const MOST = 200;

/** As a code span: the only place where neither GitHub nor GitLab read markup, HTML, references or mentions. */
export function code(text: string, most = MOST): string {
  // A bar would end a cell of a table, also inside of code.
  const line = visible(text, false).replaceAll("\n", "\\n").replaceAll("\t", " ").replaceAll("|", "\\u007c");
  const short = line.length > most ? `${line.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…` : line;
  if (short.trim() === "") return "–";
  const runs = short.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(0, ...runs.map((r) => r.length)) + 1);
  const edge = /^`|`$|^ .* $/.test(short) ? " " : "";
  return `${fence}${edge}${short}${edge}${fence}`;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}
