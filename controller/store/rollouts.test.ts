import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import type { OwnerKey } from "../core/owner.ts";
import { plan } from "../core/resolve/fixture.ts";
import { advanced, begun, edited, type Progress, type RolloutPolicy } from "../core/rollout.ts";
import { openCalls } from "./calls.ts";
import { type Leases, openLeases } from "./leases.ts";
import { openRollouts, type Rollouts } from "./rollouts.ts";

let db: FreshDatabase;
let leases: Leases;
let rollouts: Rollouts;
beforeAll(async () => {
  db = await freshDatabase();
  leases = openLeases(openCalls(db.pool), "one");
  rollouts = openRollouts(openCalls(db.pool), leases);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.pool.query("truncate lastmile.rollouts cascade");
  await leases.acquire(60_000);
});

const PLAN = "lab/acme/ServicePlan/isp/fiber";
const owner = (n: number): OwnerKey => `lab/acme/Subscriber/isp/s${n}`;
const owners = [1, 2, 3, 4, 5].map(owner);
const policy: RolloutPolicy = { step: { count: 2 }, pauseMs: 60_000, from: 2, stopAfter: 3 };
const [A, B] = [100, 200].map((m) => plan({ speed: { down: `${m}Mbps`, up: "9Mbps" } }).spec);
const first: Progress = begun(A!);
const rolling = (): Progress => look(edited(first, B!, owners, { policy, now: 0 }), 0);
const look = (p: Progress, now: number): Progress => advanced(p, { policy, now, paused: false, belongs: () => true });
async function stored(): Promise<Progress> {
  const [found] = await rollouts.rolloutsOf([PLAN]);
  if (!found) throw new Error("nothing is stored");
  const { rollout, members } = found;
  return { rollout, members };
}
const releasedIn = ({ members }: Progress): readonly OwnerKey[] =>
  members.flatMap((m) => (m.place === "Released" ? m.owner : []));

describe("what was written", () => {
  test.each([
    ["of a plan that was never edited", first],
    ["with all members", rolling()],
    ["also when it is over", { ...first, rollout: { ...first.rollout, nextAt: undefined } }],
  ])("comes back whole: %s", async (_, p) => {
    await rollouts.writeRollout(PLAN, p, undefined);
    expect(await stored()).toEqual(p);
  });
  test("only what differs is written, and who is no member any more is gone", async () => {
    const p = rolling();
    await rollouts.writeRollout(PLAN, p, undefined);
    await db.pool.query(`update lastmile.rollout_members set step = 9 where owner = '${owner(1)}'`);
    const next: Progress = {
      ...p,
      members: p.members.slice(0, 3).map((m, n) => (n === 1 ? { ...m, failed: true } : m)),
    };
    await rollouts.writeRollout(PLAN, next, p);
    const found = (await stored()).members.map((m) => [m.owner, m.failed, m.step === 9]);
    expect(found).toEqual([
      [owner(1), false, true],
      [owner(2), true, false],
      [owner(3), false, false],
    ]);
  });
  test("is told to whoever follows, once for each step", async () => {
    await rollouts.writeRollout(PLAN, first, undefined);
    const [before] = await rollouts.rolloutsSince(0);
    expect(await rollouts.rolloutsSince(before?.seq ?? 0)).toEqual([]);
    await rollouts.writeRollout(PLAN, rolling(), first);
    expect(await rollouts.rolloutsSince(before?.seq ?? 0)).toMatchObject([{ plan: PLAN, rollout: { step: 1 } }]);
  });
  test("of a plan that is gone nothing stays", async () => {
    await rollouts.writeRollout(PLAN, rolling(), undefined);
    await rollouts.dropRollout(PLAN);
    const { rows } = await db.pool.query("select count(*)::int n from lastmile.rollout_members");
    expect([await rollouts.rolloutsOf([PLAN]), rows]).toEqual([[], [{ n: 0 }]]);
  });
});

describe("arrivals", () => {
  const arrive = (o: OwnerKey, arrived = true, target = 2) =>
    rollouts.arrive([{ plan: PLAN, owner: o, target, arrived }]);
  test("count for those who were released, on this target", async () => {
    const p = rolling();
    await rollouts.writeRollout(PLAN, p, undefined);
    const [one = "", two = ""] = releasedIn(p);
    const waits = p.members.find((m) => m.place === "Waiting")?.owner ?? "";
    await arrive(one);
    await arrive(two, true, 3);
    await arrive(waits);
    const places = new Map((await stored()).members.map((m) => [m.owner, m.place]));
    expect([places.get(one), places.get(two), places.get(waits)]).toEqual(["Ready", "Released", "Waiting"]);
  });
  test("a refusal is a failure, unless somebody excused it, and stays one when it is mended", async () => {
    const p = rolling();
    const [one = "", two = ""] = releasedIn(p);
    const excused = { ...p, members: p.members.map((m) => (m.owner === two ? { ...m, excused: true } : m)) };
    await rollouts.writeRollout(PLAN, excused, undefined);
    for (const o of [one, two]) await arrive(o, false);
    await arrive(one);
    const found = (await stored()).members.filter((m) => m.owner === one || m.owner === two);
    expect(Object.fromEntries(found.map((m) => [m.owner, [m.place, m.failed]]))).toEqual({
      [one]: ["Ready", true],
      [two]: ["Released", false],
    });
  });
  test("one that comes while the next step is made out is not lost", async () => {
    const p = rolling();
    await rollouts.writeRollout(PLAN, p, undefined);
    const [one = ""] = releasedIn(p);
    const next = look(p, 60_000); // it counts as failed there
    await arrive(one);
    await rollouts.writeRollout(PLAN, next, p);
    expect((await stored()).members.find((m) => m.owner === one)).toMatchObject({ place: "Ready", failed: true });
  });
});

test("another process goes on where this one was killed; an old holder releases nobody and reports nobody", async () => {
  const p = rolling();
  await rollouts.writeRollout(PLAN, p, undefined);
  const other = openRollouts(openCalls(db.pool), openLeases(openCalls(db.pool), "two"));
  expect(await other.rolloutsOf([PLAN])).toMatchObject([p]);
  await openLeases(openCalls(db.pool), "one").acquire();
  const fenced = { code: "Fenced" };
  await expect(rollouts.writeRollout(PLAN, look(p, 60_000), p)).rejects.toMatchObject(fenced);
  const [owner = ""] = releasedIn(p);
  await expect(rollouts.arrive([{ plan: PLAN, owner, target: 2, arrived: true }])).rejects.toMatchObject(fenced);
  await expect(rollouts.dropRollout(PLAN)).rejects.toMatchObject(fenced);
  expect(await stored()).toEqual(p);
});
