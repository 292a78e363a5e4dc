/** Two hundred lives side by side, with faults: what stands at the end is what the declarations say, whatever happened. */
import { afterEach, expect, it } from "vitest";
import { billed, census, remembered } from "./lives.census.ts";
import { calm, chance, day } from "./lives.course.ts";
import { mailed } from "./lives.laws.ts";
import { type Home, homes, inForce } from "./lives.life.ts";
import { Town } from "./lives.town.ts";
import { forbidden, turns } from "./turns.ts";

const LIVES = 200;
/** Two towns, eight days with two faults each, and every customer twice from nothing to nothing. */
const LONG = 1_800_000;
const DAYS = 8;
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

it("two hundred lives with faults leave what their last declarations say, and in the end nothing", {
  timeout: LONG,
}, async () => {
  const start = homes(LIVES);
  const course = chance(SEED);
  const { diary } = course;
  const town = await open(start);
  await town.declare([]);
  let all = start;
  for (let n = 0; n < DAYS; n++) all = await day(town, all, n, course);
  all = all.map((home) => inForce(home, DAYS - 1));
  await calm(town, all);
  const fresh = await open(start);
  await fresh.begin(DAYS - 1);
  for (const [n, home] of all.entries()) await fresh.wire(start[n]!, home);
  const served = all.filter((h) => h.standing === "Active" || h.standing === "Suspended");
  // Who was never active has no running subscription to be suspended.
  const begun = await billed(town);
  await calm(
    fresh,
    served.filter((h) => begun.has(h.name)).map((h) => ({ ...h, standing: "Active" as const })),
  );
  await calm(fresh, served);
  const past = await turns(town.site.store.pool);
  expect(forbidden(past), diary.join("; ")).toEqual([]);
  expect(await mailed(town, past), diary.join("; ")).toEqual([]);
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
    visits: [],
    carried: [],
    routers: start.flatMap(() => ["free", "free"]),
  });
});
