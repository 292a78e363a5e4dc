/** A plan as text: what, why, before → after, what is held and how to release it. Pure. */
import type { Impact } from "../../core/model.ts";
import type { Paint, Style } from "../io.ts";
import {
  type ChangeView,
  type FieldView,
  isEmpty,
  type PlanView,
  type ScheduledView,
  type StepView,
  type SubjectView,
  type Summary,
} from "../plan-view.ts";

const SYMBOLS: Readonly<Record<ChangeView["action"], readonly [symbol: string, style: Style]>> = {
  none: [" ", "dim"],
  create: ["+", "green"],
  adopt: ["~", "yellow"],
  update: ["~", "yellow"],
  restore: ["^", "cyan"],
  retire: ["-", "red"],
  destroy: ["-", "red"],
};
const IMPACTS: Readonly<Record<Impact, string>> = {
  retire: "the customer loses service",
  suspend: "the customer is suspended",
  disrupt: "interrupts the customer",
};

export function planText(view: PlanView, paint: Paint): string {
  const scheduled = view.scheduled.length > 0 ? [scheduledText(view.scheduled, paint)] : [];
  if (isEmpty(view)) return ["Nothing to do: what is there is what is declared.", ...scheduled].join("\n\n");
  const unseen = manyUnseen(view.subjects);
  const lost = new Set([...unseen.values()].flat());
  const blocks = view.subjects.filter((s) => !lost.has(s)).map((s) => subjectText(s, paint));
  for (const [words, subjects] of unseen) blocks.push(unseenText(words, subjects, paint));
  for (const s of view.steps ?? []) blocks.push(stepText(s));
  const legend = paint("dim", "+ create   ~ change   - retire   ^ restore");
  return [legend, ...blocks, ...scheduled, summaryText(view, paint)].join("\n\n");
}

/** What comes by itself, later. */
function scheduledText(all: readonly ScheduledView[], paint: Paint): string {
  const shown = all.slice(0, SOON).map((s) => `  ${s.at}  ${s.namespace}/${s.name}: ${s.change}`);
  const rest = all.length > SOON ? [`  … and ${all.length - SOON} more; -o json shows all`] : [];
  return [paint("bold", "Scheduled next"), ...shown, ...rest].join("\n");
}
const SOON = 10;
export const stepText = ({ namespace, name, subscribers, of }: StepView): string =>
  `ServicePlan ${namespace}/${name} reaches its subscribers step by step: ${subscribers} of ${of} now, and the others later.`;

/** A system that is down hides all of its subjects: more of them than this are told at once. */
const FEW = 3;
/** By what is wrong: those of whom nothing else is known. */
function manyUnseen(subjects: readonly SubjectView[]): ReadonlyMap<string, readonly SubjectView[]> {
  const only = subjects.filter((s) => s.faults.length > 0 && s.changes.length + s.blocked.length === 0);
  const wrong = (s: SubjectView): string =>
    [...new Set(s.faults.map((f) => `${f.ref.split("/", 1)[0]}: ${f.message}\n    ${f.remedy}`))].join("\n  ");
  return new Map([...Map.groupBy(only, wrong)].filter(([, many]) => many.length > FEW));
}
function unseenText(words: string, subjects: readonly SubjectView[], paint: Paint): string {
  const names = subjects.slice(0, FEW).map((s) => `${s.kind} ${s.namespace}/${s.name}`);
  const title = `${names.join(", ")} and ${subjects.length - FEW} more`;
  const codes = [...new Set(subjects.flatMap((s) => s.faults.map((f) => f.code)))].join(", ");
  return `${title}\n  ${paint("yellow", `not seen: ${codes}`)}: ${words}`;
}

export function subjectText(s: SubjectView, paint: Paint): string {
  const title = `${s.kind} ${paint("bold", `${s.namespace}/${s.name}`)}`;
  const lines = [s.declaredIn ? `${title}  ${paint("dim", s.declaredIn)}` : title];
  for (const words of reasons(s)) lines.push(`  because ${words}`);
  for (const b of s.blocked) lines.push(...held(paint, "  ", b.reason, b.message, b.remedy));
  for (const f of s.faults) lines.push(...held(paint, "  ", f.code, `${f.ref}: ${f.message}`, f.remedy, "not seen"));
  for (const c of s.changes) lines.push(...changeLines(c, paint));
  return lines.join("\n");
}

/** Nothing was declared differently now: then the system was changed, or an older edit still waits. */
function reasons(s: SubjectView): readonly string[] {
  if (s.because.length > 0) return s.because;
  const actions = new Set(s.changes.map((c) => c.action));
  const drift = s.changes.some((c) => c.fields.some((f) => f.drift));
  if (drift) return ["it was changed in the system (drift)"];
  if (actions.has("update")) return ["it was declared before, and is not carried out yet"];
  if (actions.has("create")) return ["it is declared and not there"];
  if (actions.has("retire")) return ["nothing wants it any more"];
  if (actions.has("destroy")) return ["its retention is over"];
  return [];
}

function changeLines(c: ChangeView, paint: Paint): readonly string[] {
  const [symbol, style] = SYMBOLS[c.action];
  const impact = c.impact ? `: ${IMPACTS[c.impact]}` : "";
  const by = c.by ? paint("dim", `, changed by ${c.by.name} at ${c.by.at.slice(0, 19)}Z`) : "";
  const after = c.after ? paint("dim", `, after ${c.after}`) : "";
  const width = Math.max(0, ...c.fields.map((f) => f.field.length));
  return [
    `  ${paint(style, symbol)} ${c.ref}  ${paint(style, c.action === "none" ? "" : c.action)}${impact}${by}${after}`.trimEnd(),
    ...c.fields.map((f) => `      ${fieldText(f, width, c.action, paint)}`),
    ...(c.hold ? held(paint, "      ", c.hold.code, c.hold.message, c.hold.release) : []),
  ];
}

function fieldText({ field, before, after, drift }: FieldView, width: number, action: string, paint: Paint): string {
  const name = field.padEnd(width);
  if (action === "create") return `${name}  ${after}`;
  const arrow = `${name}  ${before === "" ? "(none)" : before} ${paint("dim", "→")} ${after === "" ? "(none)" : after}`;
  return drift ? `${arrow}  ${paint("magenta", "(drift)")}` : arrow;
}

function held(paint: Paint, indent: string, code: string, message: string, remedy: string, word = "held"): string[] {
  const first = `${indent}${paint("yellow", `${word}: ${code}`)}: ${message}`;
  return remedy ? [first, `${indent}  ${remedy}`] : [first];
}

export function summaryText({ summary, changeSet }: Pick<PlanView, "summary" | "changeSet">, paint: Paint): string {
  return `${paint("bold", `Plan: ${parts(summary).join(", ")}.`)} Change set ${changeSet}`;
}
export function parts(n: Summary): readonly string[] {
  const some: (readonly [number, string])[] = [
    [n.create, "to create"],
    [n.change, "to change"],
    [n.retire, "to retire"],
    [n.restore, "to restore"],
    [n.held, "held"],
    [n.unknown, "not seen"],
  ];
  return some.filter(([many]) => many > 0).map(([many, what]) => `${many} ${what}`);
}
