/** What the server shows follows from what the store says, and from nothing else. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KindName, SubscriberStatus } from "../api/types.generated.ts";
import type { ObjectKey } from "../core/catalog-key.ts";
import { type KubeApi, KubeError, type KubeObject } from "./api.ts";
import { Desk } from "./desk.ts";
import { FINALIZER, hold, needsHold } from "./finalizer.ts";
import { trimmed } from "./kept.ts";
import type { Ports } from "./ports.ts";
import { MemoryCluster } from "./testing/cluster.ts";
import { World } from "./world.ts";

const john = { kind: "Subscriber", plural: "subscribers", namespace: "isp-acme", name: "john" };
const key = "Subscriber/isp-acme/john";
const mirror = { kind: "NetworkProfile", plural: "networkprofiles", namespace: "isp-acme", name: "john" };
const T0 = "2026-11-22T10:00:00Z";
const statusOf = (status: "True" | "False", reason: string, source = "Inline") => ({
  conditions: [
    { type: "Ready", status, reason, message: `it is ${reason}`, lastTransitionTime: T0, observedGeneration: 1 },
  ],
  observedGeneration: 1,
  profile: { source },
});
type Status = ReturnType<typeof statusOf>;

let cluster: MemoryCluster;
let world: World;
let store: Map<ObjectKey, Status>;
let mark: number;
let changed: Map<ObjectKey, number>;
let standing: Set<ObjectKey>;
let mayWrite: boolean;
let events: { reason: string; type: string }[];
let troubles: unknown[];
/** While the store is asked for a status. */
let meanwhile: () => Promise<void>;
let desk: Desk;
let stop: AbortController;
let running: Promise<void>;

const api = (): KubeApi => ({
  ...cluster.api,
  create: async (_, body) => {
    events.push(body as (typeof events)[number]);
    return body as KubeObject;
  },
  async patch(target, body, kind, signal) {
    if (kind !== "apply") return cluster.api.patch(target, body, kind, signal);
    cluster.asked.push(`apply ${target.plural}/${target.namespace}/${target.name}`);
    const { spec, metadata } = body as { spec: object; metadata: Record<string, unknown> };
    return cluster.put({ ...mirror, name: target.name }, spec, metadata);
  },
});
const ports: Ports = {
  mark: async () => String(mark),
  async *changedSince(since) {
    yield [...store].filter(([k]) => (changed.get(k) ?? 0) >= Number(since)).map(([k, status]) => ({ key: k, status }));
  },
  async statusOf(k) {
    await meanwhile();
    return store.get(k);
  },
  userOf: async () => ({ name: "john", status: store.get(key) as unknown as SubscriberStatus }),
  standing: async (keys) => new Set(keys.filter((k) => standing.has(k))),
  enforces: () => true,
  mayWrite: () => mayWrite,
};
beforeEach(() => {
  cluster = new MemoryCluster();
  [world, store, changed, standing] = [new World(), new Map(), new Map(), new Set()];
  [mark, mayWrite, events, troubles] = [1, true, [], []];
  meanwhile = async () => {};
  cluster.put(john, { planRef: { name: "fiber" } });
});
afterEach(async () => {
  stop.abort();
  await running;
});

/** The server tells of everything that it has. */
function hear(): void {
  for (const { plural, kind } of [john, mirror]) {
    const objects = cluster.objects(plural).map((o) => trimmed(kind as KindName, o));
    desk.told(world.take(kind as KindName, { type: "all", objects }));
  }
}
function begin(): void {
  desk = new Desk({
    api: api(),
    world,
    ports,
    instance: "test",
    now: () => Date.parse(T0),
    trouble: (e) => troubles.push(e),
  });
  stop = new AbortController();
  hear();
  running = desk.run(stop.signal);
}
function say(status: Status): void {
  store.set(key, status);
  changed.set(key, ++mark);
  desk.nudge();
}
const shown = () => cluster.find(john)?.["status"];
const writes = () => cluster.asked.filter((a) => /^(status|patch|apply|delete)/.test(a)).length;
/** Nothing is written any more. */
async function quiet(): Promise<void> {
  for (let before = -1; before !== cluster.asked.length; ) {
    before = cluster.asked.length;
    await new Promise((done) => setTimeout(done, 30));
  }
}
const until = (good: () => unknown) => expect.poll(good, { timeout: 20_000, interval: 5 });

describe("a status", () => {
  test("is shown when the store has it, with one event for each transition, and written once", async () => {
    begin();
    desk.refused(new Map());
    say(statusOf("True", "Converged"));
    await until(shown).toEqual(statusOf("True", "Converged"));
    hear();
    desk.nudge();
    say(statusOf("True", "Converged"));
    await quiet();
    expect(cluster.asked.filter((a) => a.startsWith("status "))).toHaveLength(1);
    say(statusOf("False", "Rejected"));
    await until(shown).toEqual(statusOf("False", "Rejected"));
    await until(() => events.map((e) => `${e.type} ${e.reason}`)).toEqual(["Normal Converged", "Warning Rejected"]);
  });
  test("is not written before it is known what is refused, and not again after a restart", async () => {
    store.set(key, statusOf("True", "Converged"));
    begin();
    desk.nudge();
    await quiet();
    expect(shown()).toBeUndefined();
    desk.refused(new Map());
    await until(shown).toEqual(statusOf("True", "Converged"));
    await until(() => cluster.find(john)?.metadata.finalizers).toEqual([FINALIZER]);
    await quiet();
    stop.abort();
    await running;
    const before = [writes(), events.length];
    begin();
    desk.refused(new Map());
    await quiet();
    expect([writes(), events.length]).toEqual(before);
  });
  test("that somebody else wrote is put right", async () => {
    begin();
    desk.refused(new Map());
    say(statusOf("True", "Converged"));
    await until(shown).toBeDefined();
    await quiet();
    await cluster.api.applyStatus({ ...john, group: "lastmile.dev", version: "v1alpha1" }, { status: {} }, stop.signal);
    hear();
    await until(shown).toEqual(statusOf("True", "Converged"));
  });
  test("tells what is refused, and what stands beside it; and no more when it is mended", async () => {
    begin();
    const wrong = [{ path: "spec.planRef.name", message: "there is no plan gold", remedy: "name another" }];
    desk.refused(new Map([[key, wrong]]));
    say(statusOf("True", "Converged"));
    const ready = () => (shown() as Status | undefined)?.conditions[0];
    await until(ready).toMatchObject({ status: "False", reason: "Refused" });
    desk.refused(new Map());
    await until(ready).toMatchObject({ status: "True", reason: "Converged" });
    expect(events.map((e) => e.reason).slice(-2)).toEqual(["Refused", "Converged"]);
  });
  test("is tried again when the server is away, and told", async () => {
    begin();
    desk.refused(new Map());
    await until(() => cluster.find(john)?.metadata.finalizers).toEqual([FINALIZER]);
    let away = 2;
    cluster.before = (call) => {
      if (call.startsWith("status") && away-- > 0) throw new KubeError("Unreachable", "write", "away");
    };
    say(statusOf("True", "Converged"));
    await until(shown).toBeDefined();
    expect(troubles).toHaveLength(2);
  });
  test("is not written by a process that may have lost its lease", async () => {
    begin();
    desk.refused(new Map());
    await until(() => cluster.find(john)?.metadata.finalizers).toEqual([FINALIZER]);
    mayWrite = false;
    say(statusOf("True", "Converged"));
    await quiet();
    expect(shown()).toBeUndefined();
  });
});

describe("an object that is new", () => {
  const touched = () => cluster.asked.filter((a) => /^(patch|get) /.test(a));
  test("is left to whoever reads while they put our finalizer on it, and held where they did not", async () => {
    world.beingHeld.add(key);
    begin();
    desk.refused(new Map());
    say(statusOf("True", "Converged"));
    await until(shown).toBeDefined();
    await quiet();
    expect(touched()).toEqual([]);
    world.beingHeld.delete(key);
    await until(() => cluster.find(john)?.metadata.finalizers).toEqual([FINALIZER]);
  });
  test("is touched once, although it was held while the store was asked about it", async () => {
    meanwhile = async () => {
      const object = world.get(key);
      if (object && needsHold(object)) world.read(key, await hold(cluster.api, object, stop.signal));
    };
    begin();
    desk.refused(new Map());
    say(statusOf("True", "Converged"));
    await until(shown).toBeDefined();
    await quiet();
    expect(touched()).toEqual(["patch subscribers/isp-acme/john"]);
  });
});

describe("a deleted object", () => {
  test("stays until it stands for nothing, and then goes", async () => {
    begin();
    desk.refused(new Map());
    await until(() => cluster.find(john)?.metadata.finalizers).toEqual([FINALIZER]);
    standing.add(key);
    cluster.remove(john);
    hear();
    await quiet();
    expect(cluster.find(john)).toBeDefined();
    standing.delete(key);
    await until(() => cluster.find(john)).toBeUndefined();
  });
  test("leaves the finalizers of others alone", async () => {
    cluster.put(john, { planRef: { name: "fiber" } }, { finalizers: ["others.example/keep"] });
    begin();
    desk.refused(new Map());
    await until(() => cluster.find(john)?.metadata.finalizers).toEqual(["others.example/keep", FINALIZER]);
    cluster.remove(john);
    hear();
    await until(() => cluster.find(john)?.metadata.finalizers).toEqual(["others.example/keep"]);
  });
});

describe("the profile of who declares none", () => {
  const shownProfile = () => cluster.find(mirror);
  beforeEach(async () => {
    begin();
    desk.refused(new Map());
    say(statusOf("True", "Converged", "Generated"));
    await until(() => (shownProfile()?.["status"] as { subscriber?: string } | undefined)?.subscriber).toBe("john");
  });
  test("is shown beside him, as his, and never again where nothing differs", async () => {
    expect(shownProfile()?.metadata).toMatchObject({
      labels: { "lastmile.dev/generated": "true" },
      ownerReferences: [{ kind: "Subscriber", name: "john", uid: cluster.find(john)?.metadata.uid }],
    });
    await quiet();
    const before = writes();
    hear();
    desk.nudge();
    await quiet();
    expect(writes()).toBe(before);
    expect(world.get("NetworkProfile/isp-acme/john"), "never read as declared").toBeUndefined();
  });
  test("is made again where somebody deleted it", async () => {
    cluster.remove(mirror);
    hear();
    await until(shownProfile).toBeDefined();
  });
  test("goes when he is gone and it was left behind", async () => {
    cluster.remove(john);
    cluster.free(john);
    hear();
    await until(shownProfile).toBeUndefined();
    expect(troubles).toEqual([]);
  });
  test("goes when he declares one of another kind", async () => {
    say(statusOf("True", "Converged", "Inline"));
    await until(shownProfile).toBeUndefined();
  });
  test("gives way to a declared one of the same name", async () => {
    cluster.put(mirror, { serviceVlan: 100 }, { labels: {} });
    hear();
    say(statusOf("False", "Rejected", "Generated"));
    await until(() => (shown() as Status).conditions[0]?.reason).toBe("Rejected");
    await quiet();
    expect(shownProfile()?.["spec"]).toEqual({ serviceVlan: 100 });
  });
});
