/** Pure: what differs between an object as it is and as it should be, field by field. */
import type { FieldRule, FieldTable, Impact, Observed, Output, Scalar, Spec, Value } from "./model.ts";
import { isOutput, OTHERS, ruleOf } from "./model.ts";
import { Sensitive } from "./sensitive.ts";

/** The managed fields that differ. The engine sends exactly these, and only by the id that was seen. */
export function differing(rules: FieldTable, have: Observed | null, want: Spec): readonly string[] {
  return fieldsOf(rules, have, want).filter((field) => {
    const rule = ruleOf(rules, field);
    return rule !== undefined && differs(rule, have, have?.state[field] ?? null, want[field] ?? null);
  });
}

function differs(rule: FieldRule, object: Observed | null, have: Value, want: Value | Output): boolean {
  if (object && rule.authority === "seeded") return false;
  if (isOutput(want) && want.optional) return false;
  // What the system is to choose: before there is anything, it has chosen nothing.
  if (rule.authority === "allocated" && want === null) return false;
  return !same(rule, have, want);
}

/** Of an open table also what is there, or wanted, under a name of its own. */
function fieldsOf(rules: FieldTable, have: Observed | null, want: Spec): readonly string[] {
  const named = Object.keys(rules);
  if (!(OTHERS in rules)) return named;
  const all = new Set([...named, ...Object.keys(want), ...Object.keys(have?.state ?? {})]);
  all.delete(OTHERS);
  return [...all];
}

function same(rule: FieldRule, have: Value, want: Value | Output): boolean {
  if (have === want) return true;
  if (have === null || want === null) return false;
  if (isOutput(want)) return isOutput(have) && have.$output === want.$output && have.path === want.path;
  if (rule.equals) return rule.equals(have, want);
  if (have instanceof Sensitive || want instanceof Sensitive) return plain(have) === plain(want);
  if (typeof have === "object" || typeof want === "object") return sameSet(rule, have, want);
  return rule.normalize !== undefined && rule.normalize(have) === rule.normalize(want);
}

/** The order of a list says nothing: the wire does not keep it. */
function sameSet(rule: FieldRule, have: Scalar | readonly Scalar[], want: Scalar | readonly Scalar[]): boolean {
  if (typeof have !== "object" || typeof want !== "object" || have.length !== want.length) return false;
  const spell = (v: Scalar): string => String(rule.normalize?.(v) ?? v);
  const a = have.map(spell).sort();
  const b = want.map(spell).sort();
  return a.every((v, i) => v === b[i]);
}

const plain = (v: Value): unknown => (v instanceof Sensitive ? v.reveal() : v);

/** What writing these fields costs the customer; the gravest counts. Who is resumed had no session to interrupt. */
export function impactOf(rules: FieldTable, have: Spec, want: Spec, fields: readonly string[]): Impact | undefined {
  let impact: Impact | undefined;
  let resumed = false;
  let limited = false;
  for (const f of fields) {
    const rule: Partial<FieldRule> = ruleOf(rules, f) ?? {};
    const { suspends, disruptive } = rule;
    if (suspends === undefined) impact = disruptive && interrupts(disruptive, have[f], want[f]) ? "disrupt" : impact;
    else if (!suspendsNow(rule, want[f])) resumed ||= suspendsNow(rule, have[f]);
    else if (typeof suspends !== "function") return "suspend";
    else limited ||= !suspendsNow(rule, have[f]);
  }
  if (resumed) return undefined;
  return limited ? "suspend" : impact;
}
function suspendsNow({ suspends }: Pick<FieldRule, "suspends">, value: Spec[string] | undefined): boolean {
  if (typeof suspends !== "function") return suspends !== undefined && value === suspends;
  return value !== undefined && !isOutput(value) && suspends(value);
}

function interrupts(
  disruptive: NonNullable<FieldRule["disruptive"]>,
  have: Spec[string] | undefined,
  want: Spec[string] | undefined,
): boolean {
  if (have == null) return false;
  if (disruptive === true || isOutput(have)) return true;
  return disruptive(have, isOutput(want) ? null : (want ?? null));
}

/** Whether the loss of one such object interrupts a customer who keeps others. */
export const serves = (rules: FieldTable): boolean =>
  Object.values(rules).some((r) => r.disruptive || r.suspends !== undefined);

/** Whether that ends service until it is taken back. */
export const isSuspended = (rules: FieldTable, spec: Spec): boolean =>
  Object.entries(rules).some(([field, rule]) => suspendsNow(rule, spec[field]));
