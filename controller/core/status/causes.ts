/** Why something is not as declared: one list from blockers, holds, faults and open work, the gravest first. */
import type { Condition } from "../../api/types.generated.ts";
import {
  type Blocker,
  type Change,
  type Facts,
  type FaultKind,
  type Hold,
  type Plan,
  parseRef,
  type Ref,
  type RefKey,
  refKey,
} from "../model.ts";
import type { Known } from "../plan.ts";
import type { Warning } from "../resolve/findings.ts";
import { asReason, REASONS, type ReasonCode, reasonOf } from "./reasons.ts";

/** The part of a fault that people may see. `message` and `remedy` are free of secrets. */
export interface FaultView {
  readonly kind: FaultKind;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}
/** What one run of the engine found and did. */
export interface RunView {
  readonly plan: Plan;
  readonly settled: boolean;
  readonly faults: ReadonlyMap<RefKey, FaultView>;
  /** What the systems chose. */
  readonly known: Known;
  /** What the objects tell people. */
  readonly facts: ReadonlyMap<RefKey, Facts>;
  /** Whether the object was once as it should be. */
  readonly placed: (ref: RefKey) => boolean;
  /** Whether the object was there before it was ours. */
  readonly adopted: (ref: RefKey) => boolean;
}
export interface StatusInput<Status> {
  /** `metadata.generation`; undefined where the source has none. */
  readonly generation: number | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What was written last. Read for transition times, and for a fault whose retry is still to come. */
  readonly previous: Status | undefined;
  readonly blocked: readonly Blocker[];
  readonly warnings: readonly Warning[];
  /** undefined: it has not run yet. */
  readonly report: RunView | undefined;
  /** The endpoints that the tenant has bound, with their types: `radius-acme` → `RADIUS`. */
  readonly systems: ReadonlyMap<string, string>;
}
export interface Cause {
  readonly reason: string;
  readonly message: string;
  /** Type of the system; undefined: it concerns all of them. */
  readonly system: string | undefined;
}

type Input = StatusInput<{ readonly conditions?: readonly Condition[] }>;

/** Empty only for what ran, settled, and was neither blocked nor at fault: silence is never success. */
export function causesOf(input: Input): readonly Cause[] {
  const { blocked, report } = input;
  const found: Cause[] = blocked.map((b) => ({ reason: asReason(b.reason), message: b.message, system: undefined }));
  if (report) {
    for (const [ref, fault] of inPlanOrder(report)) found.push(ofFault(ref, fault, input));
    for (const change of report.plan.changes) found.push(...ofChange(change, report, input));
  }
  if (found.length === 0 && !report?.settled) found.push(open(report ? "Progressing" : "NotObserved"));
  return gravest(found);
}

/** Answers come as they come; what is told first must not change with them. */
function inPlanOrder({ faults, plan }: RunView): readonly (readonly [RefKey, FaultView])[] {
  const place = new Map(plan.changes.map((c, n) => [refKey(c.ref), n]));
  const of = (ref: RefKey): number => place.get(ref) ?? plan.changes.length;
  return [...faults].sort(([a], [b]) => of(a) - of(b) || (a < b ? -1 : 1));
}

const KINDS: Readonly<Record<FaultView["kind"], ReasonCode>> = {
  Transient: "Unavailable",
  RateLimited: "RateLimited",
  Conflict: "Conflict",
  Rejected: "Rejected",
  Forbidden: "Denied",
  Unknown: "OutcomeUnknown",
  Waiting: "AwaitingDevice",
};
/** A code of the table speaks for itself; a code on the wire, such as a SQLSTATE, by its kind. */
export const faultReason = ({ code, kind }: FaultView): string => (Object.hasOwn(REASONS, code) ? code : KINDS[kind]);
export const faultText = (f: FaultView): string => {
  const remedy = f.remedy || reasonOf(faultReason(f)).remedy;
  return f.message.includes(remedy) ? f.message : `${f.message}; ${remedy}`;
};

const ofFault = (ref: RefKey, fault: FaultView, input: Input): Cause => ({
  reason: faultReason(fault),
  message: `${ref}: ${faultText(fault)}`,
  system: partOf(parseRef(ref), input),
});

function ofChange(c: Change, report: RunView, input: Input): readonly Cause[] {
  const key = refKey(c.ref);
  const system = partOf(c.ref, input);
  if (report.faults.has(key)) return [];
  const waiting = c.waiting ? [held(c.waiting.hold, key, system)] : [];
  return [...ofWhole(c, key, system, input), ...waiting];
}
const held = ({ code, message }: Hold, key: RefKey, system: string): Cause => ({
  reason: code,
  message: `${key}: ${message}; ${reasonOf(code).remedy}`,
  system,
});

function ofWhole(c: Change, key: RefKey, system: string, input: Input): readonly Cause[] {
  if (awaits(c, input)) return []; // the device is told of once, where it is missing
  if (!c.hold) return c.action === "none" ? [] : [{ ...open("Progressing"), system }];
  if (c.hold.code !== "Blocked") return [held(c.hold, key, system)];
  if (input.blocked.length > 0) return [];
  return [c.action === "none" ? unseen(key, system, input) : held(c.hold, key, system)];
}

/** What it comes after, however far away, waits for a device. */
function awaits({ after }: Change, input: Input, seen: ReadonlySet<RefKey> = new Set()): boolean {
  return after.some((key) => {
    if (seen.has(key)) return false;
    if (input.report?.faults.get(key)?.kind === "Waiting") return true;
    const maker = input.report?.plan.changes.find((c) => refKey(c.ref) === key);
    return maker !== undefined && awaits(maker, input, new Set([...seen, key]));
  });
}

/**
 * While a retry is still to come nothing new is known: what was wrong stands, or the text would change with each try. Only
 * where the old words speak of nothing that was seen since.
 */
function unseen(key: RefKey, system: string, input: Input): Cause {
  const before = input.previous?.conditions?.find((c) => c.type === conditionOf(system));
  const changes = (input.report?.plan.changes ?? []).filter((c) => partOf(c.ref, input) === system);
  const named = changes.filter((c) => before?.message.includes(`${refKey(c.ref)}: `));
  const alone = changes.every((c) => refKey(c.ref) === key) && reasonOf(before?.reason ?? "").group === "fault";
  const stands = alone || (named.length > 0 && named.every((c) => isUnseen(c, input)));
  if (stands && before?.status === "False" && REASONS[before.reason as ReasonCode]?.group !== "work")
    return { reason: before.reason, message: before.message, system };
  return { reason: "NotObserved", message: `${key}: ${REASONS.NotObserved.means}`, system };
}
const isUnseen = (c: Change, { report }: Input): boolean =>
  c.action === "none" && c.hold?.code === "Blocked" && !report?.faults.has(refKey(c.ref));

const open = (reason: "Progressing" | "NotObserved"): Cause => ({
  reason,
  message: REASONS[reason].means,
  system: undefined,
});

/** `RADIUSReady`: the name that `policies.activation.require` knows. */
export const conditionOf = (type: string): string => (type === SESSIONS ? "SessionsUpdated" : `${type}Ready`);
/** An endpoint that is not declared any more still has a place where its troubles are shown. */
const typeOf = (endpoint: string, { systems }: Pick<Input, "systems">): string => systems.get(endpoint) ?? "System";

/** Rows that are as declared are not yet what a session runs on: that has a condition of its own. */
export const SESSIONS = "Sessions";
export const partOf = (ref: Ref, input: Pick<Input, "systems">): string =>
  typeOf(ref.system, input) === "RADIUS" && ref.resource === "session" ? SESSIONS : typeOf(ref.system, input);

const RANK = { person: 0, lastmile: 1, device: 2, nobody: 3 } as const;
const rank = ({ reason }: Cause): number => RANK[reasonOf(reason).mover];

/** Each once; what a person must do first, otherwise as they were found, which is the plan's order. */
export function gravest(causes: readonly Cause[]): readonly Cause[] {
  const distinct = new Map(causes.map((c) => [`${c.reason}|${c.system}|${c.message}`, c]));
  return [...distinct.values()].sort((a, b) => rank(a) - rank(b));
}
