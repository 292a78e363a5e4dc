/** A plan as the comment of a pull request: the same words for the same change, whenever it is asked. Pure. */
import type { LoadProblem } from "../../api/load-problem.ts";
import type { Impact } from "../../core/model.ts";
import type { BudgetUse } from "../offline/budget.ts";
import { type ChangeView, isEmpty, type PlanView, type SubjectView } from "../plan-view.ts";
import { code, markdownTable } from "./markdown-text.ts";
import { parts, stepText } from "./plan.ts";
import { count } from "./problems.ts";

export interface Comment {
  /** Commits and folder that were compared. */
  readonly between: { readonly base: string; readonly head: string; readonly folder: string };
  readonly notes: readonly string[];
  readonly view: PlanView;
  readonly budgets: readonly BudgetUse[];
}
/** By this line a workflow finds its own comment again. */
const MARK = "<!-- lastmile plan -->";
/** Characters: GitHub takes 65,536. */
const MOST = 60_000;
const PROBLEMS = 50;
const SPAN = 300;

const IMPACTS: Readonly<Record<Impact, string>> = {
  retire: "loses service",
  suspend: "is suspended",
  disrupt: "is interrupted",
};
const MANY: Readonly<Record<Impact, string>> = {
  retire: "lose service",
  suspend: "are suspended",
  disrupt: "are interrupted",
};
const GRAVITY: readonly (Impact | undefined)[] = ["retire", "suspend", "disrupt", undefined];

export function commentText({ between, notes, view, budgets }: Comment): string {
  const { summary, subjects } = view;
  const title = isEmpty(view) ? "nothing changes" : parts(summary).join(", ");
  const first = [
    MARK,
    `### Lastmile plan: ${title}`,
    scope(between),
    ...notes.map((n) => `> ${n}`),
    ...(view.steps ?? []).map((s) => `> ${stepText(s)}`),
    ...(isEmpty(view) ? [] : [customers(subjects)]),
    ...(budgets.length > 0 ? [budgetTable(budgets)] : []),
  ];
  const blocks = [...subjects].sort((a, b) => rank(a) - rank(b)).map(subjectBlock);
  return fitted(
    first,
    blocks,
    ["customer or object", "customers or objects"],
    "`lastmile plan` with `-o json` shows all",
  );
}

export function problemComment(between: Comment["between"], problems: readonly LoadProblem[]): string {
  const first = [
    MARK,
    `### Lastmile: ${count(problems.length, "problem")}, and none of this would be taken in`,
    scope(between),
  ];
  const lines = problems.slice(0, PROBLEMS).map((p) => {
    const who = [p.kind, p.name].filter(Boolean).join("/");
    const where = [`${p.file}:${p.line}:${p.column}`, who, p.path].filter(Boolean).map((w) => code(w));
    return `- ${where.join(" ")}: ${code(p.message, SPAN)}${p.remedy ? `\n  - ${code(p.remedy, SPAN)}` : ""}`;
  });
  const rest = problems.length - lines.length;
  const text = [...lines, ...(rest > 0 ? [`- … and ${rest} more`] : [])].join("\n");
  return fitted(first, [text], ["problem", "problems"], "`lastmile validate` shows all");
}

const scope = ({ base, head, folder }: Comment["between"]): string =>
  `From ${code(base.slice(0, 12))} to ${code(head.slice(0, 12))}${folder ? `, folder ${code(folder)}` : ""}. ` +
  "What was declared is compared with what would be; the systems themselves were not asked.";

/** Each customer once, by the gravest of what happens to him. */
function customers(subjects: readonly SubjectView[]): string {
  const of = subjects.filter((s) => s.kind === "Subscriber");
  if (of.length === 0) return "**No customer is concerned.**";
  const costs = GRAVITY.flatMap((impact) => {
    const n = impact === undefined ? 0 : of.filter((s) => gravest(s) === impact).length;
    return impact !== undefined && n > 0 ? [`${n} ${n === 1 ? IMPACTS[impact] : MANY[impact]}`] : [];
  });
  const held = of.filter(isHeld).length;
  const words = [...costs, ...(held > 0 ? [`${held} held`] : [])];
  return `**${count(of.length, "customer")} concerned${words.length > 0 ? `: ${words.join(", ")}` : ", none of them loses anything"}.**`;
}
const gravest = (s: SubjectView): Impact | undefined => GRAVITY.find((i) => s.changes.some((c) => c.impact === i));
const isHeld = (s: SubjectView): boolean => s.blocked.length > 0 || s.changes.some((c) => c.hold);
const rank = (s: SubjectView): number => GRAVITY.indexOf(gravest(s)) * 2 + (isHeld(s) ? 0 : 1);

function budgetTable(budgets: readonly BudgetUse[]): string {
  const rows = budgets.map((b) => [
    code(b.tenant),
    IMPACTS[b.impact],
    String(b.customers),
    `${b.allowed} of ${b.live}`,
    b.customers > b.allowed ? "**held, all of it**" : "fits",
  ]);
  const head = ["tenant", "customer", "this change", "allowed in one window", ""];
  return `${markdownTable(head, rows)}\n\nIf nothing else used the budget; what is left of it is known where Lastmile runs.`;
}

function subjectBlock(s: SubjectView): string {
  const impact = gravest(s);
  const cost = impact === undefined || s.kind !== "Subscriber" ? "" : ` – **${IMPACTS[impact]}**`;
  const title = `#### ${code(`${s.kind} ${s.namespace}/${s.name}`)}${cost}`;
  const because = s.because.map((b) => `because ${code(b, SPAN)}`).join("  \n");
  const holds = [
    ...s.blocked.map((b) => holdLine(b.reason, b.message, b.remedy)),
    ...s.faults.map((f) => holdLine(f.code, `${f.ref}: ${f.message}`, f.remedy)),
    ...unique(s.changes.flatMap((c) => (c.hold ? [holdLine(c.hold.code, c.hold.message, c.hold.release)] : []))),
  ];
  const rows = s.changes.filter((c) => c.action !== "none").flatMap(changeRows);
  const table = rows.length > 0 ? markdownTable(["", "object", "field", "before", "after"], rows) : "";
  const place = s.declaredIn ? `declared in ${code(s.declaredIn)}` : "";
  return [title, [place, because].filter(Boolean).join("  \n"), holds.join("\n"), table].filter(Boolean).join("\n\n");
}
const unique = (lines: readonly string[]): readonly string[] => [...new Set(lines)];
const holdLine = (reason: string, message: string, remedy: string): string =>
  `- held: ${code(reason)} ${code(message, SPAN)}${remedy ? `\n  - ${code(remedy, SPAN)}` : ""}`;

function changeRows({ action, ref, fields, hold }: ChangeView): readonly (readonly string[])[] {
  const what = hold ? `${action} (held)` : action;
  if (fields.length === 0) return [[what, code(ref), "", "", ""]];
  // Of what is made all fields are new: one line tells them.
  if (action === "create")
    return [[what, code(ref), "", "", code(fields.map((f) => `${f.field} ${f.after}`).join(", "), SPAN)]];
  return fields.map((f, n) => [
    n === 0 ? what : "",
    n === 0 ? code(ref) : "",
    code(f.field),
    code(f.before),
    code(f.after),
  ]);
}

/** As many blocks as there is room for, the gravest first. */
function fitted(
  first: readonly string[],
  blocks: readonly string[],
  [one, many]: readonly [string, string],
  where: string,
): string {
  let text = first.join("\n\n");
  for (const [n, block] of blocks.entries()) {
    if (text.length + block.length > MOST)
      return `${text}\n\n… and ${count(blocks.length - n, one, many)} more; ${where}.`;
    text += `\n\n${block}`;
  }
  return text;
}
