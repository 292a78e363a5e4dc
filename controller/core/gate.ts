/** Pure: decides what of a plan may go on. Every refusal is a Hold that the status shows. */
import { unfollowed } from "./device.ts";
import { type Change, type Hold, type Impact, type Plan, type RefKey, refKey } from "./model.ts";

/** What may be done at an endpoint: everything, nothing but look, nothing at all, or not everything at this time. */
export type Mode = "Enforce" | "Observe" | "Paused" | Closed;
/** Outside of the maintenance windows of an endpoint. */
export interface Closed {
  /** What waits: what interrupts a customer, or everything. Suspension and the end of service interrupt nothing. */
  readonly gates: "Disruptive" | "All";
  /** Says when the next one opens. */
  readonly message: string;
}
export interface GateInput {
  /** Why everything stands still, in words; undefined: it does not. */
  readonly paused: string | undefined;
  /** The stricter of endpoint and binding. */
  readonly mode: (system: string) => Mode;
  /** The claims that another owner holds, in words; they hold everything that would be made. */
  readonly refused: readonly string[];
  /** Objects of other subjects that are wanted first and are not in place. */
  readonly missing: ReadonlyMap<RefKey, readonly RefKey[]>;
  /** Tuples that people approved. */
  readonly approved: ReadonlySet<string>;
  /** Impacts for which this subject has its place in the budget, reserved in the store. */
  readonly granted: ReadonlySet<Impact>;
}

export function gate(p: Plan, input: GateInput): Plan {
  return { ...p, changes: unfollowed(judged(p, input)) };
}
function judged(p: Plan, input: GateInput): readonly Change[] {
  const changes = judge(p, input, false);
  // What stands still for another reason, such as a closed window, needs no place and keeps nobody else from his.
  const over = changes.some((c) => c.impact && !c.approval && !c.hold && !covered(c, input));
  return over ? judge(p, input, true) : changes;
}

function judge(p: Plan, input: GateInput, over: boolean): readonly Change[] {
  const held = new Set<RefKey>();
  return p.changes.map((c) => {
    const hold =
      claimed(c, input) ?? c.hold ?? refuse(c, input) ?? waits(c, held) ?? unapproved(c, input) ?? refuseLoss(c, over);
    if (hold) held.add(refKey(c.ref));
    const judged = hold ? { ...c, hold } : c;
    return c.waiting ? { ...judged, waiting: stricter(c.waiting, c, input) } : judged;
  });
}
/** What waits says first what would keep it from being written also without waiting. */
const stricter = (waiting: NonNullable<Change["waiting"]>, c: Change, input: GateInput): typeof waiting => ({
  ...waiting,
  hold: refuse({ ...c, action: "update" }, { ...input, missing: new Map() }) ?? waiting.hold,
});

const covered = (c: Change, input: GateInput): boolean =>
  c.impact === undefined || input.granted.has(c.impact) || input.approved.has(c.tuple ?? "");

const making: ReadonlySet<Change["action"]> = new Set(["create", "adopt", "update", "restore"]);

function refuse(c: Change, input: GateInput): Hold | undefined {
  if (c.action === "none") return undefined;
  if (input.paused !== undefined) return { code: "Paused", message: input.paused };
  const mode = input.mode(c.ref.system);
  if (mode === "Paused") return { code: "Paused", message: `ExternalSystem ${c.ref.system} is paused` };
  if (mode === "Observe") return { code: "ObserveOnly", message: "drift is reported, not corrected" };
  if (typeof mode === "object" && (mode.gates === "All" || c.impact === "disrupt"))
    return { code: "OutsideWindow", message: mode.message };
  return making.has(c.action) ? refuseMaking(c, input) : undefined;
}

/** What stands there already is the holder's: the claim that is refused says whose, and what to do. */
const claimed = (c: Change, input: GateInput): Hold | undefined =>
  c.hold?.code === "NotOwned" && making.has(c.action) && input.refused.length > 0 ? refuse(c, input) : undefined;

function refuseMaking(c: Change, input: GateInput): Hold | undefined {
  if (input.refused.length) return { code: "IdentityConflict", message: input.refused.join("; ") };
  const missing = input.missing.get(refKey(c.ref));
  return missing?.length ? { code: "Blocked", message: `waits for ${missing.join(", ")}` } : undefined;
}

/** RADIUS and the others follow what the inventory remembers meanwhile. */
const unapproved = (c: Change, { approved }: GateInput): Hold | undefined =>
  c.approval && !approved.has(c.tuple ?? "")
    ? { code: "NeedsApproval", message: `${c.fields.map((f) => f.field).join(", ")} was changed there by somebody` }
    : undefined;

/** All or nothing: one change without a place holds every costly change of the subject, in every system. */
const refuseLoss = (c: Change, over: boolean): Hold | undefined =>
  c.impact && !c.approval && over
    ? {
        code: "DestructiveLimit",
        message: `the budget for ${c.impact} is used up: approve it, or take the change back`,
      }
    : undefined;

/** Changes come makers first, so one pass is enough. */
const waits = (c: Change, held: ReadonlySet<RefKey>): Hold | undefined => {
  const on = c.action === "none" ? undefined : c.after.find((r) => held.has(r));
  return on === undefined ? undefined : { code: "Blocked", message: `waits for ${on}` };
};
