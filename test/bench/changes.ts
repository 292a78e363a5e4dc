/** Edits of a tenant that is in place. */
import { accountsOf, compareAll, regroupAll } from "./floor.ts";
import type { Bench } from "./part.ts";
import { type Samples, Series } from "./samples.ts";
import { type PlanName, plan, subscriber, subscribers, userNameOf } from "./tenant.ts";
import { openScene, type Scene } from "./world.ts";

export async function changes({ server, home, count, runs }: Bench): Promise<Samples> {
  const s = new Series();
  const scene = await openScene(server, home);
  const { world, radius, ground } = scene;
  const byPlan = { home: subscribers(count), fast: subscribers(count, { plan: "fast" }) };
  await world.submit([...ground, ...byPlan.home], true);
  await scene.analyze();
  for (let run = 0; run < runs; run++) {
    const [from, to]: [PlanName, PlanName] = run % 2 === 0 ? ["home", "fast"] : ["fast", "home"];
    const accounts = await accountsOf(radius.pool);
    await s.time("compare", () => compareAll(radius.pool, accounts));
    const edited = (shift: number) => subscriber(1, { plan: from, shift });
    await s.time("alone", () => world.submit([edited(1)], false));
    const snapshot = [...scene.ground, edited(2), ...byPlan[from].slice(1)];
    await s.time("snapshot", () => world.submit(snapshot, true));
    await s.time("drift", () => repair(scene, Math.ceil(count / 100)));
    await s.time("speed", () => world.submit([plan(from, `${200 + run}Mbps`)], false));
    await s.time("regroup", () => regroupAll(radius.pool, accounts));
    await s.time("move", () => world.submit(byPlan[to], false));
  }
  await scene.close();
  const compares = s.of("compare");
  const measures = [
    { what: `1 of ${count} changed, sent alone`, count: 1, seconds: s.of("alone") },
    { what: `1 of ${count} changed, sent with the whole snapshot`, count, seconds: s.of("snapshot"), floor: compares },
    { what: "1 % changed by hand: found and repaired", count, seconds: s.of("drift"), floor: compares },
    { what: "the plan's speed changed", count, seconds: s.of("speed"), floor: compares },
    { what: "all moved to another plan", count, seconds: s.of("move"), floor: s.of("regroup") },
  ];
  return { measures, facts: [] };
}

async function repair({ world, radius }: Scene, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, n) => userNameOf(n + 2));
  const spoil = `update radreply set Value = '192.0.2.99' where Attribute = 'Framed-IP-Address' and UserName = any($1)`;
  await radius.pool.query(spoil, [names]);
  const found = await world.scan();
  if (found !== count) throw new Error(`${count} were changed by hand, ${found} were found`);
  await world.settle();
  const { rowCount } = await radius.pool.query("select from radreply where Value = '192.0.2.99'");
  if (rowCount !== 0) throw new Error(`${rowCount} were not repaired`);
}
