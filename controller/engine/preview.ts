/** What a declaration would do, without doing any of it: one plan per subject, and one name for all of them. */
import { hash } from "node:crypto";
import type { Fault } from "../../reconcilers/errors.ts";
import type { Composed } from "../core/compose.ts";
import { type Change, type Impact, isDone, type Plan, type RefKey } from "../core/model.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import type { Turn } from "../core/schedule.ts";
import type { Budget } from "../store/budget.ts";
import type { Held, OwnedClaim } from "../store/claims.ts";
import type { Store } from "../store/store.ts";
import { chunks } from "./chunks.ts";
import { type Deps, preview } from "./run/reconcile.ts";

export interface PreviewedSubject {
  readonly key: OwnerKey;
  readonly subject: Composed;
  readonly plan: Plan;
  readonly planId: string;
  readonly faults: ReadonlyMap<RefKey, Fault>;
}
/** The next change that time makes of a subject. */
export interface Scheduled extends Turn {
  readonly key: OwnerKey;
}
/** The first step of an edit that reaches its subscribers one after the other; the rest is not shown. */
export interface FirstStep {
  readonly plan: OwnerKey;
  readonly subscribers: number;
  readonly of: number;
}
export interface Preview {
  readonly steps: readonly FirstStep[];
  /** Names exactly these plans: the same again while nothing changed. */
  readonly changeSet: string;
  /** Those that have anything to do, are held, or could not be looked at. Ordered by owner. */
  readonly subjects: readonly PreviewedSubject[];
  /** Of all that were looked at; the next comes first. */
  readonly scheduled: readonly Scheduled[];
}
export interface PreviewInput {
  readonly steps: readonly FirstStep[];
  readonly keys: readonly OwnerKey[];
  readonly subject: (key: OwnerKey) => Promise<Composed>;
  readonly deps: Deps;
  readonly store: Pick<Store, "heldByOthers">;
  readonly budget: Pick<Budget, "room">;
}

export async function previewAll(input: PreviewInput): Promise<Preview> {
  const found: PreviewedSubject[] = [];
  const scheduled: Scheduled[] = [];
  for (const keys of chunks(input.keys)) {
    const part = await Promise.all(keys.map((key) => previewOne(key, input)));
    found.push(...part.filter(matters));
    for (const { key, subject } of part) if (subject.timing?.next) scheduled.push({ key, ...subject.timing.next });
  }
  const claimed = await refuse(found, input.store);
  const subjects = (await limit(claimed, input)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const ids = subjects.map((s) => `${s.key} ${s.planId}`);
  const changeSet = hash("sha256", ids.join("\n"), "hex").slice(0, 12);
  const byTime = scheduled.toSorted((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
  return { changeSet, subjects, steps: input.steps, scheduled: byTime };
}

async function previewOne(key: OwnerKey, { subject: subjectOf, deps }: PreviewInput): Promise<PreviewedSubject> {
  const subject = await subjectOf(key);
  const { plan, planId, faults } = await preview(subject, {
    ...deps,
    reserve: async () => true, // places are counted for all together, below
  });
  return { key, subject, plan, planId, faults };
}
const matters = (s: PreviewedSubject): boolean =>
  s.subject.blocked.length > 0 || s.faults.size > 0 || !s.plan.changes.every(isDone);

const making: ReadonlySet<Change["action"]> = new Set(["create", "adopt", "update", "restore"]);

/** What the gate will say when the claims have been asked for. */
async function refuse(subjects: readonly PreviewedSubject[], store: PreviewInput["store"]) {
  const claims = subjects.flatMap((s) => s.subject.claims.map((c) => ({ ...c, owner: s.key })));
  const stored = await store.heldByOthers(claims);
  const held = Map.groupBy([...stored, ...contested(claims, stored)], (h) => h.owner);
  return subjects.map((s) => {
    const by = held.get(s.key);
    if (!by) return s;
    const message = by.map((h) => `${h.kind} ${h.value} is held by ${h.holder}`).join("; ");
    return hold(s, (c) => making.has(c.action) && !settled(c), { code: "IdentityConflict", message });
  });
}

/** What stands there already is the holder's: the claim says whose, as the gate does. */
const settled = (c: Change): boolean => c.hold !== undefined && c.hold.code !== "NotOwned";

/** What several of the set want and nobody has: the lesser owner will have it, as in the store. */
function contested(claims: readonly OwnedClaim[], stored: readonly Held[]): readonly Held[] {
  const name = (c: OwnedClaim): string => JSON.stringify([c.kind, c.scope, c.value]);
  const elsewhere = new Set(stored.map(name));
  const wanted = Map.groupBy(
    claims.filter((c) => !elsewhere.has(name(c))),
    name,
  );
  return [...wanted.values()].flatMap((rivals) => {
    const holder = rivals.reduce((least, c) => (c.owner < least ? c.owner : least), rivals[0]?.owner ?? "");
    return rivals.filter((c) => c.owner !== holder).map((c) => ({ ...c, holder }));
  });
}

/** A set that does not fit waits as a whole. */
async function limit(subjects: readonly PreviewedSubject[], { budget, deps }: PreviewInput) {
  let out = subjects;
  const demands = Map.groupBy(subjects, (s) => `${tenantOf(s.key)} ${impactOf(s) ?? ""}`);
  for (const [demand, set] of demands) {
    const [tenant = "", impact] = demand.split(" ");
    if (!impact) continue;
    const owners = set.map((s) => s.key);
    const { left, granted } = await budget.room(tenant, impact as Impact, owners, deps.clock.now());
    const fresh = owners.filter((o) => !granted.has(o));
    if (fresh.length <= left) continue;
    const over = new Set(fresh);
    const message = `the budget for ${impact} is used up: approve it, or take the change back`;
    const held = { code: "DestructiveLimit", message } as const;
    out = out.map((s) => (over.has(s.key) ? hold(s, (c) => c.impact !== undefined && !c.hold, held) : s));
  }
  return out;
}
const impactOf = (s: PreviewedSubject): Impact | undefined => s.plan.changes.find((c) => c.impact && !c.hold)?.impact;

const hold = (
  s: PreviewedSubject,
  which: (c: Change) => boolean,
  by: NonNullable<Change["hold"]>,
): PreviewedSubject => ({
  ...s,
  plan: { ...s.plan, changes: s.plan.changes.map((c) => (which(c) ? { ...c, hold: by } : c)) },
});
