/**
 * Fact 19: a session that ends between what a router did and its answer leaves a fault `session_terminated` and its inform, and
 * of what the router did nothing. What it dials with is open then, and must not stay so.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Desired, refKey } from "../../controller/core/model.ts";
import { ownerKey, token } from "../../controller/core/owner.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { Fault } from "../../reconcilers/errors.ts";
import { memoryOf } from "../../reconcilers/genieacs/memory.ts";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import { plugOf } from "./genieacs.rig.ts";
import { cpe, owner, serialOf, wanted } from "./genieacs.subjects.ts";
import { startTown, type Town } from "./genieacs.town.ts";

const PASSWORD = "Device.PPP.Interface.1.Password";
const USER = "Device.PPP.Interface.1.Username";
/** Of the simulated routers: 300 s. */
const INTERVALS = (n: number): number => n * 300_000 + 1000;
const want = (password: string, user = "s1@acme"): Desired =>
  wanted(
    1,
    cpe(serialOf(1), {
      settings: [
        { name: "pppoe.username", value: user, management: "Enforce" },
        { name: "pppoe.password", value: new Sensitive(password), management: "Enforce" },
      ],
    }),
  );

let town: Town;
let router: Cpe;
beforeEach(async () => {
  town = await startTown();
  router = town.lab.plug(plugOf(1));
  await town.settle(want("OLD"));
  town.now += 60_000;
  town.awaited = true;
});
afterEach(() => town.close());

/** Whether RADIUS may have it: the router is shown with what it is to dial with. */
const isTold = async (d: Desired): Promise<boolean> => {
  const { fields } = await town.plan(d);
  return fields.every((f) => !f.field.startsWith("pppoe."));
};
const open = () => {
  const own = token(ownerKey(owner(1)), refKey(want("").ref));
  return Object.keys(memoryOf(town.lab.tagsOf(router.id), own)!.dialing).length;
};
/** The session breaks off, and the router is not found any more. */
async function brokenOff(when: "before" | "after", d = want("NEW")): Promise<void> {
  router.breaksOff = when;
  expect(await town.step(d)).toMatchObject({ kind: "Transient", message: expect.stringMatching(/broke off/) });
  router.online = false;
  town.restart();
}
const tries = (d: Desired) => town.settle(d) as Promise<Fault>;

describe("a router that took the new password and cannot get in with it", () => {
  beforeEach(() => brokenOff("after"));
  test("is followed by RADIUS when it is silent for three of its intervals; until then nobody knows", async () => {
    expect([router.get(PASSWORD), await isTold(want("NEW")), open()]).toEqual(["NEW", false, 1]);
    const follows = new Date(town.now + 900_000).toISOString().slice(0, 16);
    expect((await tries(want("NEW"))).message).toContain(`RADIUS follows if it is silent until ${follows}`);
    town.now += INTERVALS(2);
    expect(await isTold(want("NEW"))).toBe(false);
    town.now += INTERVALS(1);
    expect(await isTold(want("NEW"))).toBe(true);
    town.awaited = false;
    expect((await tries(want("NEW"))).message).toMatch(/is silent since: RADIUS follows it$/);
    expect(await isTold(want("NEW")), "a try that reaches nobody changes nothing").toBe(true);
  });
  test("and comes back then: it is told again, and all is sure", async () => {
    town.now += INTERVALS(3);
    town.awaited = false;
    await tries(want("NEW"));
    router.inform();
    expect(await town.settle(want("NEW"))).toMatchObject({ state: { marking: true } });
    expect([router.get(PASSWORD), open()]).toEqual(["NEW", 0]);
  });
  test("and reports all the same, by another way: it is told again", async () => {
    town.now += INTERVALS(1);
    router.inform();
    expect(await isTold(want("NEW"))).toBe(false);
    expect(await town.settle(want("NEW"))).toMatchObject({ state: { marking: true } });
    expect([await isTold(want("NEW")), open()]).toEqual([true, 0]);
  });
  test("and reports, but cannot be called: it was let in with the old one, so nobody guesses", async () => {
    town.now += INTERVALS(1);
    router.inform();
    router.noConnectionRequest = "auth";
    town.now += INTERVALS(9);
    expect(await isTold(want("NEW"))).toBe(false);
    expect((await tries(want("NEW"))).message).toMatch(/it is told again$/);
  });
  test("gets the old one again where that is declared again, though it is what memory says", async () => {
    expect(await isTold(want("OLD"))).toBe(false);
    town.awaited = false;
    expect((await tries(want("OLD"))).message).toMatch(/may dial with what is declared no more/);
    town.now += INTERVALS(9);
    expect(await isTold(want("OLD"))).toBe(false);
    router.inform();
    expect(await town.settle(want("OLD"))).toMatchObject({ state: { marking: true } });
    expect([router.get(PASSWORD), open()]).toEqual(["OLD", 0]);
  });
  test("is not taken to have the old one because it had it once, where it breaks off again before it takes that", async () => {
    router.online = true;
    await brokenOff("before", want("OLD"));
    expect([router.get(PASSWORD), await isTold(want("OLD"))]).toEqual(["NEW", false]);
  });
  test("is never taken to have a third one that it was not told", async () => {
    expect((await tries(want("THIRD"))).message).toMatch(/declare that again if it stays away/);
    town.now += INTERVALS(9);
    expect(await isTold(want("THIRD"))).toBe(false);
    expect(await isTold(want("NEW")), "the one that it has").toBe(true);
  });
  test("stays in doubt where a controller dies while it is to be told a third one", async () => {
    town.lab.drop(1, /POST .*tasks/);
    expect(await town.step(want("THIRD"))).toBeInstanceOf(Fault);
    town.restart();
    town.now += INTERVALS(9);
    expect([await isTold(want("THIRD")), await isTold(want("NEW"))]).toEqual([false, false]);
    router.inform();
    expect(await town.settle(want("THIRD"))).toMatchObject({ state: { marking: true } });
    expect([router.get(PASSWORD), open()]).toEqual(["THIRD", 0]);
  });
  test("has the third one, where it came back and broke off while it was told that", async () => {
    town.now += INTERVALS(1);
    router.inform();
    await brokenOff("after", want("THIRD"));
    town.now += INTERVALS(4);
    expect([await isTold(want("THIRD")), await isTold(want("NEW"))]).toEqual([true, false]);
  });
  test("is followed no later where a controller dies while it tells it again", async () => {
    town.now += INTERVALS(2);
    town.lab.drop(1, /POST .*tasks/);
    expect(await town.step(want("NEW"))).toBeInstanceOf(Fault);
    town.restart();
    town.now += INTERVALS(1);
    expect(await isTold(want("NEW"))).toBe(true);
  });
  test("and was reset to the factory since has none of them", async () => {
    router.factoryReset();
    town.now += INTERVALS(1);
    router.inform();
    router.online = false;
    town.now += INTERVALS(9);
    expect(await isTold(want("NEW"))).toBe(false);
  });
});

test("a router that broke off before it took anything is told at its next inform", async () => {
  await brokenOff("before");
  town.now += 1000;
  router.inform();
  expect(router.get(PASSWORD)).toBe("OLD");
  expect(await town.settle(want("NEW"))).toMatchObject({ state: { marking: true } });
  expect([router.get(PASSWORD), open()]).toEqual(["NEW", 0]);
});
test("a user name that may be at the router is told again where the former is declared again", async () => {
  await brokenOff("after", want("OLD", "new@acme"));
  expect(router.get(USER)).toBe("new@acme");
  expect(await isTold(want("OLD"))).toBe(false);
  router.inform();
  expect(await town.settle(want("OLD"))).toMatchObject({ state: { marking: true } });
  expect([router.get(USER), open()]).toEqual(["s1@acme", 0]);
});

describe("RADIUS never follows", () => {
  const never = async () => {
    expect(open()).toBe(0);
    town.now += INTERVALS(9);
    expect(await isTold(want("NEW"))).toBe(false);
  };
  test("where the router is switched off: what it was to get was taken back", async () => {
    router.online = false;
    await tries(want("NEW"));
    await never();
  });
  test("where it is switched off, and the ACS's answer is lost: it cannot have taken anything", async () => {
    router.online = false;
    town.now += INTERVALS(1);
    town.lab.drop(1, /POST .*tasks/);
    expect(await town.step(want("NEW"))).toBeInstanceOf(Fault);
    town.restart();
    town.now += INTERVALS(9);
    expect(await isTold(want("NEW"))).toBe(false);
    router.inform();
    expect(await town.settle(want("NEW"))).toMatchObject({ state: { marking: true } });
    expect([router.get(PASSWORD), open()]).toEqual(["NEW", 0]);
  });
  test("where the router refuses it", async () => {
    router.rejects(PASSWORD, "9007");
    expect(await tries(want("NEW"))).toMatchObject({ kind: "Rejected" });
    router.online = false;
    await never();
  });
});

test("a controller that dies before it hears of the end leaves it open, and the next one makes it sure", async () => {
  town.lab.drop(1, /POST .*tasks/);
  expect(await town.step(want("NEW"))).toBeInstanceOf(Fault);
  expect(open()).toBe(1);
  town.restart();
  expect(await isTold(want("NEW")), "the ACS wrote down what the router took").toBe(true);
  expect(await town.settle(want("NEW"))).toMatchObject({ state: { marking: true } });
  expect([router.get(PASSWORD), open()]).toEqual(["NEW", 0]);
});

/** RADIUS beside it, which follows when the router is told; `isInBand`: only the session that RADIUS lets in reaches the ACS. */
interface House {
  radius: string;
  declared: string;
  readonly isInBand: boolean;
}
const fates = ["done", "breaks off before", "breaks off after", "answer lost", "refused", "switched off"] as const;
type Fate = (typeof fates)[number];
const isLetIn = (h: House) => router.get(PASSWORD) === h.radius;
async function run(h: House): Promise<void> {
  const next = want(h.declared);
  town.awaited = h.radius !== h.declared && !(await isTold(next));
  await town.settle(next);
  if (await isTold(next)) h.radius = h.declared;
}
async function suffer(h: House, fate: Fate): Promise<void> {
  if (fate === "breaks off before" || fate === "breaks off after")
    router.breaksOff = fate === "breaks off before" ? "before" : "after";
  if (fate === "answer lost") town.lab.drop(1, /POST .*tasks/);
  if (fate === "refused") town.lab.refuse(502, 1, /POST .*tasks/);
  router.online = fate !== "switched off" && (!h.isInBand || isLetIn(h));
  await run(h);
  town.restart();
}
/** As it comes back on: it informs where it reaches the ACS. */
async function pass(h: House, intervals: number): Promise<void> {
  town.now += INTERVALS(intervals);
  router.online = !h.isInBand || isLetIn(h);
  if (router.online) router.inform();
  await run(h);
}
test("whatever is declared, and breaks off or is lost when, router and RADIUS agree in the end", async () => {
  const step = fc.record({
    password: fc.constantFrom("A", "B", "C"),
    fate: fc.constantFrom(...fates),
    intervals: fc.nat(5),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), fc.boolean(), async (steps, isInBand) => {
      await town.close();
      town = await startTown();
      router = town.lab.plug(plugOf(1));
      const h: House = { radius: "OLD", declared: "OLD", isInBand };
      await town.settle(want("OLD"));
      for (const s of steps) {
        // What is declared no more is known to nobody: a router that is out with it waits for a person.
        if (!isInBand || isLetIn(h)) h.declared = s.password;
        town.now += 60_000;
        await suffer(h, s.fate);
        await pass(h, s.intervals);
      }
      for (let n = 0; n < 3; n++) await pass(h, 4);
      expect([router.get(PASSWORD), h.radius, open()]).toEqual([h.declared, h.declared, 0]);
    }),
    { numRuns: 25 },
  );
});
