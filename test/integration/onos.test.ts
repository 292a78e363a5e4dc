/** ONOS is told nothing about subscribers: it comes and asks Lastmile, which answers from what is declared. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Listening, openHttp } from "../../controller/observe/http.ts";
import { DevicesSite, SERVICES } from "./devices.site.ts";

let d: DevicesSite;
let http: Listening;
beforeEach(async () => {
  d = await DevicesSite.open();
  const answers = { metrics: async () => ({ type: "", text: "" }), healthz: () => [], readyz: async () => [] };
  http = await openHttp({ ...answers, document: (path) => d.site.controller.document(path) }, { port: 0 });
  d.voltha.sadisUrl = `http://127.0.0.1:${http.port}`;
});
afterEach(async () => {
  await http.close();
  await d.close();
});
const ask = async (path: string): Promise<unknown> => {
  const answer = await fetch(`${d.voltha.sadisUrl}/sadis/v2/${path}`);
  return answer.status === 200 ? answer.json() : answer.status;
};
async function declare(...args: Parameters<DevicesSite["base"]>): Promise<void> {
  await d.site.declare(d.base(args[0], { controller: "ONOS", ...args[1] }));
  await d.settled();
}

it("asks for a subscriber, its bandwidth profiles and its OLT, and carries what is declared", async () => {
  const { onu, uni } = d.home("john");
  await declare([d.sub("john")]);
  expect(d.carried(onu)).toEqual([102, 333, 444]);
  expect(await d.site.condition("john", "Ready")).toBe("True Converged");
  const subscriber = await ask(`subscribers/${uni}`);
  expect(subscriber).toMatchObject({
    id: uni,
    nasPortId: uni,
    uniTagList: expect.arrayContaining([
      expect.objectContaining({
        serviceName: "voice",
        ponSTag: 444,
        uniTagMatch: 65,
        technologyProfileId: 65,
        usPonCTagPriority: 7,
      }),
    ]),
  });
  const [first] = (subscriber as { readonly uniTagList: readonly { readonly upstreamBandwidthProfile: string }[] })
    .uniTagList;
  expect(await ask(`bandwidthprofiles/${first?.upstreamBandwidthProfile}`)).toMatchObject({
    id: first?.upstreamBandwidthProfile,
    pir: expect.any(Number),
  });
  expect(await ask("subscribers/OLT_1")).toMatchObject({
    id: "OLT_1",
    uplinkPort: 16777216,
  });
});
it("does not learn of what nobody declares, nor of what is gone", async () => {
  const { onu, uni } = d.home("john");
  expect(await ask(`subscribers/${uni}`)).toBe(404);
  await declare([d.sub("john")]);
  await declare([]);
  expect([await ask(`subscribers/${uni}`), d.carried(onu)]).toEqual([404, []]);
});
it("forgets what it was told before when a VLAN changes", async () => {
  const { onu } = d.home("john");
  await declare([d.sub("john")]);
  const services = SERVICES.map((s) => (s.name === "iptv" ? { ...s, vlan: 334 } : s));
  await declare([d.sub("john")], { plan: { services } });
  expect(d.carried(onu)).toEqual([102, 334, 444]);
});
