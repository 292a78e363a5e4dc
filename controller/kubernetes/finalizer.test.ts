import { beforeEach, describe, expect, test } from "vitest";
import { KubeError } from "./api.ts";
import { FINALIZER, hold, isHeld, letGo, needsHold } from "./finalizer.ts";
import { type Kept, kept } from "./kept.ts";
import { MemoryCluster } from "./testing/cluster.ts";
import { keptOf } from "./testing/objects.ts";

const S1 = { kind: "Subscriber", plural: "subscribers", namespace: "isp-acme", name: "s1" };
const { signal } = new AbortController();
let cluster: MemoryCluster;
beforeEach(() => {
  cluster = new MemoryCluster();
});
const keptNow = (...args: Parameters<MemoryCluster["put"]>): Kept => kept("Subscriber", cluster.put(...args))!;
const finalizers = () => cluster.objects("subscribers").map((o) => o.metadata.finalizers ?? []);

test.each([
  ["a subscriber", { kind: "Subscriber" }, true],
  ["a tenant", { kind: "Tenant" }, true],
  ["a plan", { kind: "ServicePlan" }, true],
  ["an endpoint", { kind: "ExternalSystem" }, true],
  ["a profile: nothing in a system is its own", { kind: "NetworkProfile" }, false],
  ["one that is held already", { more: { finalizers: [FINALIZER] } }, false],
  ["one that goes: the server takes no new finalizer then", { more: { deletionTimestamp: "x" } }, false],
] as const)("%s", (_, given, needed) => expect(needsHold(keptOf(given))).toBe(needed));

describe("hold and let go", () => {
  test("what others keep it for stays", async () => {
    const before = keptNow(S1, {}, { finalizers: ["other/x"] });
    const held = await hold(cluster.api, before, signal);
    expect(held && isHeld(held)).toBe(true);
    expect(finalizers()).toEqual([["other/x", FINALIZER]]);
    await letGo(cluster.api, held!, signal);
    expect(finalizers()).toEqual([["other/x"]]);
  });
  test("the last finalizer of what goes: it is gone", async () => {
    const held = keptNow(S1, {}, { finalizers: [FINALIZER] });
    cluster.remove(S1);
    const leaving = kept("Subscriber", cluster.objects("subscribers")[0]!)!;
    await letGo(cluster.api, leaving, signal);
    expect(finalizers()).toEqual([]);
    expect(await letGo(cluster.api, held, signal)).toBeUndefined();
  });
  test("changed meanwhile: nothing is written over it, and the answer is how it is now", async () => {
    const before = keptNow(S1);
    cluster.put(S1, { planRef: { name: "gold" } }, { finalizers: ["other/x"] });
    const now = await hold(cluster.api, before, signal);
    expect(now).toMatchObject({ finalizers: ["other/x"], generation: 2 });
    expect(finalizers()).toEqual([["other/x"]]);
  });
  test("made again under the same name: the other one is not touched", async () => {
    const before = keptNow(S1);
    cluster.remove(S1);
    cluster.put(S1);
    expect((await hold(cluster.api, before, signal))?.uid).toBe("u2");
    expect(finalizers()).toEqual([[]]);
  });
  test("every other refusal is the caller's", async () => {
    const before = keptNow(S1);
    cluster.before = () => {
      throw new KubeError("Forbidden", "change", "no");
    };
    await expect(hold(cluster.api, before, signal)).rejects.toMatchObject({ code: "Forbidden" });
  });
});
