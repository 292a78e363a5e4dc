/** The course of a town: one day of all its people with one trouble, and the calm in which everything comes to an end. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { type Home, inForce, live, type Random, randomFrom } from "./lives.life.ts";
import type { Town } from "./lives.town.ts";
import { type Ends, type Named, troubles } from "./lives.trouble.ts";

export interface Chance {
  readonly random: Random;
  readonly troubles: readonly Named[];
  /** Tells what happened, for whoever finds something wrong at the end. */
  readonly diary: string[];
}
export function chance(seed: number): Chance {
  const random = randomFrom(seed);
  return { random, troubles: troubles(random), diary: [`seed ${seed}`] };
}

/** Declares a day, and has its two troubles. */
export async function day(
  town: Town,
  all: readonly Home[],
  n: number,
  { random, troubles, diary }: Chance,
): Promise<readonly Home[]> {
  await town.begin(n);
  const next = all.map((home) => live(home, random, n));
  const today = troubles.slice(2 * n, 2 * n + 2);
  diary.push(`${today.map(([name]) => name).join(" and ")}, ${next.filter((h, i) => h !== all[i]).length} edits`);
  const ends: Ends[] = [];
  for (const [, begins] of today) ends.push(await begins(town, next, random));
  for (const [i, home] of next.entries()) await town.wire(all[i]!, home);
  await town.declare(next);
  if (random() < 0.5) await town.site.settle(300); // on other days one thing comes upon another
  for (const end of ends) await end();
  await town.deliver();
  return next;
}

/** Everything works again, everybody is at home, and all is looked at until nothing changes any more. */
export async function calm(town: Town, all: readonly Home[]): Promise<void> {
  await sleep(1100); // what the ACS read a second ago is read again
  for (const cpe of town.cpes.values()) cpe.inform();
  await town.voltha.settled();
  await town.declare(all);
  // As a running controller does when a system tells that something happened.
  const { engine } = town.site.controller;
  engine.verified.forgetAll();
  engine.enqueue(all.map(({ name }) => town.site.subscriber(name)));
  let waiting: readonly string[] = ["nobody looked"];
  const isCalm = async (): Promise<boolean> => {
    await town.visit(all);
    await town.site.scan();
    await town.voltha.settled();
    engine.retryRefused();
    engine.retryAwaiting();
    waiting = await unready(town, all);
    return waiting.length === 0;
  };
  await town.site.until(isCalm).catch((e: unknown) => expect.soft([waiting, e]).toEqual([[], undefined]));
}
const GOOD = new Set(["True Converged", "True Suspended", "True Terminated"]);
async function unready({ site, day: today }: Town, all: readonly Home[]): Promise<readonly string[]> {
  const out: string[] = [];
  for (const home of all) {
    const { name, standing } = inForce(home, today);
    const ready = standing === "None" ? undefined : await site.condition(name, "Ready");
    if (standing !== "None" && !GOOD.has(ready ?? ""))
      out.push(`${name} (${standing}) ${ready}: ${await site.message(name)}`);
  }
  return out;
}
