/** From nothing to everything in place; then what it costs to see that all is in place. */
import { intake } from "../../controller/engine/intake.ts";
import type { SourceObject } from "../../controller/sources/source.ts";
import { openRadius } from "./databases.ts";
import { type Account, accountsOf, compareAll, insertAll } from "./floor.ts";
import type { Bench } from "./part.ts";
import { type Samples, Series } from "./samples.ts";
import { PASSWORDS, subscribers, update } from "./tenant.ts";
import { openScene, type Scene, writeSecret } from "./world.ts";

export async function converge(bench: Bench): Promise<Samples> {
  const { server, home, count, runs } = bench;
  const s = new Series();
  const everyone = subscribers(count);
  for (let run = 0; run < runs; run++) {
    const scene = await openScene(server, home);
    await s.time("submit", () => scene.world.submit([...scene.ground, ...everyone], true));
    await scene.analyze();
    const accounts = await accountsOf(scene.radius.pool);
    await floorOf(server, accounts, s);
    await s.time("compare", () => compareAll(scene.radius.pool, accounts));
    await s.time("look", () => scene.world.look(count));
    await s.time("run", () => scene.world.run(count));
    await s.time("scan", () => nothingFound(scene));
    await scene.close();
    await withoutIntake(bench, everyone, s);
  }
  const [inserts, compares] = [s.of("floor"), s.of("compare")];
  const measures = [
    { what: "converge: `submit` until settled", count, seconds: s.of("submit"), floor: inserts, aim: 2 },
    { what: "converge without intake", count, seconds: s.of("engine"), floor: inserts, aim: 2 },
    { what: "no-op: drift scan", count, seconds: s.of("scan"), floor: compares, aim: 1.5 },
    { what: "no-op: every key looked at", count, seconds: s.of("look"), floor: compares, aim: 1.5 },
    { what: "no-op: every key run in full", count, seconds: s.of("run"), floor: compares, aim: 1.5 },
  ];
  return { measures, facts: [] };
}

/** The raw inserts of these accounts, into a database of their own; seconds go to `floor`. */
export async function floorOf(server: string, accounts: readonly Account[], s: Series): Promise<void> {
  const bare = await openRadius(server);
  await s.time("floor", () => insertAll(bare.pool, accounts));
  await bare.close();
}
async function nothingFound({ world }: Scene): Promise<void> {
  if ((await world.scan()) > 0) throw new Error("drift was found where nobody changed anything");
}

/** What is declared lies in the store already, as at a start: claims, secrets, RADIUS, audit and status remain. */
async function withoutIntake({ server, home }: Bench, everyone: readonly SourceObject[], s: Series): Promise<void> {
  const scene = await openScene(server, home);
  const { controller, installation } = scene.world;
  const all = update([...scene.ground, ...everyone], true);
  await intake(all, controller.declared, installation.objects, { prune: true, source: "own" }, Date.now());
  const world = await scene.restart();
  await s.time("engine", () => world.resume());
  await scene.close();
}

/** Passwords that somebody else keeps, each in a file of its own. */
export async function byReference({ server, home, count, runs }: Bench): Promise<Samples> {
  const s = new Series();
  const files = Array.from({ length: count }, (_, n): [string, string] => [`p${n + 1}`, `secret-of-${n + 1}`]);
  await writeSecret(home, PASSWORDS, Object.fromEntries(files));
  const everyone = subscribers(count, { byReference: true });
  for (let run = 0; run < runs; run++) {
    const scene = await openScene(server, home);
    await s.time("submit", () => scene.world.submit([...scene.ground, ...everyone], true));
    await floorOf(server, await accountsOf(scene.radius.pool), s);
    await scene.close();
  }
  const what = "converge, passwords by reference";
  return { measures: [{ what, count, seconds: s.of("submit"), floor: s.of("floor"), aim: 2 }], facts: [] };
}
