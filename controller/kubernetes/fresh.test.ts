import { beforeEach, expect, test } from "vitest";
import { KubeError } from "./api.ts";
import { type Reading, readAgain } from "./fresh.ts";
import { GENERATED, kept } from "./kept.ts";
import { MemoryCluster } from "./testing/cluster.ts";
import { World } from "./world.ts";

const at = (name: string) => ({ kind: "Subscriber", plural: "subscribers", namespace: "isp-acme", name });
const keyOf = (name: string): string => `Subscriber/isp-acme/${name}`;
const TENANT = { kind: "Tenant", plural: "tenants", name: "acme" };
let cluster: MemoryCluster;
let world: World;
let stop: AbortController;
let told: string[];
let reading: Reading;
beforeEach(() => {
  cluster = new MemoryCluster();
  world = new World();
  stop = new AbortController();
  told = [];
  reading = {
    api: cluster.api,
    world,
    trouble: (e) => told.push(e.code),
    signal: stop.signal,
    pause: async (ms) => void told.push(`pause ${ms}`),
  };
});
/** As the world knows it; the server may be ahead. */
const know = (name: string): void => world.put(kept("Subscriber", cluster.put(at(name)))!);
const names = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `s${n}`);

test("a few are read by name: what is gone goes, what changed is taken, and of the others nothing is said", async () => {
  for (const name of ["a", "b", "c"]) know(name);
  cluster.remove(at("a"));
  cluster.put(at("b"), { planRef: { name: "gold" } });
  cluster.remove(at("c"));
  await readAgain(reading, [keyOf("a"), keyOf("b")]);
  expect(cluster.asked).toEqual(["get subscribers/isp-acme/a", "get subscribers/isp-acme/b"]);
  expect([...world.values()].map((k) => `${k.name} ${k.generation}`)).toEqual(["b 2", "c 1"]);
});

test("cluster-scoped ones have no namespace", async () => {
  cluster.put(TENANT);
  await readAgain(reading, ["Tenant/-/acme"]);
  expect(cluster.asked).toEqual(["get tenants/acme"]);
  expect(world.get("Tenant/-/acme")).toBeDefined();
});

test("many of a kind are read by one list, whatever its pages; other kinds stay as they are", async () => {
  cluster.pageSize = 5;
  world.put(kept("Tenant", cluster.put(TENANT))!);
  for (const name of names(12)) know(name);
  for (const name of names(11)) cluster.remove(at(name));
  for (let n = 0; n < 7; n++) cluster.put(at(`new${n}`));
  await readAgain(reading, names(11).map(keyOf));
  expect(cluster.asked).toEqual([
    expect.stringMatching(/^list subscribers/),
    expect.stringMatching(/^list subscribers@/),
  ]);
  expect([...world.values()].map((k) => k.name)).toEqual(["acme", "s11", ...names(7).map((_, n) => `new${n}`)]);
});

test("ten are few", async () => {
  await readAgain(reading, names(10).map(keyOf));
  expect(cluster.asked.every((a) => a.startsWith("get"))).toBe(true);
});

test("what Lastmile itself made is nothing that was declared", async () => {
  const key = "NetworkProfile/isp-acme/a";
  cluster.put({ ...at("a"), kind: "NetworkProfile", plural: "networkprofiles" }, {}, { labels: { [GENERATED]: "" } });
  await readAgain(reading, [key]);
  expect([world.get(key), world.mirror(key)?.name]).toEqual([undefined, "a"]);
});

test("a failed read is tried again, as late as the server asks, and never taken for absence", async () => {
  know("a");
  const answers = [new KubeError("Busy", "read", "slow down", 7000), new KubeError("Unreachable", "read", "away")];
  cluster.before = () => {
    const answer = answers.shift();
    if (answer) throw answer;
  };
  await readAgain(reading, [keyOf("a")]);
  expect(told).toEqual(["Busy", "pause 7000", "Unreachable", "pause 1000"]);
  expect(world.get(keyOf("a"))).toBeDefined();
});

test("a list that breaks off in the middle takes nothing away", async () => {
  for (const name of names(12)) know(name);
  let left = 3;
  cluster.before = (call) => {
    if (!call.includes("@") || left-- < 0) return;
    expect([...world.values()]).toHaveLength(12);
    throw new KubeError("Gone", "list", "the continue token is too old");
  };
  await readAgain(reading, names(12).map(keyOf));
  expect(told.filter((t) => t === "Gone")).toHaveLength(4);
  expect([...world.values()]).toHaveLength(12);
});

test("the signal ends it, even if the server never answers, and that is no trouble", async () => {
  know("a");
  cluster.before = () => new Promise<void>(() => queueMicrotask(() => stop.abort()));
  await readAgain(reading, [keyOf("a")]);
  expect(told.filter((t) => !t.startsWith("pause"))).toEqual([]);
  expect(world.get(keyOf("a"))).toBeDefined();
});
