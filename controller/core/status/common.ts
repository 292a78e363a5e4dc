/** The conditions that every reconciled object has. */
import type { Change } from "../model.ts";
import { refKey } from "../model.ts";
import { type Cause, conditionOf, partOf, SESSIONS, type StatusInput } from "./causes.ts";
import { type Conditioned, type Draft, plain } from "./conditions.ts";
import { type ReasonCode, reasonOf } from "./reasons.ts";

type Input = StatusInput<Conditioned>;

/**
 * Ready, Reconciling and Stalled as kstatus reads them: the last two are never both true, and a person who must act comes
 * before a retry that goes on beside.
 * @param seen whether anything was looked at yet.
 * @param done the reason of Ready when nothing is left to do.
 */
export function progress(causes: readonly Cause[], seen: boolean, done: ReasonCode): readonly Draft[] {
  const [first] = causes;
  if (!first)
    return [plain("Ready", "True", done), plain("Reconciling", "False", "Idle"), plain("Stalled", "False", "Idle")];
  const { mover } = reasonOf(first.reason);
  // Everything that can be done now is done (kstatus: Current); who waits for a device or a visit waits for nobody here.
  if (mover === "device" && seen)
    return [
      { type: "Ready", status: "True", ...told(causes) },
      plain("Reconciling", "False", "Idle"),
      plain("Stalled", "False", "Idle"),
    ];
  const person = mover === "person";
  const unknown = !seen && !person;
  const ready: Draft = { type: "Ready", status: unknown ? "Unknown" : "False", ...told(causes) };
  if (person)
    return [ready, plain("Reconciling", "False", "AwaitingPerson"), { ...ready, type: "Stalled", status: "True" }];
  return [ready, { ...ready, type: "Reconciling", status: "True" }, plain("Stalled", "False", "Progressing")];
}

const SHOWN = 8;
/** The gravest reason; what all of them say. */
export function told(causes: readonly Cause[]): Pick<Draft, "reason" | "message"> {
  const words = [...new Set(causes.map((c) => c.message))];
  const rest = words.length > SHOWN ? ["and others"] : [];
  return { reason: causes[0]?.reason ?? "Progressing", message: [...words.slice(0, SHOWN), ...rest].join("; ") };
}

/** Whether what is there is what is declared, as last seen. Names fields, never values. */
export function inSync(input: Input, causes: readonly Cause[]): Draft {
  const type = "InSync";
  const different = (input.report?.plan.changes ?? []).filter((c) => c.action !== "none" || c.waiting);
  if (different.length > 0) {
    const words = different.slice(0, SHOWN).map(difference);
    if (different.length > SHOWN) words.push("and others");
    return { type, status: "False", reason: "Drifted", message: words.join("; ") };
  }
  return causes.length > 0 ? { type, status: "Unknown", ...told(causes) } : plain(type, "True", "Converged");
}
function difference(c: Change): string {
  const action = c.action === "none" ? "update" : c.action;
  const changed = [...c.fields, ...(c.waiting?.fields ?? [])].map((f) => f.field);
  return `${refKey(c.ref)}: ${action}${action === "update" ? ` ${changed.join(", ")}` : ""}`;
}

/** One condition for each type of system that the tenant has bound, or that still holds something. */
export function perSystem(input: Input, causes: readonly Cause[]): readonly Draft[] {
  const used = (input.report?.plan.changes ?? []).map((c) => partOf(c.ref, input));
  const troubled = causes.flatMap((c) => c.system ?? []);
  return ofTypes([...input.systems.values(), ...used, ...troubled], causes, input.report !== undefined, (type) =>
    type === SESSIONS ? "SessionsCurrent" : used.includes(type) ? "Converged" : "NothingWanted",
  );
}
/** @param causes the gravest first; those without a system concern all of them. */
export function ofTypes(
  types: readonly string[],
  causes: readonly Cause[],
  seen = true,
  done: (type: string) => ReasonCode = () => "Converged",
): readonly Draft[] {
  return [...new Set(types)].sort().map((type) => {
    const own = causes.filter((c) => c.system === undefined || c.system === type);
    if (own.length === 0) return plain(conditionOf(type), "True", done(type));
    const unknown = !seen && own.every((c) => reasonOf(c.reason).mover !== "person");
    return { type: conditionOf(type), status: unknown ? "Unknown" : "False", ...told(own) };
  });
}

/** Only where there are any: remarks hold nothing. */
export function remarks({ warnings }: Pick<Input, "warnings">): readonly Draft[] {
  const [first] = warnings;
  if (!first) return [];
  return [
    { type: "Warnings", status: "True", reason: first.reason, message: warnings.map((w) => w.message).join("; ") },
  ];
}
