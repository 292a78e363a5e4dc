/** An outage of a thousand: nothing before it is over, then what is still wrong, one PON after the other's pace. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Desired } from "../../controller/core/model.ts";
import type { Port } from "../../reconcilers/voltha/controller.ts";
import { ARRIVING_MS } from "../../reconcilers/voltha/flows.ts";
import { ping } from "../../reconcilers/voltha/ping.ts";
import { watch } from "../../reconcilers/voltha/watch.ts";
import { signal } from "./hand.ts";
import { good, type Opened, open, orderOf, type Town, town } from "./voltha.site.ts";
import { OLT, onuAndUni, portOf, SETTLE_MS } from "./voltha.subjects.ts";

const ONUS = 1000;
/** Those who do not come back by themselves: one of each PON. */
const LEFT = 16;
const BATCH = 200;

let it: Town;
const at = (name: string): Port => ({ name, olt: it.config.olts[0]!, device: "", number: undefined });
const unis: readonly Desired[] = Array.from({ length: ONUS }, (_, n) => onuAndUni(n + 1).uni);
const batches = Array.from({ length: ONUS / BATCH }, (_, n) => unis.slice(n * BATCH, (n + 1) * BATCH));

beforeAll(async () => {
  it = await town(ONUS);
  for (const some of batches) good(await it.apply("create", ...some));
  // What heals by itself is not what is to be seen here.
  it.lab.removeFlowsOnDisable(false);
});
afterAll(async () => {
  it.close();
  await it.lab.close();
});

const missing = async (): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const some of batches) {
    const lookups = some.map(({ ref, spec, how }) => ({ ref, spec, how, token: "lm_t", id: ref.key }));
    const seen = await it.resource("uni").observe(lookups, signal);
    expect(seen.size, "nobody is absent").toBe(some.length);
    for (const o of seen.values()) {
      expect(o.state["services"], o.ref.key).toEqual(some.find((d) => d.ref.key === o.ref.key)?.spec["services"]);
      if (o.state["flows"] === "missing") found.push(o.ref.key);
    }
  }
  return found;
};
const troubles = async () => (await ping(it.site, signal)).troubles;
const writes = (): readonly string[] => it.lab.requests.filter((r) => !r.startsWith("GET"));

test("an OLT goes, comes back, and its ONUs have nothing, while VGC says that all is well", async () => {
  const news = watch(it.site);
  news.news(await it.site.plant());
  it.lab.requests.length = 0;

  it.lab.oltDown(OLT.serial);
  await it.lab.settled();
  expect(news.news(await it.site.plant()), "nobody is to be looked at").toEqual([]);
  expect(await missing()).toEqual([]);
  expect(await troubles()).toMatchObject([{ reason: "OLTDown", message: expect.stringContaining(`${ONUS} ONUs`) }]);

  it.lab.oltUp(OLT.serial);
  await it.lab.settled();
  await it.lab.oltCycle(OLT.serial);
  expect(news.news(await it.site.plant())).toEqual([]);
  expect(await troubles()).toMatchObject([{ reason: "Settling", message: expect.stringContaining("600 s") }]);
  it.wait(SETTLE_MS - ARRIVING_MS);
  expect(await missing(), "the window is not over").toEqual([]);
  expect(writes()).toEqual([]);

  // Others come to life meanwhile, by whatever hand.
  for (const { ref } of unis.slice(LEFT)) {
    const service = serviceOn(ref.key);
    await it.site.controller.deactivate(at(ref.key), service, signal);
    await it.site.controller.activate(at(ref.key), service, signal);
  }
  await it.lab.settled();
  await it.site.plant();
  it.wait(ARRIVING_MS);
  expect(await troubles()).toEqual([]);
  const wrong = await missing();
  expect(wrong).toEqual(unis.slice(0, LEFT).map((d) => d.ref.key));
  expect(new Set(news.news(await it.site.plant()))).toEqual(new Set(unis.map((d) => d.ref.key.replace(/-1$/, ""))));

  // One more heals before its turn comes, and is left alone.
  const [lucky] = wrong as [string];
  await it.site.controller.deactivate(at(lucky), serviceOn(lucky), signal);
  await it.site.controller.activate(at(lucky), serviceOn(lucky), signal);
  await it.lab.settled();
  it.lab.requests.length = 0;
  const orders = unis.slice(0, LEFT).map((d) => ({ ...orderOf("update", d), patch: { flows: "pushed" } }));
  good(await it.resource("uni").apply(orders, signal));
  const touched = new Set(writes().map((r) => r.split("/")[4]));
  expect(touched).toEqual(new Set(wrong.filter((port) => port !== lucky)));
  await it.lab.settled();
  await it.site.plant();
  it.wait(ARRIVING_MS);
  expect(await missing()).toEqual([]);
});

test("a controller that starts after an outage waits like one that saw it; who comes for one apply does not", async () => {
  await it.lab.oltCycle(OLT.serial);
  let skipped = 0;
  const some = unis.slice(0, 50);
  const lookups = some.map(({ ref, spec, how }) => ({ ref, spec, how, token: "lm_t", id: ref.key }));
  const flowsIn = async (one: Opened): Promise<readonly unknown[]> => {
    const seen = await one.resource("uni").observe(lookups, signal);
    return [...new Set([...seen.values()].map((o) => o.state["flows"]))];
  };
  const [late, passing] = [1, 2].map(() => open(it.config, undefined, () => skipped));
  late!.site.memory.firstLooks.stays();
  try {
    await flowsIn(late!);
    expect(await flowsIn(late!)).toEqual(["pushed"]);
    expect((await ping(late!.site, signal)).troubles).toMatchObject([{ reason: "Settling" }]);
    expect(await flowsIn(passing!)).toEqual(["missing"]);
    skipped = SETTLE_MS;
    expect(await flowsIn(late!)).toEqual(["missing"]);
  } finally {
    late!.close();
    passing!.close();
  }
});

test("a PON gets its repairs one after the other", async () => {
  const asked: string[] = [];
  const { turn } = it.site;
  Object.assign(it.site, {
    turn: (pon: string) => {
      asked.push(pon);
      return turn(pon);
    },
  });
  const orders = unis.slice(0, LEFT).map((d) => ({ ...orderOf("update", d), patch: { flows: "pushed" } }));
  good(await it.resource("uni").apply(orders, signal));
  expect(new Set(asked).size).toBe(LEFT);
  expect(asked).toContain(`${OLT.name}/1`);
  expect(it.site.turn("a")).not.toBe(it.site.turn("b"));
  expect(it.site.turn("a")).toBe(it.site.turn("a"));
});

function serviceOn(port: string) {
  const n = unis.findIndex((d) => d.ref.key === port) + 1;
  expect(portOf(n)).toBe(port);
  return {
    name: "internet",
    sTag: 100,
    cTag: 1000 + n,
    uniTag: 4096,
    technologyProfileId: 64,
    pbit: 0,
    up: "",
    down: "",
  };
}
