/** A controller with a large tenant on a cluster: what it keeps in memory, how an edit fares, and what a restart asks. */

import { type Cluster, COUNTED_MS, FLOOR, onCluster, SUBSCRIBERS } from "./cluster.ts";
import { type Asked, busiestSecond, WRITES } from "./cluster-audit.ts";
import type { Controller } from "./cluster-controller.ts";
import { bare, percentiles, ready } from "./cluster-edits.ts";
import { follow } from "./cluster-follow.ts";
import type { Memory } from "./cluster-probe.ts";
import type { RadiusDatabase } from "./databases.ts";
import type { Bench } from "./part.ts";
import { type Fact, type Samples, Series } from "./samples.ts";
import { subscriber, subscribers } from "./tenant.ts";

const EDITS = 20;

export const clusterResident = (bench: Bench): Promise<Samples> =>
  onCluster(bench, (cluster) => resident(cluster, bench));

async function resident(cluster: Cluster, { count }: Bench): Promise<Samples> {
  const s = new Series();
  const controller = await cluster.start();
  await cluster.quiet(controller);
  const empty = await controller.memory();
  const [own, floor] = await Promise.all([follow(cluster.api, SUBSCRIBERS), follow(cluster.api, FLOOR)]);
  await s.time("crowd", () => ready(cluster, own, subscribers(count)));
  await cluster.quiet(controller);
  for (let n = 1; n <= EDITS; n++) {
    await s.time("edit floor", () => bare(cluster, floor, subscriber(count + n)));
    await s.time("edit", () => ready(cluster, own, [subscriber(count + n)]));
  }
  await Promise.all([own.stop(), floor.stop()]);
  await cluster.quiet(controller, COUNTED_MS);
  const converged = await controller.memory();
  await controller.stop();
  const restarted = await restart(cluster, count, s);
  const loaded = await restarted.controller.memory();
  const edit = "cluster: one more applied until `Ready`";
  return {
    measures: [
      { what: "cluster: applied at once until all `Ready`", count, seconds: s.of("crowd") },
      { what: `${edit}, beside ${count}`, count: 1, seconds: s.of("edit"), floor: s.of("edit floor") },
      { what: "cluster: restart until `/readyz`", count, seconds: s.of("ready") },
      { what: "cluster: restart until nothing is asked any more", count, seconds: s.of("quiet") },
    ],
    facts: [
      percentiles(`${edit}, beside ${count}`, s.of("edit"), s.of("edit floor")),
      memoryOf("after it converged them", count, empty, converged),
      memoryOf("after a restart", count, empty, loaded),
      ...restarted.facts,
    ],
  };
}

/** On what stands already: nothing is to be written anywhere. */
async function restart(cluster: Cluster, count: number, s: Series) {
  const rows = await rowsOf(cluster.radius);
  const before = (await cluster.audit.read()).length;
  const began = performance.now();
  const controller: Controller = await cluster.start();
  s.add("ready", controller.readySeconds);
  await cluster.quiet(controller);
  s.add("quiet", (performance.now() - began) / 1000);
  const asked = (await cluster.audit.read()).slice(before);
  const changed = (await rowsOf(cluster.radius)).symmetricDifference(rows).size;
  return { controller, facts: told(asked, changed, count) };
}
function told(asked: readonly Asked[], changed: number, count: number): readonly Fact[] {
  const writes = asked.filter(({ verb }) => WRITES.has(verb));
  // Every five minutes a system tells in its status when it was reached last, whoever reads it.
  const [beats, others] = [writes.filter(isBeat), writes.filter((a) => !isBeat(a))];
  const none = (what: string, n: number, value = `${n}`): Fact => {
    return { what: `restart with ${count}: ${what}`, value, aim: { says: "0", met: n === 0 } };
  };
  const by = [...Map.groupBy(asked, (a) => a.verb)].map(([verb, all]) => `${verb} ${all.length}`);
  return [
    none("writes to the API server", others.length, spell(others, beats)),
    none("rows of RADIUS written", changed),
    { what: `restart with ${count}: requests`, value: `${asked.length} (${by.join(", ")})` },
    { what: `restart with ${count}: most requests in a second`, value: `${busiestSecond(asked)}` },
  ];
}
const isBeat = ({ what }: Asked): boolean => what === "externalsystems/status";
function spell(others: readonly Asked[], beats: readonly Asked[]): string {
  const names = [...new Set(others.map(({ verb, what }) => `${verb} ${what}`))];
  const also = beats.length > 0 ? [`beside ${beats.length} of an ExternalSystem's \`checkedAt\``] : [];
  return [`${others.length}`, ...names, ...also].join(", ");
}

function memoryOf(when: string, count: number, empty: Memory, full: Memory): Fact {
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);
  const each = (key: keyof Memory): string =>
    `${mb(empty[key])} → ${mb(full[key])} MB, ${((full[key] - empty[key]) / count / 1000).toFixed(1)} kB each`;
  return { what: `memory of ${count} ${when}`, value: `RSS ${each("rss")}; heap ${each("heapUsed")}` };
}

/** Every version of every row: whatever was inserted, updated or deleted since differs. */
async function rowsOf({ pool }: RadiusDatabase): Promise<ReadonlySet<string>> {
  const tables = ["radcheck", "radreply", "radusergroup", "radgroupcheck", "radgroupreply", "lastmile.radius_owner"];
  const parts = tables.map((t) => `select '${t} ' || ctid || ' ' || xmin as v from ${t}`);
  const { rows } = await pool.query<{ readonly v: string }>(parts.join(" union all "));
  return new Set(rows.map(({ v }) => v));
}
