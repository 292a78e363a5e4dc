/** Pure: what of a subscriber counts at a moment, and what comes next. What is declared is never written. */
import type { Subscriber, SubscriberSchedule } from "../api/types.generated.ts";

type Spec = Subscriber["spec"];
/** From one moment to the next the same counts. */
export interface Stage {
  /** Epoch milliseconds; minus infinity: as declared. */
  readonly from: number;
  readonly spec: Spec;
  /** Index in `spec.schedule`; undefined: as declared, or a suspension that has ended. */
  readonly entry: number | undefined;
}
/** A change in words: `plan fiber-1g`. */
export interface Turn {
  readonly at: number;
  readonly change: string;
}
export interface Timing {
  /** The last one that counts. */
  readonly applied: Turn | undefined;
  readonly next: Turn | undefined;
}

/** All stages in the order of time, one at a moment at most: where an entry meets the end of a suspension, it has the last word. */
export function stagesOf(spec: Spec): readonly Stage[] {
  let last: Stage = { from: Number.NEGATIVE_INFINITY, spec, entry: undefined };
  const stages = [last];
  const add = (stage: Stage): void => {
    if (stage.from === last.from) stages.pop();
    stages.push(stage);
    last = stage;
  };
  for (const { at, set, entry } of inOrder(spec.schedule)) {
    const end = resumeOf(last);
    if (end !== undefined && end <= at) add({ from: end, spec: resumed(last.spec), entry: undefined });
    add({ from: at, spec: changed(last.spec, set), entry });
  }
  const end = resumeOf(last);
  if (end !== undefined) add({ from: end, spec: resumed(last.spec), entry: undefined });
  return stages;
}

/** Also of entries that have passed before anybody saw them: the last word of each field counts. */
export function specAt(spec: Spec, now: number): Spec {
  return stageAt(stagesOf(spec), now)?.spec ?? spec;
}

/** undefined: time changes nothing of it, before or after. */
export function timingAt(spec: Spec, now: number): Timing | undefined {
  const stages = stagesOf(spec);
  const turns = stages.flatMap((stage, n) => {
    const before = stages[n - 1];
    return before ? [{ at: stage.from, change: inWords(before.spec, stage.spec) }] : [];
  });
  if (turns.length === 0) return undefined;
  return { applied: turns.findLast((t) => t.at <= now), next: turns.find((t) => t.at > now) };
}

const stageAt = (stages: readonly Stage[], now: number): Stage | undefined => stages.findLast((s) => s.from <= now);

interface Entry {
  readonly at: number;
  readonly set: SubscriberSchedule["set"];
  readonly entry: number;
}
/** By the instant, whatever offset it is written with; two at one instant are refused before, and here have an order too. */
const inOrder = (schedule: Spec["schedule"] = []): readonly Entry[] =>
  schedule
    .map(({ at, set }, entry) => ({ at: Date.parse(at), set, entry }))
    .toSorted((a, b) => a.at - b.at || (JSON.stringify(a.set) < JSON.stringify(b.set) ? -1 : 1));

/** A suspension that ends before it begins is over at once. */
function resumeOf({ from, spec }: Stage): number | undefined {
  const { resumeAt } = spec.suspension ?? {};
  if (spec.serviceState !== "Suspended" || resumeAt === undefined) return undefined;
  return Math.max(from, Date.parse(resumeAt));
}
function resumed({ suspension: _, ...spec }: Spec): Spec {
  return { ...spec, serviceState: "Active" };
}

function changed(spec: Spec, { serviceState, suspension, ...set }: Entry["set"]): Spec {
  const { networkProfile, ...rest } = spec;
  // A profile that is named takes the place of the one that is written in the subscriber.
  const kept = set.networkProfileRef || networkProfile === undefined ? rest : spec;
  const next = { ...kept, ...set };
  if (serviceState === undefined) return next;
  const { suspension: _, ...free } = next;
  return { ...free, serviceState, ...(suspension && { suspension }) };
}

function inWords(before: Spec, after: Spec): string {
  const words = [
    ...(before.planRef?.name === after.planRef?.name ? [] : [`plan ${after.planRef?.name}`]),
    ...(before.networkProfileRef?.name === after.networkProfileRef?.name
      ? []
      : [`network profile ${after.networkProfileRef?.name}`]),
    ...stateInWords(before, after),
  ];
  return words.join(", ") || "nothing changes";
}
function stateInWords(before: Spec, { serviceState, suspension }: Spec): readonly string[] {
  if (serviceState === before.serviceState && suspension?.reason === before.suspension?.reason) return [];
  if (serviceState === "Active") return [before.serviceState === "Suspended" ? "resumed" : "active"];
  return [serviceState === "Suspended" ? `suspended (${suspension?.reason})` : "terminated"];
}
