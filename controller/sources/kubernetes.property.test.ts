/** Whatever happens in whatever order, in the end the world is what the server holds, and the updates add up to it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Snapshot } from "../api/load-snapshot.ts";
import type { Tree } from "../api/load-tree.ts";
import type { LastmileObject } from "../api/types.generated.ts";
import { keyOfObject, type ObjectKey } from "../core/catalog-key.ts";
import { KubeError } from "../kubernetes/api.ts";
import { canonical } from "../kubernetes/canonical.ts";
import { needsHold } from "../kubernetes/finalizer.ts";
import { KINDS } from "../kubernetes/kinds.ts";
import { type Declared, MemoryCluster } from "../kubernetes/testing/cluster.ts";
import { World } from "../kubernetes/world.ts";
import { kubernetesSource } from "./kubernetes.ts";
import type { SourceUpdate } from "./source.ts";

/** Some are held by our finalizer, some are not; twelve of a kind are read by one list. */
const THINGS: readonly Declared[] = [
  ...Array.from({ length: 12 }, (_, n) => ({ kind: "Tenant", plural: "tenants", name: `t${n}` })),
  ...["a", "b"].map((name) => ({ kind: "SiteSurvey", plural: "sitesurveys", namespace: "isp-acme", name })),
];
type Step =
  | { readonly do: "put" | "remove" | "free" | "note" | "blackout"; readonly what: number; readonly spec: number }
  | { readonly do: "removeAll" | "cut" | "break" | "compact" | "bookmark" | "lag" | "catchUp" | "leave" }
  | { readonly do: "fail"; readonly code: "Unreachable" | "Forbidden" | "Gone" | "Conflict"; readonly times: number }
  | { readonly do: "wait"; readonly turns: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom("put", "put", "remove", "free", "note", "blackout"),
      what: fc.nat(THINGS.length - 1),
      spec: fc.nat(2),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("removeAll", "cut", "break", "compact", "bookmark", "lag", "catchUp", "leave"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("fail"),
      code: fc.constantFrom("Unreachable", "Forbidden", "Gone", "Conflict"),
      times: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("wait"), turns: fc.nat(30) }) },
) as fc.Arbitrary<Step>;

/** Accepts everything but what says that it is bad. */
function assemble({ documents }: Tree): Snapshot {
  const isBad = (object: unknown): boolean => (object as { spec?: { bad?: boolean } }).spec?.bad === true;
  const declared = documents
    .filter((d) => !isBad(d.object))
    .map((source) => ({ object: source.object as unknown as LastmileObject, source }));
  const bad = documents.filter((d) => isBad(d.object)).map((d) => keyOfObject(d.object as unknown as LastmileObject));
  return { declared, problems: [], refused: new Set(bad), notes: [], complete: true, revision: "" };
}
const SPECS = [{ rate: 1 }, { rate: 2 }, { bad: true }] as const;
const away = (): KubeError => new KubeError("Unreachable", "watch", "the connection ended", 1);
const turn = (): Promise<void> => new Promise(setImmediate);

/** What a store would hold: the last good declaration of each object. */
class Following {
  readonly declared = new Map<ObjectKey, { readonly generation: number | undefined; readonly object: string }>();
  readonly world = new World();
  /** What was told though our finalizer did not hold it. */
  readonly unheld: ObjectKey[] = [];
  readonly #cluster: MemoryCluster;
  #stop = new AbortController();
  #over: Promise<void> = Promise.resolve();

  constructor(cluster: MemoryCluster) {
    this.#cluster = cluster;
    this.begin();
  }
  begin(): void {
    this.#stop = new AbortController();
    this.#over = this.#follow(this.#stop.signal);
  }
  async leave(): Promise<void> {
    this.#stop.abort();
    await this.#over;
  }
  async #follow(signal: AbortSignal): Promise<void> {
    const { api } = this.#cluster;
    const { world } = this;
    const o = { api, sourceId: "test", world, trouble: () => {}, holds: () => true, assemble, settleMs: 0 };
    for await (const update of kubernetesSource(o).updates(signal)) {
      this.#take(update);
      await turn();
    }
  }
  #take({ complete, upserts, deletes, standing }: SourceUpdate): void {
    const here = new Set([...upserts.map((u) => u.key), ...(standing ?? [])]);
    if (complete) for (const key of this.declared.keys()) if (!here.has(key)) this.declared.delete(key);
    for (const key of deletes) this.declared.delete(key);
    for (const { key, object, generation } of upserts) {
      this.declared.set(key, { generation, object: canonical(object.spec) });
      const kept = this.world.get(key);
      if (kept && needsHold(kept)) this.unheld.push(key);
    }
  }
}

async function play(cluster: MemoryCluster, following: Following, s: Step): Promise<void> {
  switch (s.do) {
    case "put":
      return void cluster.put(THINGS[s.what]!, SPECS[s.spec]!);
    case "note": {
      const known = cluster.find(THINGS[s.what]!);
      return void (known && cluster.put(THINGS[s.what]!, known["spec"] as object, { labels: { n: `${s.spec}` } }));
    }
    case "remove":
      return cluster.remove(THINGS[s.what]!);
    case "free": {
      const known = cluster.find(THINGS[s.what]!);
      return known?.metadata.deletionTimestamp === undefined ? undefined : cluster.free(THINGS[s.what]!);
    }
    case "blackout":
      return blackout(cluster, THINGS[s.what]!, s.spec);
    case "removeAll":
      for (const thing of THINGS) cluster.remove(thing);
      return;
    case "cut":
      cluster.bookmark();
      return cluster.cut("ended", "tenants");
    case "break":
      return cluster.cut(away());
    case "compact":
      return cluster.compact();
    case "bookmark":
      return cluster.lagging ? undefined : cluster.bookmark();
    case "lag":
      cluster.lagging = true;
      return;
    case "catchUp":
      return cluster.catchUp();
    case "leave":
      await following.leave();
      return following.begin();
    case "fail": {
      let left = s.times;
      cluster.before = (call) => {
        if (left-- > 0) throw new KubeError(s.code, call, "no", 1);
      };
      return;
    }
    case "wait":
      for (let n = 0; n < s.turns; n++) await turn();
  }
}

/** It goes for good, and perhaps another comes, while nobody can tell: only a list will show it. */
function blackout(cluster: MemoryCluster, thing: Declared, spec: number): void {
  cluster.lagging = true;
  cluster.remove(thing);
  cluster.free(thing);
  if (spec > 0) cluster.put(thing, SPECS[spec]!);
  cluster.compact();
  cluster.catchUp();
}

/** By name: which one it is, its version, and what it declares while it is not on its way out. */
function expected(cluster: MemoryCluster) {
  const objects = THINGS.flatMap((t) => cluster.find(t) ?? []);
  const live = objects.filter((o) => o.metadata.deletionTimestamp === undefined);
  const good = live.filter((o) => (o["spec"] as { bad?: boolean }).bad !== true);
  return {
    world: objects.map((o) => `${o.metadata.name} ${o.metadata.uid} ${o.metadata.resourceVersion}`).toSorted(),
    good: good.map((o) => `${o.metadata.name} ${o.metadata.generation} ${canonical(o["spec"])}`).toSorted(),
    live: new Set(live.map((o) => o.metadata.name)),
  };
}
function found({ world, declared }: Following) {
  const kept = [...world.values()];
  const bad = new Set(
    kept
      .filter((k) => k.document.object["spec"] && canonical(k.document.object["spec"]) === '{"bad":true}')
      .map((k) => k.key),
  );
  return {
    world: kept.map((k) => `${k.name} ${k.uid} ${k.resourceVersion}`).toSorted(),
    good: [...declared]
      .filter(([key]) => !bad.has(key))
      .map(([key, d]) => `${key.split("/")[2]} ${d.generation} ${d.object}`)
      .toSorted(),
    live: new Set([...declared.keys()].map((key) => key.split("/")[2] ?? "")),
  };
}

test("any order of changes, lists, lost watches and refusals ends as the server is", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
      const cluster = new MemoryCluster();
      cluster.retryAfterMs = 1;
      cluster.pageSize = 5;
      const following = new Following(cluster);
      for (const s of steps) await play(cluster, following, s);
      cluster.before = () => {};
      cluster.catchUp();
      await settled(cluster, following);
      // What stands of a refused object was declared once and is still there.
      const { live } = expected(cluster);
      expect([...found(following).live].filter((name) => !live.has(name))).toEqual([]);
      await following.leave();
      expect(cluster.watches()).toBe(0);
      // Where the server refuses it the service goes on all the same.
      if (!steps.some((s) => s.do === "fail")) expect(following.unheld).toEqual([]);
    }),
    { numRuns: Number(process.env["RUNS"] ?? 150) },
  );
});
async function settled(cluster: MemoryCluster, following: Following): Promise<void> {
  const same = (): boolean => {
    const [a, b] = [expected(cluster), found(following)];
    return canonical([a.world, a.good]) === canonical([b.world, b.good]);
  };
  const until = performance.now() + 10_000;
  let calm = 0;
  while (calm < 50 && performance.now() < until) {
    await turn();
    calm = same() && cluster.watches() === KINDS.length ? calm + 1 : 0;
  }
  const { world, good } = found(following);
  expect({ world, good }).toEqual({ world: expected(cluster).world, good: expected(cluster).good });
}
