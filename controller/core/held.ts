/** Pure: what of a plan waits for a person, as it is approved, shown and remembered. */
import { awaitsApproval, type Change, type HoldCode, type Impact, type RefKey, refKey, type Subject } from "./model.ts";
import type { OwnerKey } from "./owner.ts";

export type Awaiting = Extract<HoldCode, "DestructiveLimit" | "NeedsApproval">;
export interface HeldPlan {
  readonly reason: Awaiting;
  /** The gravest. */
  readonly impact: Impact;
  /** `ref|action|id|digest of what is there`, in order. */
  readonly tuples: readonly string[];
  /** For each of them: action and object. */
  readonly said: readonly string[];
}
/** What is approved together. */
export interface HeldSet {
  /** Names exactly the tuples of these owners. */
  readonly changeSet: string;
  readonly reason: Awaiting;
  readonly impact: Impact;
  readonly subscribers: number;
  readonly changes: number;
  /** Since when the first of them has waited; epoch milliseconds. */
  readonly since: number;
  /** Of the first owners, by name. */
  readonly examples: readonly { readonly owner: OwnerKey; readonly said: readonly string[] }[];
}
export interface HeldInput {
  readonly subject: Pick<Subject, "desired" | "blocked">;
  readonly changes: readonly Change[];
  /** Whether it was looked at in this run. */
  readonly seen: (ref: RefKey) => boolean;
  /** As it was found at the last run. */
  readonly before: HeldPlan | undefined;
}
interface Item {
  readonly tuple: string;
  readonly said: string;
  readonly impact: Impact;
}
const GRAVITY: readonly Impact[] = ["disrupt", "suspend", "retire"];

/**
 * All costly changes of a subject that stand still go together, as the gate lets them. What cannot be seen now stands as it
 * was seen last: a system that is down must not give another name to what people are asked.
 */
export function heldPlan(input: HeldInput): HeldPlan | undefined {
  const { subject, changes, before } = input;
  if (subject.blocked.length > 0) return undefined;
  const asked = changes.filter(awaitsApproval);
  const unseen = before ? stillUnseen(before, input) : [];
  const limited = asked.some((c) => c.hold?.code === "DestructiveLimit");
  const reason = limited
    ? "DestructiveLimit"
    : asked.length > 0
      ? "NeedsApproval"
      : unseen.length > 0 && before?.reason;
  if (!reason) return undefined;
  const items = [...changes.filter((c) => c.hold).flatMap(itemOf), ...unseen].sort((a, b) =>
    a.tuple < b.tuple ? -1 : 1,
  );
  if (items.length === 0) return undefined;
  const impact = GRAVITY.findLast((i) => items.some((item) => item.impact === i)) ?? "disrupt";
  return { reason, impact, tuples: items.map((i) => i.tuple), said: items.map((i) => i.said) };
}

const itemOf = ({ ref, action, tuple, impact }: Change): readonly Item[] =>
  tuple !== undefined && impact ? [{ tuple, impact, said: `${action} ${refKey(ref)}` }] : [];

function stillUnseen(before: HeldPlan, { subject, changes, seen }: HeldInput): readonly Item[] {
  const wanted = new Set(subject.desired.map((d) => refKey(d.ref)));
  const hidden = changes.map((c) => refKey(c.ref)).filter((ref) => !seen(ref));
  return before.tuples.flatMap((tuple, n) => {
    const said = before.said[n] ?? "";
    // What is declared again is retired no more, whether or not its system answers.
    const ref = hidden.find((r) => said === `${wanted.has(r) ? "update" : "retire"} ${r}`);
    return ref === undefined ? [] : [{ tuple, said, impact: before.impact }];
  });
}
