/** Sixty customers in any mix of states: all are brought to a last declaration, or held for the system that is away. */
import { afterEach, expect, it } from "vitest";
import { calm, chance, day } from "./lives.course.ts";
import { homes, inForce, live } from "./lives.life.ts";
import { Town } from "./lives.town.ts";
import { away, unlike, unreasoned, written } from "./mix.judge.ts";
import { forbidden, phases, turns } from "./turns.ts";

const CASES = 60;
const DAYS = 4;
const LOOKS = 3;
const SEED = 7;
let town: Town | undefined;
afterEach(() => town?.close());

it("sixty mixes of states come to what is declared last; what is held says why; nothing flaps", async () => {
  const course = chance(SEED);
  const { random, diary } = course;
  let all = homes(CASES);
  town = await Town.open(all);
  await town.declare([]);
  for (let n = 0; n < DAYS; n++) all = await day(town, all, n, course);

  // The last word is said while the address plan is away.
  await town.begin(DAYS);
  const last = all.map((home) => inForce(live(home, random, DAYS), DAYS));
  for (const [n, home] of last.entries()) await town.wire(all[n]!, home);
  town.gate.shut = true;
  await town.declare(last);
  const { site } = town;
  const { engine } = site.controller;
  engine.verified.forgetAll();
  engine.enqueue(last.map((h) => site.subscriber(h.name)));
  const isHeld = async () =>
    (await away(town!, last, "NetBox")) > 0 && (await unreasoned(town!, last, "NetBox")).length === 0;
  await site.until(isHeld).catch(() => undefined);
  expect(await unreasoned(town, last, "NetBox"), diary.join("; ")).toEqual([]);
  expect(await away(town, last, "NetBox")).toBeGreaterThan(0);

  town.gate.shut = false;
  // What a device shows a moment later is seen by the next look.
  for (let n = 0; n < LOOKS && (n === 0 || (await unlike(town, last)).length > 0); n++) await calm(town, last);
  expect(await unlike(town, last), diary.join("; ")).toEqual([]);
  const past = await turns(site.store.pool);
  expect(forbidden(past), diary.join("; ")).toEqual([]);

  const stands = [await written(town), phases(past)];
  for (let n = 0; n < 2; n++) {
    site.controller.engine.enqueue(last.map((h) => site.subscriber(h.name)));
    await site.scan();
  }
  expect([await written(town), phases(await turns(site.store.pool))]).toEqual(stands);
});
