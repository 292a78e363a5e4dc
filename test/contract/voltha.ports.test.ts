/** What VGC and an ONU do to the services of a port, fact by fact. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Desired, refKey } from "../../controller/core/model.ts";
import type { Outcome } from "../../reconcilers/system.ts";
import { ARRIVING_MS } from "../../reconcilers/voltha/flows.ts";
import type { OnuHandle } from "../lab/voltha/lab.ts";
import { signal } from "./hand.ts";
import { good, type Town, town } from "./voltha.site.ts";
import { ground, internet, OLT, OLT2, onuAndUni, portOf, serialOf, tv, voice } from "./voltha.subjects.ts";

let it: Town;
let onus: OnuHandle[];
beforeEach(async () => {
  it = await town(0);
  onus = [1, 2].map((n) => it.lab.onu({ serial: serialOf(n), olt: OLT.serial, pon: 3 }));
  await it.lab.settled();
});
afterEach(async () => {
  it.close();
  await it.lab.close();
});
const fault = ([outcome]: readonly Outcome[]): unknown => outcome;
const make = async (wanted: Desired) => good(await it.apply("create", wanted))[0]!;
const asked = (pattern: RegExp): readonly string[] => it.lab.requests.filter((r) => pattern.test(r));
const sTags = (onu: OnuHandle | undefined) => onu?.services.map((s) => s.ponSTag).sort();
const serve = async (n: number, services = [internet]): Promise<Desired> => {
  const { onu, uni } = onuAndUni(n, { services });
  await make(onu);
  await make(uni);
  return uni;
};

describe("a port", () => {
  test("whose profile is not there is not begun: VGC drops the service, and says nothing", async () => {
    const { onu, uni } = onuAndUni(1, { services: [{ ...internet, speed: { downKbps: 7, upKbps: 7 } }] });
    await make(onu);
    expect(fault(await it.apply("create", uni))).toMatchObject({
      code: "Unavailable",
      message: expect.stringContaining("acme_"),
    });
    expect(asked(/^POST .*subscribers/)).toEqual([]);
  });
  test("of which VGC keeps nothing is no success: a 200 is no promise", async () => {
    Object.assign(it.site.controller, { add: async () => undefined });
    const { onu, uni } = onuAndUni(1);
    await make(onu);
    expect(fault(await it.apply("create", uni))).toMatchObject({
      code: "NotConverging",
      message: expect.stringContaining("internet (S-tag 100"),
    });
  });
  test("changes its tags by taking the old service away first, and no other is touched", async () => {
    await serve(1, [internet, voice]);
    it.lab.requests.length = 0;
    const { uni } = onuAndUni(1, { services: [{ ...internet, serviceVlan: 200 }, voice] });
    good(await it.apply("update", uni));
    expect(sTags(onus[0])).toEqual([200, 444]);
    expect(asked(/^(POST|DELETE)/).map((r) => r.replace("/vgc/v1/", ""))).toEqual([
      `DELETE services/${portOf(1)}/100/1001/64`,
      `DELETE subscribers/_${portOf(1)}-4096-100-1001-64`,
      `POST subscribers/${portOf(1)}`,
      `POST services/${portOf(1)}/200/1001/64`,
    ]);
  });
  test("ends without a flow left behind, and leaves its neighbours: VGC deletes whatever contains a name", async () => {
    await serve(1, [internet, voice, tv]);
    const port = `${portOf(1)}0`;
    const service = { name: "x", sTag: 7, cTag: 7, uniTag: 4096, technologyProfileId: 64, pbit: 0 };
    const ids = ground([internet]).flatMap((d) => (d.ref.resource === "profile" ? [d.ref.key] : []));
    const [up = "", down = ""] = ids;
    const olt = it.site.config.olts[0]!;
    const beside = { name: port, olt, device: "", number: undefined };
    await it.site.controller.add(beside, { ...service, up, down }, { circuitId: "", remoteId: "" }, signal);
    const { uni } = onuAndUni(1);
    good(await it.apply("retire", uni));
    expect(onus[0]?.flows).toEqual([]);
    expect(await it.apply("destroy", uni)).toEqual([null]);
    expect(onus[0]?.flows).toEqual([]);
    expect(await it.site.controller.flowStatus(port, signal)).not.toBe("NOT_IN_CONTROLLER");
  });
  test("of who is suspended carries what RADIUS gates and emergency voice; a resumption brings the rest back", async () => {
    await serve(1, [internet, voice, tv]);
    const suspended = onuAndUni(1, { services: [internet, voice, tv], state: "Suspended" }).uni;
    good(await it.apply("update", suspended));
    expect(sTags(onus[0])).toEqual([100, 444]);
    const { uni } = onuAndUni(1, { services: [internet, voice, tv] });
    expect(await it.look(uni)).toMatchObject({
      state: { services: uni.spec["services"], suspended: true, flows: "pushed" },
    });
    it.wait(ARRIVING_MS);
    expect(await it.look(suspended), "the ONU's reason tells of what went, not of what stayed").toMatchObject({
      state: { flows: "pushed" },
    });
    good(await it.apply("update", uni));
    expect(sTags(onus[0])).toEqual([100, 444, 555]);
  });
  test("heals by itself when its ONU restarts, because VGC is told to forget flows of ports that are down", async () => {
    const uni = await serve(1);
    onus[0]?.reboot();
    await it.lab.settled();
    expect(sTags(onus[0])).toEqual([100]);
    await it.look(uni);
    it.wait(ARRIVING_MS);
    expect(await it.look(uni)).toMatchObject({ state: { flows: "pushed" } });
  });
  test("whose ONU is switched off is not judged; facts say how it is", async () => {
    const uni = await serve(1);
    onus[0]?.power(false);
    await it.lab.settled();
    await it.look(uni);
    it.wait(ARRIVING_MS);
    expect(await it.look(uni)).toMatchObject({
      state: { flows: "pushed" },
      facts: { flowStatus: "NO_FLOWS_PROVISIONED", connectState: "UNREACHABLE" },
    });
  });
  test("that was moved to another OLT under the same ONU is served there", async () => {
    await serve(1);
    onus[0]?.move(OLT2.serial, 1);
    await it.lab.settled();
    const { onu, uni } = onuAndUni(1, { olt: OLT2.name });
    expect(good(await it.apply("update", onu))[0]).toMatchObject({ facts: { olt: "olt2", ponPort: 1 } });
    expect(good(await it.apply("update", uni))[0]).toMatchObject({ facts: { olt: "olt2" } });
    expect(sTags(onus[0])).toEqual([100]);
  });
  describe("that VGC believes to be on another device", () => {
    const services = async () => new Map();
    test("is in the way of what is wanted: it is cleared, and served anew", async () => {
      const uni = await serve(1, [internet, voice]);
      const { controller } = it.site;
      const real = controller.services;
      Object.assign(controller, { services });
      expect(await it.look(uni)).toMatchObject({ retired: false, state: { services: [] } });
      it.lab.requests.length = 0;
      const applied = it.apply("update", uni);
      // Once it is made anew VGC knows where it is.
      Object.assign(controller, {
        services: (...args: Parameters<typeof real>) =>
          asked(/^POST .*services/).length > 0 ? real(...args) : services(),
      });
      expect(good(await applied)[0]).toMatchObject({ state: { services: uni.spec["services"] } });
      expect(asked(/^DELETE/)).toEqual([
        `DELETE /vgc/v1/services/${portOf(1)}`,
        `DELETE /vgc/v1/subscribers/_${portOf(1)}-`,
      ]);
      expect(sTags(onus[0])).toEqual([100, 444]);
    });
    test("is not left there when it is not wanted any more", async () => {
      const { ref } = await serve(1);
      Object.assign(it.site.controller, { services });
      const gone = { ref, token: "lm_t", id: ref.key };
      const look = async () => (await it.resource("uni").observe([gone], signal)).get(refKey(ref));
      expect(await look()).toMatchObject({ retired: false });
      await it.apply("retire", onuAndUni(1).uni);
      expect(await look()).toBeUndefined();
      expect(onus[0]?.flows).toEqual([]);
    });
  });
  test("whose ONU has not come up yet is waited for: VGC does not know the port", async () => {
    const { onu, uni } = onuAndUni(1);
    await make(onu);
    onus[0]?.power(false);
    Object.assign(it.site.controller, { services: async () => new Map() });
    expect(fault(await it.apply("create", uni))).toMatchObject({ code: "AwaitingDevice" });
  });
  test("is called as VOLTHA calls it: the adapter writes hexadecimal digits small, and VGC compares letter by letter", async () => {
    const small = it.lab.onu({ serial: "ALCL0000abcd", olt: OLT.serial, pon: 2 });
    await it.lab.settled();
    const uni = await serve(0xabcd);
    expect(uni.ref.key).toBe("ALCL0000ABCD-1");
    expect(small.services).toMatchObject([{ ponSTag: 100 }]);
    expect(await it.look(uni)).toMatchObject({ state: { services: uni.spec["services"], flows: "pushed" } });
    good(await it.apply("retire", uni));
    expect(await it.apply("destroy", uni)).toEqual([null]);
    expect(small.flows).toEqual([]);
  });
  test("is not looked for by number, and nothing restarts a device", async () => {
    await serve(1);
    good(await it.apply("retire", onuAndUni(1).uni));
    expect(asked(/^(POST|DELETE) .*\/services\/[^/]+\/\d+$/)).toEqual([]);
    expect(it.lab.calls.filter((c) => /Reboot|ForceDelete/.test(c))).toEqual([]);
  });
});
