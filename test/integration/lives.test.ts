/** Two hundred lives side by side, with faults: what stands at the end is what the declarations say, whatever happened. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { census, remembered } from "./lives.census.ts";
import { type Home, homes, live, randomFrom } from "./lives.life.ts";
import { Town } from "./lives.town.ts";
import { troubleOf } from "./lives.trouble.ts";

const LIVES = 200;
/** Two towns, a fortnight with faults, and every customer twice from nothing to nothing. */
const LONG = 1_800_000;
const DAYS = 14;
const SEED = 20261122;
const towns: Town[] = [];
afterEach(async () => {
  await Promise.all(towns.splice(0).map((t) => t.close()));
});
async function open(all: readonly Home[]): Promise<Town> {
  const town = await Town.open(all);
  towns.push(town);
  return town;
}
const random = randomFrom(SEED);
const diary: string[] = [];

async function day(town: Town, all: readonly Home[]): Promise<readonly Home[]> {
  const next = all.map((home) => live(home, random));
  const [name, begins] = troubleOf(random);
  diary.push(`${name}, ${next.filter((h, n) => h !== all[n]).length} edits`);
  const ends = await begins(town, next, random);
  for (const [n, home] of next.entries()) await town.wire(all[n]!, home);
  await town.declare(next);
  if (random() < 0.5) await town.site.settle(300); // on other days one thing comes upon another
  await ends();
  return next;
}

/** Everything works again, everybody is at home, and all is looked at until nothing changes any more. */
async function calm(town: Town, all: readonly Home[]): Promise<void> {
  await sleep(1100); // what the ACS read a second ago is read again
  for (const cpe of town.cpes.values()) cpe.inform();
  await town.voltha.settled();
  await town.declare(all);
  // As a running controller does when a system tells that something happened.
  const { engine } = town.site.controller;
  engine.verified.forgetAll();
  engine.enqueue(all.map(({ name }) => town.site.subscriber(name)));
  let waiting: readonly string[] = [];
  const isCalm = async (): Promise<boolean> => {
    await town.site.scan();
    await town.voltha.settled();
    engine.retryRefused();
    engine.retryAwaiting();
    waiting = await unready(town, all);
    return waiting.length === 0;
  };
  await town.site.until(isCalm).catch(() => expect.soft(waiting).toEqual([]));
}
const GOOD = new Set(["True Converged", "True Suspended", "True Terminated"]);
async function unready({ site }: Town, all: readonly Home[]): Promise<readonly string[]> {
  const out: string[] = [];
  for (const { name, standing } of all) {
    const ready = standing === "None" ? undefined : await site.condition(name, "Ready");
    if (standing !== "None" && !GOOD.has(ready ?? ""))
      out.push(`${name} (${standing}) ${ready}: ${await site.message(name)}`);
  }
  return out;
}

it("two hundred lives with faults leave what their last declarations say, and in the end nothing", {
  timeout: LONG,
}, async () => {
  const start = homes(LIVES);
  const town = await open(start);
  await town.declare([]);
  let all = start;
  for (let n = 0; n < DAYS; n++) all = await day(town, all);
  await calm(town, all);
  const fresh = await open(start);
  for (const [n, home] of all.entries()) await fresh.wire(start[n]!, home);
  // Who was never active has no running subscription to be suspended.
  const served = all.filter((h) => h.standing === "Active" || h.standing === "Suspended");
  await calm(
    fresh,
    served.map((h) => ({ ...h, standing: "Active" as const })),
  );
  await calm(fresh, served);
  expect(await census(town, all), diary.join("; ")).toEqual(await census(fresh, all));
  await calm(town, []);
  await town.site.endRetention();
  await town.site.endRetention(); // what only then was retired
  expect(await remembered(town)).toEqual([]);
  const { owners: _, ...end } = await census(town, all);
  expect({ ...end, carried: Object.values(end.carried).flat(), routers: Object.values(end.routers).flat() }).toEqual({
    accounts: {},
    addresses: [],
    services: [],
    subscriptions: [],
    carried: [],
    routers: start.flatMap(() => ["free", "free"]),
  });
});
