/** An edit of a plan, by example and with everything that may happen meanwhile. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ServicePlanSpec } from "../api/types.generated.ts";
import type { OwnerKey } from "./owner.ts";
import { plan } from "./resolve/fixture.ts";
import {
  advanced,
  begun,
  countsFor,
  digestOfSpec,
  edited,
  heard,
  inUse,
  type Member,
  type Progress,
  type RolloutPolicy,
  sizeOf,
} from "./rollout.ts";

const speed = (mbps: number): ServicePlanSpec => plan({ speed: { down: `${mbps}Mbps`, up: "50Mbps" } }).spec;
const [A, B, C] = [speed(100), speed(200), speed(300)] as const;
const owners = (count: number): readonly OwnerKey[] =>
  Array.from({ length: count }, (_, n) => `lab/acme/Subscriber/isp/s${n}`);
const POLICY: RolloutPolicy = { step: { count: 3 }, pauseMs: 60_000, from: 2, stopAfter: 3 };
const belongs = (): boolean => true;
const look = (p: Progress, now: number, policy: RolloutPolicy | undefined = POLICY): Progress =>
  advanced(p, { policy, now, paused: false, belongs });
const edit = (p: Progress, spec: ServicePlanSpec, standing = owners(10), policy: RolloutPolicy | undefined = POLICY) =>
  edited(p, spec, standing, { policy, now: 0 });
const became = (p: Progress, place: Member["place"], which: (m: Member) => boolean = () => true): Progress => ({
  ...p,
  members: p.members.map((m) => (m.place === "Released" && which(m) ? { ...m, place } : m)),
});
const ready = (p: Progress, which?: (m: Member) => boolean): Progress => became(p, "Ready", which);
const placesOf = ({ members }: Progress): string => members.map((m) => m.place[0]).join("");
const waiting = (p: Progress): number => p.members.filter((m) => m.place === "Waiting").length;

describe("a step at a time", () => {
  test("the first goes at once, the next after the pause, and when all have arrived nothing is left of it", () => {
    let p = look(edit(begun(A), B), 0);
    expect([waiting(p), p.rollout]).toMatchObject([
      7,
      { target: 2, state: "Rolling", step: 1, nextAt: 60_000, total: 10 },
    ]);
    expect(look(ready(p), 59_999)).toStrictEqual(ready(p));
    const left: number[] = [];
    for (let now = 60_000; p.rollout.state === "Rolling"; now += 60_000) {
      p = look(ready(p), now);
      left.push(waiting(p));
    }
    expect(left).toEqual([4, 1, 0, 0]);
    expect(p).toMatchObject({
      members: [],
      rollout: { state: "Done", total: 10, failed: 0, revisions: [{ number: 2 }] },
    });
  });
  test("nobody looked for a day: one step goes, not all that are due", () => {
    const p = look(edit(begun(A), B), 0);
    expect(waiting(look(ready(p), 86_400_000))).toBe(4);
  });
  test.each([
    ["few change at once, in place", owners(1), POLICY],
    ["without a policy everybody changes at once, in place", owners(10), undefined],
    ["nobody stands on it", [], POLICY],
  ])("%s", (_, standing, policy) => {
    const p = edited(begun(A), B, standing, { policy, now: 0 });
    expect(p).toMatchObject({
      members: [],
      rollout: { target: 1, state: "Done", revisions: [{ number: 1, spec: B }] },
    });
  });
  test("the policy goes away in the middle: the rest follows at once, and the old revision stays until they arrived", () => {
    const p = advanced(look(edit(begun(A), B), 0), { policy: undefined, now: 1, paused: false, belongs });
    expect([p.rollout.state, waiting(p), [...inUse(p)]]).toEqual(["Done", 0, [2, 1]]);
    expect([...inUse(look(ready(p), 2))]).toEqual([2]);
  });
  test("a name for people or an alias changes nothing for anybody", () => {
    const p = edit(begun(A), { ...A, displayName: "Hundred", aliases: ["hundred"] });
    expect(p).toMatchObject({
      members: [],
      rollout: { state: "Done", revisions: [{ number: 1, spec: { displayName: "Hundred" } }] },
    });
    const same = begun(A);
    expect(edit(same, JSON.parse(JSON.stringify(A)))).toBe(same);
    expect(digestOfSpec(A)).toBe(digestOfSpec(Object.fromEntries(Object.entries(A).toReversed()) as ServicePlanSpec));
  });
});

describe("failures", () => {
  test("who is not in place by the end of the pause has failed; so many stop it, and nobody more goes", () => {
    let p = look(
      ready(look(edit(begun(A), B), 0), (m) => m.owner.endsWith("0")),
      60_000,
    );
    for (let now = 120_000; now < 600_000; now += 60_000) p = look(p, now);
    expect(p.rollout).toMatchObject({ state: "Stopped", nextAt: undefined });
    expect(p.rollout.failed).toBeGreaterThanOrEqual(3);
    expect(look(p, 9e9)).toStrictEqual(p);
  });
  test("who faulted counts before the pause is over", () => {
    const p = look(edit(begun(A), B), 0);
    const faulty = { ...p, members: p.members.map((m) => (m.place === "Released" ? { ...m, failed: true } : m)) };
    expect(look(faulty, 1).rollout).toMatchObject({ state: "Stopped", failed: 3, step: 1 });
  });
  test("who was not well before stops nobody", () => {
    const p = look(edit(begun(A), B), 0);
    const excused = { ...p, members: p.members.map((m) => ({ ...m, excused: m.place === "Released" })) };
    expect(look(excused, 60_000).rollout).toMatchObject({ state: "Rolling", failed: 0, step: 2 });
  });
  test("the word to go on counts when it comes, once; what stood there before the stop is no word", () => {
    const stopped = (told: boolean): Progress => {
      const p = heard(look(edit(begun(A), B), 0), told, 0);
      return look(p, 60_000);
    };
    expect(heard(stopped(true), true, 1).rollout.state).toBe("Stopped");
    const on = look(heard(stopped(false), true, 61_000), 61_000);
    expect(on.rollout).toMatchObject({ state: "Rolling", step: 2, failed: 0, told: true });
    const again = look(on, 121_000);
    expect([again.rollout.state, heard(again, true, 1).rollout.state]).toEqual(["Stopped", "Stopped"]);
    expect(heard(heard(again, false, 1), true, 1).rollout.state).toBe("Rolling");
  });
});

describe("another edit on the way", () => {
  test("back again: who was released goes back by steps, the others never left", () => {
    let p = look(ready(look(edit(begun(A), B), 0)), 60_000);
    p = edit(p, A);
    expect(placesOf(p)).toBe("WWWWWW");
    expect(p.rollout).toMatchObject({ target: 1, state: "Rolling", total: 6 });
    p = look(p, 0);
    expect(placesOf(p).replaceAll("W", "")).toBe("RRR");
    expect([...inUse(p)].sort()).toEqual([1, 2]);
  });
  test("back before anybody went: there is nothing to do", () => {
    expect(edit(edit(begun(A), B), A)).toMatchObject({ members: [], rollout: { target: 1, state: "Done" } });
  });
  test("a third one takes the place of the target; whoever had not arrived keeps the first in use as well", () => {
    const p = edit(look(edit(begun(A), B), 0), C);
    expect(p.rollout).toMatchObject({ target: 3, total: 10, step: 0 });
    const counts = (m: Member): number => countsFor(p.rollout, m);
    expect(p.members.filter((m) => counts(m) === 2 && m.behind[0] === 1)).toHaveLength(3);
    expect(p.members.filter((m) => counts(m) === 1)).toHaveLength(7);
    expect([...inUse(p)].sort()).toEqual([1, 2, 3]);
  });
  test("all were on the way when it was edited again: what they may still stand on is kept until they arrive", () => {
    const at = { ...POLICY, step: { percent: 100 } };
    const p = edit(look(edit(begun(A), B, owners(10), at), 0, at), C, owners(10), at);
    expect([...inUse(p)].sort()).toEqual([1, 2, 3]);
    expect([...inUse(ready(look(p, 0, at)))]).toEqual([3]);
  });
  test("who joined since is on the target, and is a member of the next", () => {
    const p = look(edit(begun(A), B), 0);
    expect(countsFor(p.rollout, undefined)).toBe(2);
    const next = edit(p, C, owners(12));
    expect(next.members.filter((m) => m.on === 2 && m.behind.length === 0)).toHaveLength(2);
  });
});

test("who leaves is held by no step, also while it is stopped", () => {
  const p = look(look(edit(begun(A), B), 0), 60_000);
  expect(p.rollout.state).toBe("Stopped");
  const gone = p.members.find((m) => m.place === "Waiting")?.owner;
  const next = advanced(p, { policy: POLICY, now: 1, paused: false, belongs: (owner) => owner !== gone });
  expect(next.members.find((m) => m.owner === gone)).toMatchObject({ place: "Released", excused: true });
  expect(waiting(next)).toBe(6);
});

/** What may happen between two looks. */
type Event =
  | { readonly is: "arrive"; readonly which: number }
  | { readonly is: "fault"; readonly which: number }
  | { readonly is: "edit"; readonly spec: ServicePlanSpec }
  | { readonly is: "leave"; readonly which: number }
  | { readonly is: "word"; readonly told: boolean }
  | { readonly is: "pause"; readonly paused: boolean }
  | { readonly is: "wait"; readonly ms: number };
const which = fc.nat(40);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ is: fc.constant("arrive" as const), which }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("fault" as const), which }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant("edit" as const), spec: fc.constantFrom(A, B, C) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("leave" as const), which }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("word" as const), told: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("pause" as const), paused: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant("wait" as const), ms: fc.constantFrom(1_000, 30_000, 60_000) }) },
);
const policies = fc.record({
  step: fc.oneof(
    fc.record({ count: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
  ),
  pauseMs: fc.constant(60_000),
  from: fc.constantFrom(0, 2, 10),
  stopAfter: fc.integer({ min: 1, max: 4 }),
});

/** Carries out events beside a record of what really stands where; answers what was seen after each look. */
class Town {
  p: Progress = begun(A);
  now = 0;
  readonly gone = new Set<OwnerKey>();
  paused = false;
  readonly policy: RolloutPolicy;
  readonly all: readonly OwnerKey[];
  /** The revisions by digest whose objects a subscriber really uses: one, or while it moves two. */
  readonly uses = new Map<OwnerKey, ReadonlySet<string>>();
  constructor(policy: RolloutPolicy, size: number) {
    this.policy = policy;
    this.all = owners(size);
    this.#follow();
  }
  do(e: Event): void {
    const at = "which" in e ? this.p.members[e.which % Math.max(1, this.p.members.length)] : undefined;
    if (e.is === "wait") this.now += e.ms;
    else if (e.is === "edit") this.p = edited(this.p, e.spec, this.#standing(), this);
    else if (e.is === "word") this.p = heard(this.p, e.told, this.now);
    else if (e.is === "pause") this.paused = e.paused;
    else if (e.is === "leave" && at) this.gone.add(at.owner);
    else if (at?.place === "Released") this.#outcome(at, e.is === "arrive");
    this.#follow();
    this.look();
  }
  look(): void {
    const { policy, now, paused } = this;
    this.p = advanced(this.p, { policy, now, paused, belongs: (owner) => !this.gone.has(owner) });
    this.#follow();
  }
  #outcome(m: Member, good: boolean): void {
    const next: Member = good ? { ...m, place: "Ready" } : { ...m, failed: m.failed || !m.excused };
    this.p = { ...this.p, members: this.p.members.map((o) => (o === m ? next : o)) };
    if (good) this.uses.set(m.owner, new Set([this.#digestFor(m.owner)]));
  }
  /** Whoever counts as something else may be caught between the two from now on. */
  #follow(): void {
    for (const owner of this.#standing()) {
      const digest = this.#digestFor(owner);
      const before = this.uses.get(owner);
      const settled = !this.p.members.some((m) => m.owner === owner && m.place === "Released");
      const inPlace = this.p.rollout.revisions.length === 1 && settled;
      this.uses.set(owner, before && !inPlace ? new Set([...before, digest]) : new Set([digest]));
    }
  }
  #standing = (): readonly OwnerKey[] => this.all.filter((o) => !this.gone.has(o));
  #digestFor(owner: OwnerKey): string {
    const { rollout, members } = this.p;
    const number = countsFor(
      rollout,
      members.find((m) => m.owner === owner),
    );
    return rollout.revisions.find((r) => r.number === number)?.digest ?? "forgotten";
  }
}

function everybodyStands({ p: { rollout, members }, uses, gone }: Town): void {
  expect(new Set(members.map((m) => m.owner)).size).toBe(members.length);
  const kept = new Set(rollout.revisions.map((r) => r.digest));
  const used = [...uses].filter(([owner]) => !gone.has(owner)).flatMap(([, digests]) => [...digests]);
  expect(used.filter((d) => !kept.has(d))).toEqual([]);
}
function atMostOneStep({ rollout, members }: Progress, policy: RolloutPolicy): void {
  const most = sizeOf(policy, rollout.total);
  const last = members.filter((m) => m.step === rollout.step && m.step > 0);
  const open = members.filter((m) => m.place === "Released" && !m.failed && !m.excused);
  expect([last.length <= most, open.length <= most]).toEqual([true, true]);
  if (rollout.state === "Rolling") expect(rollout.failed).toBeLessThan(policy.stopAfter);
  if (rollout.state === "Done") expect(members.filter((m) => m.place === "Waiting")).toEqual([]);
}

describe("whatever happens", () => {
  const runs = fc.tuple(policies, fc.integer({ min: 0, max: 30 }), fc.array(event, { maxLength: 60 }));
  test("nobody stands on a revision that is not kept, nobody is in it twice, and no look releases more than a step", () => {
    fc.assert(
      fc.property(runs, ([policy, size, events]) => {
        const town = new Town(policy, size);
        for (const e of events) {
          town.do(e);
          everybodyStands(town);
          atMostOneStep(town.p, policy);
        }
      }),
      { numRuns: 400 },
    );
  });
  test("while it is paused nobody has his turn, and nobody is late", () => {
    fc.assert(
      fc.property(runs, ([policy, size, events]) => {
        const town = new Town(policy, size);
        for (const e of events) town.do(e);
        town.do({ is: "pause", paused: true });
        const before = town.p;
        for (const ms of [1, policy.pauseMs, 1e9]) town.do({ is: "wait", ms });
        expect(town.p).toStrictEqual(before);
        town.do({ is: "pause", paused: false });
        expect(town.p.rollout.failed).toBe(before.rollout.failed);
      }),
      { numRuns: 200 },
    );
  });
  test("what is stopped releases nobody; a look twice is a look once", () => {
    fc.assert(
      fc.property(runs, ([policy, size, events]) => {
        const town = new Town(policy, size);
        for (const e of events) {
          town.do(e);
          const before = town.p;
          town.look();
          expect(town.p).toStrictEqual(before);
          if (before.rollout.state !== "Stopped") continue;
          const { now } = town;
          town.now += 1e9;
          town.look();
          expect(waiting(town.p)).toBe(waiting(before));
          town.now = now;
        }
      }),
      { numRuns: 200 },
    );
  });
  test("when nothing fails any more, everybody is on the target in the end, and only it is kept", () => {
    fc.assert(
      fc.property(runs, ([policy, size, events]) => {
        const town = new Town(policy, size);
        for (const e of events) town.do(e);
        town.paused = false;
        for (let turn = 0; turn < 300 && town.p.members.length > 0; turn++) {
          town.do({ is: "word", told: turn % 2 === 1 });
          for (let n = 0; n < town.p.members.length; n++) town.do({ is: "arrive", which: n });
          town.do({ is: "wait", ms: 60_000 });
        }
        expect(town.p).toMatchObject({ members: [], rollout: { state: "Done" } });
        expect(town.p.rollout.revisions.map((r) => r.number)).toEqual([town.p.rollout.target]);
      }),
      { numRuns: 100 },
    );
  });
});
