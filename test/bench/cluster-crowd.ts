/** Many subscribers applied at once on a cluster, until a watch shows the last of them as converged. */
import { FLOOR, onCluster, SUBSCRIBERS } from "./cluster.ts";
import { perSubscriber } from "./cluster-audit.ts";
import { bare, ready } from "./cluster-edits.ts";
import { follow } from "./cluster-follow.ts";
import type { Bench } from "./part.ts";
import { type Fact, median, type Samples, Series } from "./samples.ts";
import { subscribers } from "./tenant.ts";

export async function clusterCrowd(bench: Bench): Promise<Samples> {
  const { count, runs } = bench;
  const s = new Series();
  const requests: string[] = [];
  const everyone = subscribers(count);
  for (let run = 0; run < runs; run++) {
    await onCluster(bench, async (cluster) => {
      const controller = await cluster.start();
      const [own, floor] = await Promise.all([follow(cluster.api, SUBSCRIBERS), follow(cluster.api, FLOOR)]);
      await cluster.quiet(controller);
      await s.time("floor", () => bare(cluster, floor, ...everyone));
      const before = (await cluster.audit.read()).length;
      await s.time("crowd", () => ready(cluster, own, everyone));
      await cluster.quiet(controller);
      const asked = (await cluster.audit.read()).slice(before).filter(({ verb }) => verb !== "watch");
      requests.push(perSubscriber(asked, count));
      await Promise.all([own.stop(), floor.stop()]);
    });
  }
  const [took, least] = [s.of("crowd"), s.of("floor")];
  const rate = (seconds: readonly number[]): string => (count / median(seconds)).toFixed(0);
  const facts: readonly Fact[] = [
    { what: `subscribers per second, ${count} at once`, value: `${rate(took)}, floor ${rate(least)}` },
    { what: `requests per subscriber: ${count} created at once`, value: requests.at(-1) ?? "" },
  ];
  return {
    measures: [{ what: "cluster: applied at once until all `Ready`", count, seconds: took, floor: least }],
    facts,
  };
}
