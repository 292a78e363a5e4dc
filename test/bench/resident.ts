/** What a controller keeps in memory for a large tenant, and how fast it sees that all is in place. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { floorOf } from "./converge.ts";
import { accountsOf, compareAll } from "./floor.ts";
import type { Bench } from "./part.ts";
import { type Fact, median, type Samples, Series } from "./samples.ts";
import { subscribers } from "./tenant.ts";
import { openScene, type Place, World } from "./world.ts";

const AIM_MB = 600;
const AIM_SECONDS = 10;
const PLACE = "resident.json";
interface Kept {
  readonly place: Place;
  readonly radius: string;
}

/** Converges a tenant and leaves it for `resident`, which must not pay for the snapshot that was sent. */
export async function fill({ server, home, count }: Bench): Promise<Samples> {
  const s = new Series();
  const { world, radius, ground, analyze } = await openScene(server, home);
  const everyone = subscribers(count);
  await s.time("submit", () => world.submit([...ground, ...everyone], true));
  await analyze();
  const facts = [memory(`${count} sent and converged, the sender in the same process`)];
  await floorOf(server, await accountsOf(radius.pool), s);
  const kept: Kept = { place: world.place, radius: radius.url.href };
  await writeFile(join(home, PLACE), JSON.stringify(kept), { mode: 0o600 });
  await world.stop();
  await radius.pool.end();
  const what = "converge: `submit` until settled";
  return { measures: [{ what, count, seconds: s.of("submit"), floor: s.of("floor"), aim: 2 }], facts };
}

/** The program started again on what `fill` left. */
export async function resident({ home, count, runs }: Bench): Promise<Samples> {
  const s = new Series();
  const { place, radius }: Kept = JSON.parse(await readFile(join(home, PLACE), "utf8"));
  const world = await started(place, s);
  for (let run = 0; run < runs; run++) {
    await s.time("scan", () => world.scan());
    await s.time("look", () => world.look(count));
    await s.time("run", () => world.run(count));
  }
  const facts = [
    memory(`${count} loaded, scanned and run ${runs} times`),
    quick(`no-op of ${count} by drift scan`, s.of("scan")),
    quick(`no-op of ${count} by a look at every key`, s.of("look")),
    quick(`no-op of ${count} by a full run of every key`, s.of("run")),
    quick(`start with ${count} in place: read, connected, and all seen`, s.of("start")),
  ];
  await world.stop();
  const pool = new pg.Pool({ connectionString: radius, max: 4 });
  pool.on("error", () => undefined);
  const accounts = await accountsOf(pool);
  for (let run = 0; run < runs; run++) await s.time("compare", () => compareAll(pool, accounts));
  await pool.end();
  const floor = s.of("compare");
  const measures = [
    { what: "no-op: drift scan", count, seconds: s.of("scan"), floor, aim: 1.5 },
    { what: "no-op: every key looked at", count, seconds: s.of("look"), floor, aim: 1.5 },
    { what: "no-op: every key run in full", count, seconds: s.of("run"), floor, aim: 1.5 },
  ];
  return { measures, facts };
}

/** From opening the store to the end of the last run. */
async function started(place: Place, s: Series): Promise<World> {
  const from = performance.now();
  const world = await World.start(place);
  await world.resume();
  s.add("start", (performance.now() - from) / 1000);
  return world;
}

/** The most that the process ever held (`maxRSS` is in KiB). */
export function memory(what: string): Fact {
  const mb = Math.round((process.resourceUsage().maxRSS * 1024) / 1_000_000);
  return { what: `memory (peak RSS): ${what}`, value: `${mb} MB`, aim: { says: `< ${AIM_MB} MB`, met: mb < AIM_MB } };
}
function quick(what: string, took: readonly number[]): Fact {
  const value = median(took);
  return { what, value: `${value.toFixed(1)} s`, aim: { says: `< ${AIM_SECONDS} s`, met: value < AIM_SECONDS } };
}
