/** One subscriber at a time on a cluster, and what each costs the API server. */
import type { Condition, SubscriberStatus } from "../../controller/api/types.generated.ts";
import type { KubeObject } from "../../controller/kubernetes/api.ts";
import type { SourceObject } from "../../controller/sources/source.ts";
import { type Cluster, FLOOR, onCluster, SUBSCRIBERS } from "./cluster.ts";
import { perSubscriber } from "./cluster-audit.ts";
import { type Follower, follow } from "./cluster-follow.ts";
import type { Bench } from "./part.ts";
import { type Fact, quantile, type Samples, Series } from "./samples.ts";
import { plan, type SubscriberOptions, subscriber, subscribers } from "./tenant.ts";

const WARM = 10;

export const clusterEdits = (bench: Bench): Promise<Samples> => onCluster(bench, (cluster) => edits(cluster, bench));

async function edits(cluster: Cluster, { count }: Bench): Promise<Samples> {
  const s = new Series();
  const controller = await cluster.start();
  const [own, floor] = await Promise.all([follow(cluster.api, SUBSCRIBERS), follow(cluster.api, FLOOR)]);
  const facts: Fact[] = [];
  const asked = async (what: string, work: () => Promise<void>): Promise<void> => {
    await cluster.quiet(controller);
    const before = (await cluster.audit.read()).length;
    await work();
    await cluster.quiet(controller);
    const all = (await cluster.audit.read()).slice(before).filter(({ verb }) => verb !== "watch");
    facts.push({ what: `requests per subscriber: ${what}`, value: perSubscriber(all, count) });
  };
  const each = async (name: string, from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n++) {
      await s.time(`${name} floor`, () => bare(cluster, floor, subscriber(n)));
      await s.time(name, () => ready(cluster, own, [subscriber(n)]));
    }
  };
  const warm = count + 1;
  await each("warm", warm, warm + WARM);
  await asked("created, profile inline", () => each("create", 1, warm));
  await asked("created again, nothing differs", () => cluster.apply(subscribers(count)));
  await asked("labelled, nothing of ours differs", () => cluster.apply(subscribers(count).map(labelled)));
  await asked("moved to another plan", () => ready(cluster, own, subscribers(count, { plan: "fast" }), 2));
  await asked("the plan's speed edited", async () => {
    const shown = own.all(names(subscribers(count)), downloads(700_000));
    await Promise.all([shown, cluster.apply([plan("fast", "700Mbps")])]);
  });
  const generated = numbered(2 * warm, count, { plan: "floating", dynamic: true });
  await asked("created, profile generated", () => ready(cluster, own, generated));
  await Promise.all([own.stop(), floor.stop()]);
  const what = "cluster: one applied until `Ready`";
  return {
    measures: [{ what, count: 1, seconds: s.of("create"), floor: s.of("create floor") }],
    facts: [percentiles(`${what}, ${count} times`, s.of("create"), s.of("create floor")), ...facts],
  };
}

/** Applied, until a watch shows each as converged. */
export async function ready(
  { apply }: Cluster,
  own: Follower,
  objects: readonly SourceObject[],
  generation = 1,
): Promise<void> {
  await Promise.all([own.all(names(objects), (object) => isReady(object, generation)), apply(objects)]);
}
/** The least: created, its status written, both seen by a watch. */
export async function bare(cluster: Cluster, floor: Follower, ...objects: readonly SourceObject[]): Promise<void> {
  const hasStatus = (object: KubeObject): boolean => object["status"] !== undefined;
  await Promise.all([floor.all(names(objects), hasStatus), cluster.floor(objects, STATUS)]);
}
export function percentiles(what: string, own: readonly number[], floor: readonly number[]): Fact {
  const spell = (xs: readonly number[]): string =>
    [0.5, 0.99].map((q) => `${(quantile(xs, q) * 1000).toFixed(0)} ms`).join(" and ");
  return { what: `${what}: p50 and p99`, value: `${spell(own)}, floor ${spell(floor)}` };
}
const numbered = (from: number, count: number, o: SubscriberOptions = {}): readonly SourceObject[] =>
  Array.from({ length: count }, (_, n) => subscriber(from + n, o));

const names = (objects: readonly SourceObject[]): readonly string[] => objects.map((o) => o.object.metadata.name);
const statusOf = (object: KubeObject): SubscriberStatus => (object["status"] ?? {}) as SubscriberStatus;
function isReady(object: KubeObject, generation: number): boolean {
  const found = statusOf(object).conditions?.find((c: Condition) => c.type === "Ready");
  return found?.status === "True" && found.reason === "Converged" && found.observedGeneration === generation;
}
const downloads =
  (kbps: number) =>
  (object: KubeObject): boolean =>
    statusOf(object).radius?.downKbps === kbps;
const labelled = ({ object, ...rest }: SourceObject): SourceObject => {
  return { ...rest, object: { ...object, metadata: { ...object.metadata, labels: { area: "mitte" } } } };
};

/** As long as one of ours. */
const STATUS: SubscriberStatus = {
  observedGeneration: 1,
  conditions: ["Ready", "InService", "Reconciling", "Stalled", "InSync", "Radius"].map((type) => {
    const lastTransitionTime = "2026-01-01T00:00:00Z";
    const message = "everything is as declared and was seen so";
    return { type, status: "True", reason: "Converged", message, lastTransitionTime, observedGeneration: 1 };
  }),
  profile: { name: "s1", source: "Inline" },
  radius: { username: "s1@bench.example", plan: "home", downKbps: 100_000, upKbps: 50_000 },
};
