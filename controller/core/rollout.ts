/** Pure: how an edit of a plan reaches its subscribers, step by step. Time enters as `now`, what became of them as state. */
import { hash } from "node:crypto";
import type { ServicePlanSpec } from "../api/types.generated.ts";
import type { OwnerKey } from "./owner.ts";

/** A plan as it was declared at one time. The first keeps the plain names of what the plan's subscribers share. */
export interface Revision {
  readonly number: number;
  readonly digest: string;
  readonly spec: ServicePlanSpec;
}
/** `Released`: the target counts for it. `Ready`: and it is in place, so nothing it stood on before is used any more. */
export type Place = "Waiting" | "Released" | "Ready";
/** A subscriber that the plan served when it was edited. Who is no member is on the target. */
export interface Member {
  readonly owner: OwnerKey;
  /** The revision that counts for it while it waits. */
  readonly on: number;
  /** Others that it may still stand on: it was told to leave them, and has not arrived. */
  readonly behind: readonly number[];
  readonly place: Place;
  /** 0: it was not released by a step. */
  readonly step: number;
  readonly failed: boolean;
  /** Whatever becomes of it stops nobody: it was not well before, or a person said to go on. */
  readonly excused: boolean;
}
export interface Rollout {
  readonly target: number;
  /** All that somebody may still stand on. */
  readonly revisions: readonly Revision[];
  readonly state: "Rolling" | "Stopped" | "Done";
  /** The last one that was released. */
  readonly step: number;
  /** Epoch milliseconds; undefined: nothing follows by itself. */
  readonly nextAt: number | undefined;
  readonly total: number;
  readonly failed: number;
  /** Whether the word to go on stood there at the last look: it counts when it comes. */
  readonly told: boolean;
}
export interface Progress {
  readonly rollout: Rollout;
  readonly members: readonly Member[];
}
export interface RolloutPolicy {
  /** Subscribers per step, or their share. */
  readonly step: { readonly count: number } | { readonly percent: number };
  readonly pauseMs: number;
  /** Fewer than these change at once. */
  readonly from: number;
  readonly stopAfter: number;
}

/** What is only said about a plan is no reason to roll it out. */
export const digestOfSpec = ({ aliases: _, displayName: __, ...spec }: ServicePlanSpec): string =>
  hash("sha256", ordered(spec), "hex").slice(0, 16);
/** The store and the sources give fields in orders of their own. */
const ordered = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) =>
    v !== null && typeof v === "object" && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );

/** A plan that was never edited: everybody is on it. */
export const begun = (spec: ServicePlanSpec): Progress =>
  done({ number: 1, digest: digestOfSpec(spec), spec }, { told: false });
const done = (only: Revision, { told }: Pick<Rollout, "told">): Progress => ({
  rollout: {
    target: only.number,
    revisions: [only],
    state: "Done",
    step: 0,
    nextAt: undefined,
    total: 0,
    failed: 0,
    told,
  },
  members: [],
});

export const revisionOf = ({ revisions }: Rollout, number: number): Revision => {
  const found = revisions.find((r) => r.number === number);
  if (!found) throw new RangeError(`revision ${number} is not kept`);
  return found;
};

/**
 * Another target. Everybody who stands on the plan keeps what counted for him until his step; who may still stand on
 * something older is remembered with it.
 * @param standing whom the plan serves now, in any system. @param policy undefined: all at once.
 */
export function edited(
  before: Progress,
  spec: ServicePlanSpec,
  standing: readonly OwnerKey[],
  { policy, now }: { readonly policy: RolloutPolicy | undefined; readonly now: number },
): Progress {
  const { rollout } = before;
  const digest = digestOfSpec(spec);
  const current = revisionOf(rollout, rollout.target);
  if (digest === current.digest && ordered(spec) === ordered(current.spec)) return before;
  if (digest === current.digest)
    return { ...before, rollout: { ...rollout, revisions: renewed(rollout.revisions, spec) } };
  const known = rollout.revisions.find((r) => r.digest === digest);
  const number = known?.number ?? Math.max(...rollout.revisions.map((r) => r.number)) + 1;
  const open = new Map(before.members.filter((m) => m.place !== "Ready").map((m) => [m.owner, m]));
  const all = [...new Set([...standing, ...open.keys()])].flatMap(
    (owner) => memberFrom(owner, open.get(owner), rollout.target, number) ?? [],
  );
  const total = all.filter((m) => m.place === "Waiting").length;
  const atOnce = !policy || total === 0 || total < policy.from;
  // Nobody stands on anything older: then the shared objects change in place, as without steps.
  if (atOnce && open.size === 0) return done({ number: rollout.target, digest, spec }, rollout);
  const target = { number, digest, spec };
  const revisions = [...rollout.revisions.filter((r) => r.number !== number), target];
  const next: Rollout = {
    ...{ target: number, revisions, step: 0, total, failed: 0, told: rollout.told },
    ...(atOnce ? { state: "Done", nextAt: undefined } : { state: "Rolling", nextAt: now }),
  };
  return swept({ rollout: next, members: atOnce ? all.map((m) => released(m, 0)) : all });
}

/** undefined: it is on the target, and was nowhere else. */
function memberFrom(owner: OwnerKey, m: Member | undefined, was: number, target: number): Member | undefined {
  const on = m?.place === "Waiting" ? m.on : was;
  const older = m?.place === "Released" ? [...m.behind, m.on] : (m?.behind ?? []);
  const behind = [...new Set(older)].filter((n) => n !== on);
  const fresh = { owner, on, behind, step: 0, failed: false };
  if (on !== target) return { ...fresh, place: "Waiting", excused: false };
  return behind.length > 0 ? released({ ...fresh, place: "Waiting", excused: true }, 0) : undefined;
}
/** Step 0 is nobody's doing. */
const released = (m: Member, step: number): Member =>
  m.place === "Waiting" ? { ...m, place: "Released", step, excused: m.excused || step === 0 } : m;
const renewed = (all: readonly Revision[], spec: ServicePlanSpec): readonly Revision[] =>
  all.map((r) => (r.digest === digestOfSpec(spec) ? { ...r, spec } : r));

/** The word of a person, as it stands at the plan now: it counts when it comes, and once. */
export function heard({ rollout, members }: Progress, told: boolean, now: number): Progress {
  if (told === rollout.told) return { rollout, members };
  const next = { ...rollout, told };
  if (!told || rollout.state !== "Stopped") return { rollout: next, members };
  return {
    rollout: { ...next, state: "Rolling", nextAt: now, failed: 0 },
    members: members.map((m) => (m.failed ? { ...m, failed: false, excused: true } : m)),
  };
}

/** What goes now. Nothing changes while there is nothing to do: then the same object comes back. */
export function advanced(
  progress: Progress,
  {
    policy,
    now,
    paused,
    belongs,
  }: {
    readonly policy: RolloutPolicy | undefined;
    readonly now: number;
    /** Nothing is done for anybody: nobody has his turn, and nobody's time to become ready runs. */
    readonly paused: boolean;
    /** Whether the plan is still its own: who leaves is held by no step. */
    readonly belongs: (owner: OwnerKey) => boolean;
  },
): Progress {
  const stays = progress.members.every((m) => m.place !== "Waiting" || belongs(m.owner));
  const here = stays
    ? progress
    : { ...progress, members: progress.members.map((m) => (belongs(m.owner) ? m : released(m, 0))) };
  return swept(here.rollout.state === "Rolling" ? rolled(timed(here, policy, paused, now), policy, now) : here);
}

/** A pause takes the time of the next step away; after it, those who were released have a whole one to show how they are. */
function timed(p: Progress, policy: RolloutPolicy | undefined, paused: boolean, now: number): Progress {
  const { rollout, members } = p;
  if (paused === (rollout.nextAt === undefined)) return p;
  const nextAt = paused ? undefined : now + (rollout.step > 0 ? (policy?.pauseMs ?? 0) : 0);
  return { members, rollout: { ...rollout, nextAt } };
}

function rolled(p: Progress, policy: RolloutPolicy | undefined, now: number): Progress {
  const { rollout } = p;
  if (!policy) return ended({ ...p, members: p.members.map((m) => released(m, 0)) });
  const due = rollout.nextAt !== undefined && rollout.nextAt <= now;
  const members = due ? p.members.map((m) => (isOpen(m) ? { ...m, failed: true } : m)) : p.members;
  const failed = members.filter((m) => m.failed).length;
  const counted: Progress = failed === rollout.failed ? p : { members, rollout: { ...rollout, failed } };
  if (failed >= policy.stopAfter)
    return { members, rollout: { ...rollout, failed, state: "Stopped", nextAt: undefined } };
  const waiting = members.filter((m) => m.place === "Waiting");
  if (waiting.length === 0) return due || !members.some(isOpen) ? ended({ ...counted, members }) : counted;
  if (!due) return counted;
  const step = rollout.step + 1;
  const first = inTurn(waiting, revisionOf(rollout, rollout.target)).slice(0, sizeOf(policy, rollout.total));
  const go = new Set(first.map((m) => m.owner));
  return {
    rollout: { ...rollout, failed, step, nextAt: now + policy.pauseMs },
    members: members.map((m) => (go.has(m.owner) ? released(m, step) : m)),
  };
}
const ended = ({ rollout, members }: Progress): Progress => ({
  rollout: { ...rollout, state: "Done", nextAt: undefined },
  members,
});
/** Released by a step, and nobody knows yet how it went. */
const isOpen = (m: Member): boolean => m.place === "Released" && !m.failed && !m.excused;

export const sizeOf = ({ step }: RolloutPolicy, total: number): number =>
  Math.max(1, "count" in step ? step.count : Math.ceil((total * step.percent) / 100));

/** The same order whoever asks, and another one at the next edit: not always the same customers go first. */
function inTurn(waiting: readonly Member[], { digest }: Revision): readonly Member[] {
  const key = new Map(waiting.map((m) => [m.owner, hash("sha256", `${digest} ${m.owner}`, "hex")]));
  const at = ({ owner }: Member): string => key.get(owner) ?? "";
  return waiting.toSorted((a, b) => (at(a) < at(b) ? -1 : 1));
}

/** Revisions that nobody stands on any more are forgotten, and when all have arrived, everybody is. */
function swept(p: Progress): Progress {
  const { rollout, members } = p;
  if (rollout.state === "Done" && members.length > 0 && members.every((m) => m.place === "Ready"))
    return swept({ rollout, members: [] });
  const used = inUse(p);
  if (rollout.revisions.every((r) => used.has(r.number))) return p;
  return { members, rollout: { ...rollout, revisions: rollout.revisions.filter((r) => used.has(r.number)) } };
}
/** What the plan's shared objects must exist for. */
export function inUse({ rollout, members }: Progress): ReadonlySet<number> {
  const used = new Set([rollout.target]);
  for (const m of members) {
    if (m.place === "Ready") continue;
    used.add(m.on);
    for (const n of m.behind) used.add(n);
  }
  return used;
}
/** How many have had their turn. */
export const releasedOf = ({ rollout, members }: Progress): number =>
  rollout.total - members.filter((m) => m.place === "Waiting").length;
/** Which revision counts for a subscriber of the plan. */
export const countsFor = ({ target }: Rollout, m: Member | undefined): number =>
  m?.place === "Waiting" ? m.on : target;
