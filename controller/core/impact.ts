/** Pure: what a new declaration costs its customer. Known from two declarations, before anything is observed. */
import { differing, impactOf, serves } from "./diff.ts";
import {
  type FieldTable,
  type Impact,
  type Observed,
  type Ref,
  refKey,
  type Spec,
  type State,
  type Subject,
} from "./model.ts";

export function impactBetween(
  before: Subject | undefined,
  after: Subject | undefined,
  fields: (ref: Ref) => FieldTable,
): Impact | undefined {
  if (before?.owner.kind !== "Subscriber" || before.desired.length === 0) return undefined;
  if (!after || after.desired.length === 0) return "retire";
  const now = new Map(after.desired.map((d) => [refKey(d.ref), d.spec]));
  let gravest: Impact | undefined;
  for (const { ref, spec } of before.desired) {
    const next = now.get(refKey(ref));
    const rules = fields(ref);
    const impact = next ? between(rules, ref, spec, next) : serves(rules) ? "disrupt" : undefined;
    if (impact === "suspend") return "suspend";
    gravest ??= impact;
  }
  return gravest;
}

function between(rules: FieldTable, ref: Ref, before: Spec, after: Spec): Impact | undefined {
  const asSeen: Observed = { ref, id: "", token: undefined, retired: false, state: before as State, outputs: {} };
  return impactOf(rules, before, after, differing(rules, asSeen, after));
}
