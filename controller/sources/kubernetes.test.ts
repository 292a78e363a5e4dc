import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAssembler } from "../api/load-snapshot.ts";
import { createValidator } from "../api/validate.ts";
import { KubeError } from "../kubernetes/api.ts";
import { FINALIZER } from "../kubernetes/finalizer.ts";
import { KINDS, targetOf } from "../kubernetes/kinds.ts";
import { MemoryCluster } from "../kubernetes/testing/cluster.ts";
import { World } from "../kubernetes/world.ts";
import { type KubernetesSource, kubernetesSource } from "./kubernetes.ts";
import type { SourceUpdate } from "./source.ts";

const tenant = (name: string) => ({ kind: "Tenant", plural: "tenants", name });
const specOf = (name: string, timeZone = "Europe/Berlin") => ({
  namespace: `isp-${name}`,
  realms: [`${name}.example`],
  timeZone,
});
const keyOf = (name: string): string => `Tenant/-/${name}`;
let cluster: MemoryCluster;
let world: World;
let stop: AbortController;
let troubles: string[];
let told: string[];
/** How often everything was judged. */
let judged: number;
let holds: boolean;
let source: KubernetesSource;
let updates: AsyncIterator<SourceUpdate>;
beforeEach(() => {
  cluster = new MemoryCluster();
  cluster.retryAfterMs = 1;
  world = new World();
  troubles = [];
  told = [];
  holds = true;
  begin();
});
afterEach(async () => {
  stop.abort();
  await updates.next();
  expect(cluster.watches()).toBe(0);
});
function begin(): void {
  stop = new AbortController();
  judged = 0;
  const assemble = createAssembler(createValidator());
  source = kubernetesSource({
    api: cluster.api,
    sourceId: "kubernetes:test",
    world,
    trouble: (e) => troubles.push(e.code),
    holds: () => holds,
    told: (keys) => told.push(...keys),
    assemble: (tree) => {
      judged++;
      return assemble(tree);
    },
    settleMs: 0,
  });
  updates = source.updates(stop.signal)[Symbol.asyncIterator]();
}
async function next(): Promise<SourceUpdate> {
  const { value, done } = await updates.next();
  if (done) throw new RangeError("the source has ended");
  return value;
}
const put = (name: string, timeZone?: string, more?: object) =>
  cluster.put(tenant(name), specOf(name, timeZone), more as Readonly<Record<string, unknown>>);
const turn = (): Promise<void> => new Promise(setImmediate);
async function following(): Promise<void> {
  while (cluster.watches() < KINDS.length) await turn();
}
/** What is told after a change, once everything is followed. */
async function changed(change: () => void): Promise<SourceUpdate> {
  const coming = next();
  await following();
  change();
  return coming;
}
const short = ({ complete, upserts, deletes }: SourceUpdate) => ({
  complete,
  upserts: upserts.map((u) => u.key),
  deletes,
});
const asked = (part: string): readonly string[] => cluster.asked.filter((a) => a.startsWith(part));
/** The next call of this sort is answered so, before what the server would say. */
function once(part: string, answer: () => void): void {
  let pending = true;
  cluster.before = (call) => {
    if (!pending || !call.startsWith(part)) return;
    pending = false;
    answer();
  };
}
const refuse = (code: ConstructorParameters<typeof KubeError>[0]) => (): never => {
  throw new KubeError(code, "do that", "no", 1);
};

describe("the first snapshot", () => {
  test("comes when every kind was listed, and is complete; nothing is said before", async () => {
    put("a");
    const shut = Promise.withResolvers<void>();
    cluster.before = (call) => (call.startsWith("list sitesurveys") ? shut.promise : undefined);
    const coming = next();
    let early = true;
    void coming.then(() => {
      expect(early).toBe(false);
    });
    while (cluster.watches() < KINDS.length - 1) await turn();
    for (let n = 0; n < 20; n++) await turn();
    early = false;
    shut.resolve();
    expect(short(await coming)).toEqual({ complete: true, upserts: [keyOf("a")], deletes: [] });
  });
  test("is complete when the server holds nothing: what was declared before is gone", async () => {
    expect(short(await next())).toEqual({ complete: true, upserts: [], deletes: [] });
  });
  test("does not come while one kind is refused", async () => {
    let left = 4;
    cluster.before = (call) => {
      if (call.startsWith("list sitesurveys") && left-- > 0) refuse("Forbidden")();
    };
    await next();
    expect([left, troubles]).toEqual([-1, ["Forbidden", "Forbidden", "Forbidden", "Forbidden"]]);
  });
  test("names generation, place, version and author as the server has them", async () => {
    put("a", "Europe/Berlin", { managedFields: [{ manager: "kubectl", time: "2026-11-22T00:00:00Z" }] });
    put("a", "Europe/Paris");
    const declared = cluster.find(tenant("a"))!.metadata.resourceVersion;
    const { upserts, sourceId, revision } = await next();
    const { resourceVersion } = cluster.find(tenant("a"))!.metadata;
    expect([sourceId, revision]).toEqual(["kubernetes:test", resourceVersion]);
    expect(upserts).toMatchObject([
      {
        generation: 2,
        object: { spec: { timeZone: "Europe/Paris" } },
        origin: { file: "tenants.lastmile.dev/a", line: 1, revision: declared, author: "kubectl" },
      },
    ]);
  });
  test("the last word of what is asked to go is told once, and again when its pause ends", async () => {
    put("a", undefined, { annotations: { "lastmile.dev/paused": "true" }, finalizers: [FINALIZER] });
    cluster.remove(tenant("a"));
    const first = await next();
    expect(short(first)).toEqual({ complete: true, upserts: [], deletes: [] });
    expect(first.lasts).toMatchObject([{ key: keyOf("a"), object: { metadata: { annotations: {} } } }]);
    const ended = await changed(() => put("a", undefined, { annotations: {} }));
    expect(short(ended)).toEqual({ complete: false, upserts: [], deletes: [] });
    expect(ended.lasts?.map((u) => u.object.metadata.annotations)).toEqual([undefined]);
  });
  test("leaves out what is on its way out", async () => {
    put("a", undefined, { finalizers: [FINALIZER] });
    cluster.remove(tenant("a"));
    expect(short(await next()).upserts).toEqual([]);
    expect(world.get(keyOf("a"))).toMatchObject({ deleting: true });
  });
});

describe("after it", () => {
  test("only what changed is told, and the versions of others are left alone", async () => {
    put("a");
    put("b");
    await next();
    expect(short(await changed(() => put("b", "Europe/Paris")))).toEqual({
      complete: false,
      upserts: [keyOf("b")],
      deletes: [],
    });
  });
  test("a status, a label or a finalizer of others is no change of what is declared", async () => {
    put("a");
    await next();
    const change = await changed(() => {
      put("a", undefined, { labels: { team: "x" } });
      put("b");
    });
    expect(short(change).upserts).toEqual([keyOf("b")]);
    expect(told).toContain(keyOf("a")); // whoever shows its status does hear of it
  });
  test("a status of ours does not have everybody judged again, nor does our finalizer", async () => {
    for (const name of ["a", "b", "c"]) put(name);
    await next();
    const before = judged;
    await changed(async () => {
      for (const name of ["a", "b", "c"])
        await cluster.api.applyStatus(targetOf("Tenant", undefined, name), { status: { x: 1 } }, stop.signal);
      while (told.filter((key) => key === keyOf("c")).length < 3) await turn();
      expect(judged).toBe(before);
      put("d");
    });
    expect(judged).toBe(before + 1);
  });
  test("an annotation of ours is one", async () => {
    put("a");
    await next();
    const annotations = { "lastmile.dev/paused": "true" };
    expect(short(await changed(() => put("a", undefined, { annotations }))).upserts).toEqual([keyOf("a")]);
  });
  test("asked to go is gone: what holds it is not of its declaration", async () => {
    put("a");
    await next();
    expect(short(await changed(() => cluster.remove(tenant("a")))).deletes).toEqual([keyOf("a")]);
    expect(cluster.find(tenant("a"))?.metadata.finalizers).toEqual([FINALIZER]);
  });
  test("its final end is told to nobody twice", async () => {
    put("a");
    await next();
    await changed(() => cluster.remove(tenant("a")));
    const change = await changed(() => {
      cluster.free(tenant("a"));
      put("b");
    });
    expect(short(change)).toEqual({ complete: false, upserts: [keyOf("b")], deletes: [] });
  });
});

describe("the finalizer", () => {
  test("is there before the first declaration is told", async () => {
    put("a");
    await next();
    expect(cluster.find(tenant("a"))?.metadata.finalizers).toEqual([FINALIZER]);
    const coming = changed(() => put("b")).then((u) => [u, cluster.find(tenant("b"))?.metadata.finalizers]);
    expect(await coming).toMatchObject([{}, [FINALIZER]]);
  });
  test("is there also where somebody else wrote the object at that moment, and their word is what is told", async () => {
    put("a");
    once("patch", () => put("a", "Europe/Paris"));
    const { upserts } = await next();
    expect(cluster.find(tenant("a"))?.metadata.finalizers).toEqual([FINALIZER]);
    expect(upserts).toMatchObject([{ generation: 2, object: { spec: { timeZone: "Europe/Paris" } } }]);
  });
  test("that is refused does not stop the service", async () => {
    put("a");
    once("patch", refuse("Forbidden"));
    expect(short(await next()).upserts).toEqual([keyOf("a")]);
    expect(troubles).toEqual(["Forbidden"]);
  });
  test("of a crowd does not hold up who is held already: it is told in parts, and all of it", async () => {
    await next();
    const names = Array.from({ length: 1100 }, (_, n) => `t${n}`);
    const sizes: number[] = [];
    const take = ({ upserts }: SourceUpdate): void => {
      for (const { key } of upserts) expect(world.get(key)?.finalizers).toEqual([FINALIZER]);
      sizes.push(upserts.length);
    };
    const told = (): number => sizes.reduce((sum, n) => sum + n, 0);
    take(await changed(() => names.map((n) => put(n))));
    while (told() < names.length) take(await next());
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
    expect(told()).toBe(names.length);
  });
  test("is known to be on its way, so that nobody else puts it there, also when it is refused", async () => {
    put("a");
    const known: boolean[] = [];
    once("patch", () => {
      known.push(world.beingHeld.has(keyOf("a")));
      refuse("Forbidden")();
    });
    await next();
    expect([known, [...world.beingHeld]]).toEqual([[true], []]);
  });
  test("finds an object gone: it is not told of", async () => {
    put("a");
    once("patch", () => cluster.remove(tenant("a")));
    expect(short(await next()).upserts).toEqual([]);
  });
  test("is not put where Lastmile only looks", async () => {
    holds = false;
    put("a");
    expect(short(await next()).upserts).toEqual([keyOf("a")]);
    expect(asked("patch")).toEqual([]);
  });
  test("is there on an object that was made again before anybody saw that it was gone", async () => {
    put("a");
    await next();
    const coming = next();
    await following();
    cluster.lagging = true;
    cluster.remove(tenant("a"));
    cluster.free(tenant("a"));
    put("a", "Europe/Paris");
    cluster.compact();
    cluster.catchUp();
    expect(short(await coming).upserts).toEqual([keyOf("a")]);
    expect(cluster.find(tenant("a"))?.metadata).toMatchObject({ uid: "u2", finalizers: [FINALIZER] });
  });
  test("is there also where a list that was made for something else is the first to show the object", async () => {
    for (let n = 0; n < 12; n++) put(`t${n}`);
    await next();
    const seen: (readonly [string, number])[] = [];
    let lists = 0;
    cluster.before = (call) => {
      if (call !== "list tenants" || ++lists !== 2) return; // the reflector's comes before
      cluster.lagging = true;
      put("late");
    };
    const coming = next();
    await following();
    cluster.lagging = true;
    for (let n = 0; n < 12; n++) cluster.remove(tenant(`t${n}`));
    cluster.compact();
    cluster.catchUp();
    for (let update = await coming; ; update = await next()) {
      for (const { key } of update.upserts)
        seen.push([key, cluster.find(tenant("late"))?.metadata.finalizers?.length ?? 0]);
      if (seen.length > 0) break;
      cluster.catchUp();
    }
    expect(seen).toEqual([[keyOf("late"), 1]]);
  });
  test("is put once", async () => {
    put("a");
    await next();
    await changed(() => put("a", "Europe/Paris"));
    expect(asked("patch")).toHaveLength(1);
  });
});

describe("what seems to be gone is read again before that is told", () => {
  test("it is there: nothing is told", async () => {
    holds = false;
    put("a");
    await next();
    const coming = next();
    await following();
    cluster.lagging = true;
    cluster.remove(tenant("a"));
    put("a"); // made again before anybody looked
    once("get tenants/a", () => cluster.catchUp());
    cluster.catchUp();
    put("b");
    const seen = [await coming];
    while (!seen.some((u) => u.upserts.some((o) => o.key === keyOf("b")))) seen.push(await next());
    expect(seen.flatMap((u) => u.deletes)).toEqual([]);
    expect(world.get(keyOf("a"))?.uid).toBe("u2");
  });
  test("it cannot be read: it is tried until it can, and meanwhile nothing is told", async () => {
    put("a");
    await next();
    let left = 3;
    cluster.before = (call) => {
      if (call === "get tenants/a" && left-- > 0) refuse("Unreachable")();
    };
    expect(short(await changed(() => cluster.remove(tenant("a")))).deletes).toEqual([keyOf("a")]);
    expect([left, troubles]).toEqual([-1, ["Unreachable", "Unreachable", "Unreachable"]]);
  });
  test("many at once are one list", async () => {
    for (let n = 0; n < 12; n++) put(`t${n}`);
    await next();
    cluster.asked.length = 0;
    cluster.pageSize = 100;
    const gone = await changed(() => {
      cluster.lagging = true;
      for (let n = 0; n < 12; n++) cluster.remove(tenant(`t${n}`));
      cluster.compact();
      cluster.catchUp();
    });
    expect(gone.deletes).toHaveLength(12);
    expect([asked("get"), asked("list tenants")].map((a) => a.length)).toEqual([0, 2]); // the reflector's, and ours
  });
});

test("deleted and made again, seen as one: told as declared, with the new generation, and never as gone", async () => {
  holds = false;
  put("a");
  put("a", "Europe/Paris");
  await next();
  const coming = next();
  await following();
  cluster.lagging = true;
  cluster.remove(tenant("a"));
  put("a", "Europe/Paris");
  cluster.compact();
  cluster.cut(new KubeError("Unreachable", "watch", "the connection ended", 1));
  cluster.catchUp();
  const change = await coming;
  expect(short(change)).toEqual({ complete: false, upserts: [keyOf("a")], deletes: [] });
  expect(change.upserts[0]?.generation).toBe(1);
});

describe("a refused object", () => {
  const wrong = (name: string) => cluster.put(tenant(name), { namespace: `isp-${name}`, realms: [] });
  test("is named, with what is wrong, and what was known of it stands", async () => {
    put("a");
    wrong("b");
    const first = await next();
    expect(short(first)).toEqual({ complete: true, upserts: [keyOf("a")], deletes: [] });
    expect(first.errors).toMatchObject([{ file: "tenants.lastmile.dev/b", path: expect.stringContaining("realms") }]);
    expect([...first.standing!]).toEqual([keyOf("b")]);
    const second = await changed(() => wrong("a"));
    expect(short(second)).toEqual({ complete: false, upserts: [], deletes: [] });
    expect([...second.standing!]).toEqual([keyOf("a"), keyOf("b")]);
  });
  test("that is mended is told, and one that goes takes its refusal with it", async () => {
    put("a");
    wrong("b");
    wrong("c");
    await next();
    const mended = await changed(() => put("b"));
    expect([short(mended).upserts, mended.errors.map((e) => e.name)]).toEqual([[keyOf("b")], ["c"]]);
    const gone = await changed(() => {
      cluster.remove(tenant("c"));
      cluster.free(tenant("c"));
    });
    expect([short(gone), gone.errors]).toEqual([{ complete: false, upserts: [], deletes: [keyOf("c")] }, []]);
  });
  test("that goes after it had stood is gone", async () => {
    put("a");
    await next();
    await changed(() => wrong("a"));
    expect(short(await changed(() => cluster.remove(tenant("a")))).deletes).toEqual([keyOf("a")]);
  });
  test("that stood already when we began to read is told as gone when it goes, and when it is mended", async () => {
    wrong("a");
    wrong("b");
    expect(short(await next()).upserts).toEqual([]);
    expect(short(await changed(() => cluster.remove(tenant("a")))).deletes).toEqual([keyOf("a")]);
    expect(short(await changed(() => put("b"))).upserts).toEqual([keyOf("b")]);
  });
  test("is told again only where its refusal differs", async () => {
    wrong("b");
    await next();
    const change = await changed(() => {
      cluster.put(tenant("b"), { namespace: "isp-b", realms: [] }, { labels: { x: "y" } });
      put("a");
    });
    expect(short(change).upserts).toEqual([keyOf("a")]);
  });
});

describe("who follows anew", () => {
  test("begins with a complete snapshot, and knows nothing of before", async () => {
    put("a");
    put("b");
    await next();
    stop.abort();
    await updates.next();
    cluster.remove(tenant("b"));
    cluster.free(tenant("b"));
    const shut = Promise.withResolvers<void>();
    cluster.before = (call) => (call.startsWith("list tenants") ? shut.promise : undefined);
    begin();
    const coming = next();
    while (cluster.watches() < KINDS.length - 1) await turn();
    for (let n = 0; n < 20; n++) await turn();
    shut.resolve();
    expect(short(await coming)).toEqual({ complete: true, upserts: [keyOf("a")], deletes: [] });
    expect([...world.values()].map((k) => k.name)).toEqual(["a"]);
  });
});

describe("age", () => {
  test("is that of the quietest kind, unknown until each said something, and none when nobody reads", async () => {
    expect(source.age()).toBeUndefined();
    await next();
    await following();
    expect(source.age()).toBeGreaterThanOrEqual(0);
    cluster.bookmark();
    stop.abort();
    await updates.next();
    expect(source.age()).toBeUndefined();
  });
});

test.each(["list tenants", "watch tenants", "patch tenants/a", "get tenants/a"])(
  "the signal ends it during `%s`, and that is no trouble",
  async (call) => {
    put("a");
    if (call.startsWith("get")) await next();
    const reached = Promise.withResolvers<void>();
    cluster.before = (asked) => {
      if (!asked.startsWith(call)) return;
      reached.resolve();
      return new Promise<void>(() => {});
    };
    if (call.startsWith("watch")) await next();
    const coming = updates.next();
    if (call.startsWith("get")) cluster.remove(tenant("a"));
    await reached.promise;
    stop.abort();
    expect(await coming).toMatchObject({ done: true });
    expect(troubles).toEqual([]);
  },
);
