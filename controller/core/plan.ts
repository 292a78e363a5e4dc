/** Pure: desired + seen → plan, for one subject over all its systems. No clock, no I/O, no randomness. */
import { hash } from "node:crypto";
import { formerWaits, part, told, waitingFor } from "./device.ts";
import { differing, impactOf, serves } from "./diff.ts";
import { isLeft, type Lasting, type Outlasting, outlasting } from "./end.ts";
import type {
  Blocker,
  Change,
  Desired,
  FieldTable,
  Hold,
  Impact,
  Observed,
  Output,
  Outputs,
  Plan,
  Ref,
  RefKey,
  Scalar,
  Seen,
  Spec,
} from "./model.ts";
import { isOutput, OTHERS, parseRef, refKey, ruleOf } from "./model.ts";
import { inOrder } from "./order.ts";
import { type Owner, ownerKey, type Token } from "./owner.ts";
import { type Digest, fingerprint, show } from "./redact.ts";

/** What the inventory remembers of one object: enough to take it away without plan, profile or tenant. */
export interface Remembered {
  readonly ref: RefKey;
  readonly needs: readonly RefKey[];
  /** What the system chose when it was made; it stays what others use, whatever is found there later. */
  readonly outputs?: Outputs;
  /** Retention is over. */
  readonly due: boolean;
}
/** What becomes of an object without an owner under the name that we want: refused, taken when it is as declared, taken. */
export type Adoption = "Never" | "MatchingOnly" | "Always";
export interface PlanInput {
  readonly owner: Owner;
  /** The marker that an object of ours carries. */
  readonly token: (ref: RefKey) => Token;
  readonly desired: readonly Desired[];
  /** Not empty: what the subject should hold cannot be told. */
  readonly blocked: readonly Blocker[];
  readonly seen: Seen;
  readonly remembered: readonly Remembered[];
  readonly adoption: Adoption;
  readonly fields: (ref: Ref) => FieldTable;
  readonly traits?: (ref: Ref) => Traits;
  /** The router was waited for long enough. */
  readonly impatient?: true;
  readonly digest: Digest;
}

/** What follows from what kind of thing an object is. */
export interface Traits extends Lasting {
  /** Serves another customer tomorrow: what is out of service is destroyed at once. */
  readonly lent: boolean;
  /** Nothing there can hold a mark, so nobody else's can be on it: one that is as it is declared is taken, and nothing changes. */
  readonly unmarkable: boolean;
  /** Name of the resource whose object of the same key is changed first, also when it is taken away. */
  readonly follows?: string;
}
const USUAL: Traits = { lent: false, unmarkable: false };
const traitsOf = (ref: Ref, { traits }: PlanInput): Traits => traits?.(ref) ?? USUAL;

export function plan(input: PlanInput): Plan {
  const changes: Change[] = input.desired.map((d) => forDesired(d, input));
  if (input.remembered.length > 0) {
    const wanted = new Set(input.desired.map((d) => refKey(d.ref)));
    for (const r of input.remembered) if (!wanted.has(r.ref)) changes.push(forGone(r, input));
  }
  return { owner: input.owner, changes: inOrder(changes) };
}

/** Covers owner, content, and what would be destroyed; never time, attempt or batch. Outputs stay symbolic. */
export function planId(p: Plan, input: Pick<PlanInput, "desired" | "fields" | "digest">): string {
  const content = input.desired.map((d) => {
    const rules = input.fields(d.ref);
    const fields = Object.keys(d.spec).sort();
    return JSON.stringify([
      refKey(d.ref),
      fields.map((f) => [f, fingerprint(d.spec[f], ruleOf(rules, f)?.secret === true, input.digest)]),
      ...(d.withDevice?.rename ? [d.withDevice.rename.after] : []),
    ]);
  });
  const tuples = p.changes.flatMap((c) => c.tuple ?? []).sort();
  return hash("sha256", JSON.stringify([ownerKey(p.owner), content.sort(), tuples]), "hex").slice(0, 16);
}

/** Order of truth: what the inventory remembers, else what the system shows. */
export type Known = (o: Output) => Scalar | undefined;
export const knownFrom =
  (seen: Seen, remembered: (ref: RefKey) => Outputs | undefined): Known =>
  ({ $output, path }) =>
    remembered($output)?.[path] ?? seen.get($output)?.outputs[path];

/** Outputs that are known become values; the others stay symbolic and are named in `unknown`. */
export function resolve(spec: Spec, known: Known): { readonly spec: Spec; readonly unknown: readonly RefKey[] } {
  const unknown: RefKey[] = [];
  const entries = Object.entries(spec).map(([field, v]): [string, Spec[string]] => {
    if (!isOutput(v)) return [field, v];
    const value = known(v);
    if (value === undefined && !v.optional) unknown.push(v.$output);
    return [field, value ?? v];
  });
  return { spec: Object.fromEntries(entries), unknown };
}

/** For a comparison: what is not known yet cannot be different. */
export function asFarAsKnown(spec: Spec, known: Known): Spec {
  const { spec: followed } = resolve(spec, known);
  const fields = Object.entries(followed).map(([field, v]) => [field, isOutput(v) ? { ...v, optional: true } : v]);
  return Object.fromEntries(fields);
}

const NOTHING: readonly RefKey[] = [];
/** The objects whose outputs this one uses. */
export function needs(spec: Spec): readonly RefKey[] {
  let out = NOTHING;
  for (const f in spec) {
    const v = spec[f];
    if (isOutput(v) && !out.includes(v.$output)) out = [...out, v.$output];
  }
  return out;
}

function forDesired(d: Desired, input: PlanInput): Change {
  if (d.left) return change(d.ref, "none", {});
  const key = refKey(d.ref);
  const have = input.seen.get(key);
  const { want, after } = wanted(d, input);
  const tells = d.withDevice?.device && { tells: d.withDevice.device };
  if (have === undefined) return change(d.ref, "none", { after, hold: blocked("not observed yet"), ...tells });
  const rules = input.fields(d.ref);
  const names = differing(rules, have, want);
  const shown = (fields: readonly string[]) => fields.map((f) => show(rules, have, want, f, input.digest));
  if (!have) return change(d.ref, "create", { after, fields: shown(names), ...tells });
  const { id, token } = have;
  if (token !== undefined && token !== input.token(key))
    return change(d.ref, "update", { after, id, fields: shown(names), hold: notOwned(ownedBy(have)), ...tells });
  const isTold = told(input.desired, input.seen, input.token, input.fields);
  const { going, waiting } = part(d, have, want, rules, names, isTold);
  const rest = { after, id, fields: shown(going), ...waitingFor(d, shown(waiting)), ...tells };
  if (token === undefined) return change(d.ref, "adopt", { ...rest, ...unadopted(d.ref, names, input) });
  if (have.retired) return change(d.ref, "restore", rest);
  if (going.length === 0) return change(d.ref, "none", rest);
  // Chosen there, then changed there: whether that was a mistake only a person knows.
  const approval = going.some((f) => rules[f]?.authority === "allocated" && !(f in d.spec)) && {
    approval: true as const,
  };
  const impact = impactOf(rules, have.state, want, going) ?? (approval ? "disrupt" : undefined);
  return change(d.ref, "update", { ...rest, ...approval, ...(impact && costly(impact, "update", have, rules, input)) });
}

/** With outputs followed and with what the system chose before; what is still to come is waited for. */
function wanted(d: Desired, input: PlanInput): { readonly want: Spec; readonly after: readonly RefKey[] } {
  const outputs = (ref: RefKey): Outputs | undefined => input.remembered.find((r) => r.ref === ref)?.outputs;
  const { spec, unknown } =
    needs(d.spec).length > 0 ? resolve(d.spec, knownFrom(input.seen, outputs)) : { spec: d.spec, unknown: NOTHING };
  const chosen = outputs(refKey(d.ref));
  const others = d.last ? awaited(d, input) : NOTHING;
  const first = followed(d.ref, input);
  return {
    want: chosen ? { ...chosen, ...spec } : spec,
    after: others.length + first.length > 0 ? [...new Set([...unknown, ...first, ...others])] : unknown,
  };
}
/** A bill that has begun goes by the account alone: whom a router or a visit is waited for may pause and resume it. */
function awaited(last: Desired, input: PlanInput): readonly RefKey[] {
  const others = input.desired.filter((o) => !o.last && !o.apart);
  const made = input.seen.get(refKey(last.ref));
  const counting =
    made?.begun && !made.retired ? others.filter((o) => traitsOf(o.ref, input).serves === "Session") : others;
  return counting.map((o) => refKey(o.ref));
}
function followed(ref: Ref, input: PlanInput): readonly RefKey[] {
  const { follows } = traitsOf(ref, input);
  return follows === undefined ? NOTHING : [refKey({ ...ref, resource: follows })];
}

/** Those that still use it. */
function usersOf({ ref }: Remembered, lasting: Outlasting | undefined, input: PlanInput): readonly RefKey[] {
  if (lasting?.alone) return lasting.after;
  return [...input.remembered.filter((o) => o.needs.includes(ref)).map((o) => o.ref), ...(lasting?.after ?? NOTHING)];
}

function forGone(r: Remembered, input: PlanInput): Change {
  const ref = parseRef(r.ref);
  const lasting = outlasting(ref, input);
  // Its successor first: a new account that is refused must not leave the customer without any.
  const successors = input.desired.filter((d) => d.ref.system === ref.system && d.ref.resource === ref.resource);
  const after = [
    ...new Set([...usersOf(r, lasting, input), ...followed(ref, input), ...successors.map((d) => refKey(d.ref))]),
  ].sort();
  const have = input.seen.get(r.ref);
  if (input.blocked.length) {
    return change(ref, "none", { after, hold: blocked(input.blocked.map((b) => b.message).join("; ")) });
  }
  if (have === undefined) return change(ref, "none", { after, hold: blocked("not observed yet") });
  if (have === null || have.token !== input.token(r.ref)) return change(ref, "none", { after });
  const isTold = told(input.desired, input.seen, input.token, input.fields);
  const waits = have.retired ? undefined : formerWaits(successors, input.fields(ref), isTold);
  if (waits) return change(ref, "none", { after, id: have.id, hold: waits });
  const rest = { after, id: have.id };
  const isOver = r.due || traitsOf(ref, input).lent || isLeft(ref, input);
  if (have.retired) return change(ref, isOver ? "destroy" : "none", rest);
  const rules = input.fields(ref);
  const isFollower = traitsOf(ref, input).follows !== undefined; // what it costs is counted where it follows
  const impact = input.desired.length === 0 ? "retire" : serves(rules) && !isFollower ? "disrupt" : undefined;
  return change(ref, "retire", {
    ...rest,
    ...held(lasting),
    ...(impact && costly(impact, "retire", have, rules, input)),
  });
}

const change = (ref: Ref, action: Change["action"], rest: Partial<Change>): Change => ({
  ref,
  action,
  fields: [],
  after: NOTHING,
  ...rest,
});
const held = (lasting: Outlasting | undefined) => lasting?.hold && { hold: lasting.hold };
const blocked = (message: string): Hold => ({ code: "Blocked", message });
function unadopted(ref: Ref, differing: readonly string[], input: PlanInput): { readonly hold?: Hold } {
  const { adoption } = input;
  if (differing.length === 0 && (adoption !== "Never" || traitsOf(ref, input).unmarkable)) return {};
  if (adoption === "Never") return { hold: notOwned("it has no owner, and adoption is off") };
  if (adoption === "Always") return {};
  return {
    hold: notOwned(`it has no owner and differs in ${differing.join(", ")}; only what matches is adopted`),
  };
}
const ownedBy = ({ holder }: Observed): string => `it has another owner${holder === undefined ? "" : `: ${holder}`}`;
const notOwned = (message: string): Hold => ({ code: "NotOwned", message });

/** Only a subscriber is a customer: what a plan's or a tenant's own objects lose is nobody's service. */
function costly(impact: Impact, action: Change["action"], have: Observed, rules: FieldTable, input: PlanInput) {
  if (input.owner.kind !== "Subscriber") return undefined;
  const managed = Object.keys(OTHERS in rules ? { ...rules, ...have.state } : rules)
    .sort()
    .map((f) => [f, fingerprint(have.state[f], ruleOf(rules, f)?.secret === true, input.digest)]);
  return { impact, tuple: [refKey(have.ref), action, have.id, input.digest(JSON.stringify(managed))].join("|") };
}
