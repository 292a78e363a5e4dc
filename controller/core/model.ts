/** The vocabulary of the core: types, their keys, and nothing else. */

import type { Fallback } from "./holding.ts";
import type { Owner, Token } from "./owner.ts";
import type { Sensitive } from "./sensitive.ts";

export type Scalar = string | number | boolean;
/** A list is an ordered set of values of one field, such as the routes of a subscriber. `null`: the field is not there. */
export type Value = Scalar | readonly Scalar[] | Sensitive | null;
export type State = Readonly<Record<string, Value>>;

/** Names one external object. `key` is ours and stable; it never comes from the external system. */
export interface Ref {
  /** The endpoint: the name of an ExternalSystem, never its type. */
  readonly system: string;
  readonly resource: string;
  readonly key: string;
}
/** `system/resource/key`. */
export type RefKey = string;
export const refKey = (r: Ref): RefKey => `${r.system}/${r.resource}/${r.key}`;
export function parseRef(key: RefKey): Ref {
  const [system = "", resource = "", ...rest] = key.split("/");
  return { system, resource, key: rest.join("/") };
}

/** A value that another object has only once it is applied ("known after apply"). */
export interface Output {
  readonly $output: RefKey;
  readonly path: string;
  /** While it is not known the field is left as it is, and nothing waits for it. */
  readonly optional?: true;
  /** What it will be: it is waited for all the same, but what differs from it is wrong at once. */
  readonly foreseen?: Scalar;
}
export const output = (ref: Ref, path: string, foreseen?: Scalar): Output => ({
  $output: refKey(ref),
  path,
  ...(foreseen !== undefined && { foreseen }),
});
export const isOutput = (v: unknown): v is Output => typeof v === "object" && v !== null && "$output" in v;
export type Outputs = Readonly<Record<string, Scalar>>;
export type Spec = Readonly<Record<string, Value | Output>>;

/** How one field is compared and shown. The table of a resource is the whole of its diff. */
export interface FieldRule {
  /**
   * `managed`: drift is corrected. `seeded`: written at create, then left to the other side.
   * `allocated`: the system chose it at the create; from then on the inventory remembers it, and a difference is
   * put right only when a person approves.
   */
  readonly authority: "managed" | "seeded" | "allocated";
  /** Shown as a keyed digest only. */
  readonly secret?: true;
  /** A change interrupts the customer: it counts against the destructive budget. Or: whether this one does. */
  readonly disruptive?: true | ((have: Value, want: Value) => boolean);
  /**
   * The value that ends service until it is taken back: a change to it is a suspension, a change away costs nobody. Or: whether
   * a value limits service until then; from none at all to that is an ease.
   */
  readonly suspends?: Scalar | ((value: Value) => boolean);
  /** Brings both sides to one spelling before they are compared. */
  readonly normalize?: (value: Scalar) => Scalar;
  /** For values that cannot be spelled alike, such as salted hashes. */
  readonly equals?: (have: Value, want: Value) => boolean;
  /** The device at the customer's holds the same value: whether writing `want` would part the two. */
  readonly rotates?: (have: Value, want: Value) => boolean;
  /** The secret itself, where the system shows it. */
  readonly secretIn?: (have: Value) => Sensitive | undefined;
}
/** Fields that are named by the declaration and not by the resource follow the rule of `OTHERS`, where there is one. */
export type FieldTable<Field extends string = string> = Readonly<Record<Field, FieldRule>>;
export const OTHERS = "*";
export const ruleOf = (rules: FieldTable, field: string): FieldRule | undefined =>
  Object.hasOwn(rules, field) ? rules[field] : rules[OTHERS];

/** One object as it should be. */
export interface Desired {
  readonly ref: Ref;
  readonly spec: Spec;
  /** What the system needs to know to read and write it, in its own terms; never compared, shown or remembered. */
  readonly how?: unknown;
  /** Objects of other subjects that must be in place first, such as the group of a plan. */
  readonly requires?: readonly RefKey[];
  /** Made only when everything else of the subject is in place, such as what starts the bill; changed when the account is. */
  readonly last?: true;
  /** What is made last does not wait for it, such as a router that may be plugged in later. */
  readonly apart?: true;
  /** What it should be cannot be told: neither made, changed nor taken away. */
  readonly left?: true;
  /** Values that other objects of the subject record, such as an address: not written here while one is another owner's. */
  readonly unlessTaken?: readonly Recorded[];
  /** Where a value of our own is taken when the system that chooses one cannot be reached. */
  readonly fallback?: Fallback;
  /** What the device at the customer's dials with waits for the device: fields that `rotates`, and the name of the object. */
  readonly withDevice?: WithDevice;
}
export interface Recorded {
  readonly ref: RefKey;
  readonly value: string;
}
export interface WithDevice {
  readonly rename?: FieldChange;
  /** The device that is told first; none: nothing tells the router. */
  readonly device?: Told;
}
export interface Told {
  readonly ref: RefKey;
  /** Its fields with what it dials with. */
  readonly fields: readonly string[];
  /** An account under an earlier name stays until the device has the new one. */
  readonly keepsFormer: boolean;
}
/** One object as a system shows it. */
export interface Observed {
  readonly ref: Ref;
  /** The id that the external system gave, or the natural key where it gives none. */
  readonly id: string;
  /** The marker found on it; undefined: nobody's. */
  readonly token: Token | undefined;
  /** Whose marker it is, where it is another's and the system shows it. */
  readonly holder?: string;
  readonly retired: boolean;
  readonly state: State;
  readonly outputs: Outputs;
  /** What it uses of other systems is in use yet, whatever is wanted of it. */
  readonly inUse?: true;
  /** What it starts has begun, such as a bill: from then on nothing but the account decides when it changes. */
  readonly begun?: true;
  /** For people, such as the last inform of a device: never compared, remembered or referred to. */
  readonly facts?: Facts;
}
export type Facts = Readonly<Record<string, Scalar>>;
/** `null`: surely absent. No entry: not known (not asked, failed, or too early to tell). */
export type Seen = ReadonlyMap<RefKey, Observed | null>;

/** An exclusive right in the store, taken before the first effect: `kind` within `scope` has one holder of `value`. */
export interface Claim {
  readonly kind: string;
  readonly scope: string;
  readonly value: string;
}

/** One unit of reconciliation: everything that all systems should hold for one declared object. */
export interface Subject {
  readonly owner: Owner;
  readonly desired: readonly Desired[];
  readonly claims: readonly Claim[];
  /** Not empty: what it should hold cannot be told, so nothing is made, changed or taken away. */
  readonly blocked: readonly Blocker[];
}
export interface Blocker {
  /** A stable CamelCase reason for conditions. */
  readonly reason: string;
  readonly message: string;
}

/** What an endpoint's failure means for the engine. Waiting: for a device or a person on the other side, and no failure. */
export type FaultKind = "Transient" | "RateLimited" | "Conflict" | "Rejected" | "Forbidden" | "Unknown" | "Waiting";
export type Action = "none" | "create" | "adopt" | "update" | "restore" | "retire" | "destroy";
/** What a change costs the customer: service ends, service is suspended, service is interrupted. */
export type Impact = "retire" | "suspend" | "disrupt";
export type HoldCode =
  | "NotOwned"
  | "Blocked"
  | "NeedsApproval"
  | "DestructiveLimit"
  | "Paused"
  | "ObserveOnly"
  | "OutsideWindow"
  | "IdentityConflict"
  /** The device is told first, and has not been. */
  | "AwaitingDevice"
  /** No system tells the router. */
  | "RouterNotManaged"
  /** An open session may use it. */
  | "SessionsOpen";
export interface Hold {
  readonly code: HoldCode;
  readonly message: string;
}
export interface FieldChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}
export interface Change {
  readonly ref: Ref;
  readonly action: Action;
  readonly id?: string;
  readonly fields: readonly FieldChange[];
  /** What must be done first: the makers of our inputs; for a retirement, those that still use the object. */
  readonly after: readonly RefKey[];
  readonly impact?: Impact;
  /** What a person approves: `ref|action|id|digest of what is there`. Only on changes with an impact. */
  readonly tuple?: string;
  /** Goes on only when a person approves, whatever the budget has left. */
  readonly approval?: true;
  readonly hold?: Hold;
  /** The device that is told what this account waits for: neither goes where the other cannot. */
  readonly tells?: Told;
  /** What of it waits while the rest goes on. */
  readonly waiting?: { readonly fields: readonly FieldChange[]; readonly hold: Hold };
}
const FREE: readonly Hold[] = [];
/** Of the whole change, and of what of it waits. */
export function holdsOf({ hold, waiting }: Change): readonly Hold[] {
  if (!waiting) return hold ? [hold] : FREE;
  return hold ? [hold, waiting.hold] : [waiting.hold];
}
/** Nothing to do, nothing held. */
export const isDone = (c: Change): boolean => c.action === "none" && !c.hold && !c.waiting;
export interface Plan {
  readonly owner: Owner;
  readonly changes: readonly Change[];
}
/** What a person can release by an approval. */
export const awaitsApproval = ({ hold }: { readonly hold?: { readonly code: string } }): boolean =>
  hold?.code === "DestructiveLimit" || hold?.code === "NeedsApproval";
