/** ONOS asks what a service is (SADIS), and is told which to start. It keeps nothing of a service that ended. */
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Desired } from "../../controller/core/model.ts";
import { ARRIVING_MS } from "../../reconcilers/voltha/flows.ts";
import { publishes } from "../../reconcilers/voltha/sadis.ts";
import { listen, startBroken, stop, ways } from "../lab/netbox/broken.ts";
import { signal } from "./hand.ts";
import { good, open, type Town, town } from "./voltha.site.ts";
import { configAt, ground, internet, OLT, onuAndUni, portOf, tv, voice } from "./voltha.subjects.ts";

let it: Town;
let sadis: Server;
/** As they are declared now: what is served. */
const declared = new Map<string, Desired>();
beforeEach(async () => {
  declared.clear();
  it = await town(2, undefined, "ONOS");
  sadis = createServer((req, res) => {
    const found = [...declared.values()].flatMap((d) => publishes(d, it.config) ?? []).find((p) => p.path === req.url);
    res.writeHead(found ? 200 : 404, { "Content-Type": "application/json" }).end(JSON.stringify(found?.body ?? {}));
  });
  it.lab.sadisUrl = await listen(sadis);
  for (const d of ground()) await put("create", d);
});
afterEach(async () => {
  it.close();
  await Promise.all([it.lab.close(), stop(sadis)]);
});
const put = async (action: "create" | "update", d: Desired) => {
  declared.set(d.ref.key, d);
  return good(await it.apply(action, d))[0]!;
};
const serve = async (services = [internet]): Promise<Desired> => {
  const { onu, uni } = onuAndUni(1, { services });
  await put("create", onu);
  await put("create", uni);
  return uni;
};
const sTags = () => it.onus[0]?.services.map((s) => s.ponSTag).sort();

test("OLTs and profiles are in place when ONOS finds them in SADIS", async () => {
  for (const d of ground()) expect(await it.look(d), d.ref.key).toMatchObject({ state: d.spec });
  const unknown = { ...ground()[2]!, ref: { ...ground()[2]!.ref, key: "nobody_knows" } };
  expect(await it.look(unknown)).toBeUndefined();
  expect((await it.apply("create", unknown))[0]).toMatchObject({ code: "NotConverging" });
});

describe("a port", () => {
  test("is served, and looks as it was declared", async () => {
    const uni = await serve([internet, voice]);
    expect(sTags()).toEqual([100, 444]);
    expect(await it.look(uni)).toMatchObject({
      retired: false,
      state: { services: uni.spec["services"], flows: "pushed" },
    });
  });
  test("changes its tags: the old service ends while SADIS, as ONOS remembers it, still names it", async () => {
    await serve([internet, voice]);
    const { uni } = onuAndUni(1, { services: [{ ...internet, serviceVlan: 200 }, voice] });
    expect(await put("update", uni)).toMatchObject({ state: { services: uni.spec["services"] } });
    expect(sTags()).toEqual([200, 444]);
  });
  test("of who is suspended keeps what must stay, and gets the rest back", async () => {
    const services = [internet, voice, tv];
    await serve(services);
    await put("update", onuAndUni(1, { services, state: "Suspended" }).uni);
    expect(sTags()).toEqual([100, 444]);
    await put("update", onuAndUni(1, { services }).uni);
    expect(sTags()).toEqual([100, 444, 555]);
  });
  test("that is retired is empty there, and one that is empty is absent", async () => {
    const uni = await serve([internet, voice]);
    expect(good(await it.apply("retire", uni))).toEqual([null]);
    expect(sTags()).toEqual([]);
    expect(await it.resource("uni").observe([{ ref: uni.ref, token: "lm_t", id: uni.ref.key }], signal)).toEqual(
      new Map(),
    );
    expect(await it.apply("destroy", uni)).toEqual([null]);
    expect(await put("create", uni)).toMatchObject({ state: { services: uni.spec["services"] } });
  });
  test("whose flows went with its OLT gets them again: ONOS believes that they are there", async () => {
    const uni = await serve();
    await it.lab.oltCycle(OLT.serial);
    await it.site.plant();
    it.wait(ARRIVING_MS);
    expect(await it.look(uni)).toMatchObject({ state: { services: uni.spec["services"], flows: "missing" } });
    expect(sTags()).toEqual([]);
    await put("update", uni);
    expect(sTags()).toEqual([100]);
  });
  test("that ONOS has not seen yet is waited for", async () => {
    const { onu, uni } = onuAndUni(2);
    await put("create", onu);
    declared.set(uni.ref.key, uni);
    const { controller } = it.site;
    const port = { name: `${portOf(2)}7`, olt: it.config.olts[0]!, device: "", number: 7 };
    const service = { name: "x", sTag: 1, cTag: 1, uniTag: 1, technologyProfileId: 64, pbit: 0, up: "", down: "" };
    await expect(controller.activate(port, service, signal)).rejects.toMatchObject({ code: "AwaitingDevice" });
  });
});

test("an answer that is none is a Fault and never an absence", async () => {
  const uni = await serve();
  const broken = await startBroken();
  for (const what of ways) {
    const at = open(configAt({ grpc: it.lab.grpc, controller: `${broken.url}/${what}`, type: "ONOS" }));
    for (const { ref } of [uni, ground()[2]!]) {
      const seen = at.resource(ref.resource).observe([{ ref, token: "lm_t", id: ref.key }], signal);
      await expect(seen, `${what}: ${ref.resource}`).rejects.toMatchObject({ name: "Fault" });
    }
    at.close();
  }
  await broken.close();
});
test("an ONOS without the apps is no ONOS without profiles", async () => {
  const at = open(configAt({ grpc: it.lab.grpc, controller: `${it.lab.onos}/elsewhere`, type: "ONOS" }));
  const { ref } = ground()[2]!;
  const seen = at.resource("profile").observe([{ ref, token: "lm_t", id: ref.key }], signal);
  await expect(seen).rejects.toMatchObject({ code: "Misconfigured" });
  at.close();
});
