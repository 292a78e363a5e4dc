/** ONOS is told nothing about subscribers: it comes and asks Lastmile, which answers from what is declared and what stands. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Listening } from "../../controller/observe/http.ts";
import { serveDevices, TOKEN } from "./devices.http.ts";
import { DevicesSite, SERVICES } from "./devices.site.ts";

let d: DevicesSite;
let http: Listening;
beforeEach(async () => {
  d = await DevicesSite.open();
  http = await serveDevices(d.site);
  d.voltha.sadisUrl = `http://127.0.0.1:${http.port}`;
  d.voltha.sadis.query = `access_token=${TOKEN}`;
});
afterEach(async () => {
  await http.close();
  await d.close();
});
const ask = async (path: string): Promise<unknown> => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const answer = await fetch(`${d.voltha.sadisUrl}/sadis/v2/${path}`, { headers });
  return answer.status === 200 ? answer.json() : answer.status;
};
async function declare(...args: Parameters<DevicesSite["base"]>): Promise<void> {
  await d.site.declare(d.base(args[0], { controller: "ONOS", ...args[1] }));
  await d.settled();
}
const MOVED = { plan: { services: SERVICES.map((s) => (s.name === "iptv" ? { ...s, vlan: 334 } : s)) } };
const WATCHING = { plan: { services: SERVICES.map((s) => ({ ...s, multicast: s.name === "iptv" })) } };
interface Taken {
  readonly serviceName: string;
  readonly isDhcpRequired: boolean;
  readonly isIgmpRequired: boolean;
}
/** What ONOS has on its ports. */
async function held(): Promise<readonly Taken[]> {
  const answer = await fetch(`${d.voltha.onos}/onos/olt/oltapp/programmed-subscribers`);
  const { entries } = (await answer.json()) as { readonly entries: readonly { readonly tagInfo: Taken }[] };
  return entries.map((e) => e.tagInfo);
}
/** As the time to live of its cache does. */
const expire = (uni: string) => fetch(`${d.voltha.onos}/onos/sadis/cache/subscriber/${uni}`, { method: "DELETE" });
const released = () => d.voltha.calls.filter((c) => c.startsWith("DeleteDevice")).length;

describe.each([
  ["remembers what it asked for", true],
  ["asks each time, as its recorded configuration has it", false],
])("ONOS that %s", (_what, isCaching) => {
  beforeEach(() => {
    d.voltha.sadis.isCaching = isCaching;
  });
  it("asks for a subscriber, its bandwidth profiles and its OLT, and carries what is declared", async () => {
    const { onu, uni } = d.home("john");
    await declare([d.sub("john")]);
    expect(d.carried(onu)).toEqual([102, 333, 444]);
    expect(await d.site.condition("john", "Ready")).toBe("True Converged");
    const voice = {
      serviceName: "voice",
      ponSTag: 444,
      uniTagMatch: 65,
      technologyProfileId: 65,
      usPonCTagPriority: 7,
    };
    const subscriber = await ask(`subscribers/${uni}`);
    expect(subscriber).toMatchObject({
      id: uni,
      nasPortId: uni,
      uniTagList: expect.arrayContaining([expect.objectContaining(voice)]),
    });
    const [first] = (subscriber as { readonly uniTagList: readonly { readonly upstreamBandwidthProfile: string }[] })
      .uniTagList;
    expect(await ask(`bandwidthprofiles/${first?.upstreamBandwidthProfile}`)).toMatchObject({
      id: first?.upstreamBandwidthProfile,
      pir: expect.any(Number),
    });
    expect(await ask("subscribers/OLT_1")).toMatchObject({ id: "OLT_1", uplinkPort: 16777216 });
  });
  it("does not learn of what nobody declares, nor of what is gone", async () => {
    const { onu, uni } = d.home("john");
    expect(await ask(`subscribers/${uni}`)).toBe(404);
    await declare([d.sub("john")]);
    await declare([]);
    expect([await ask(`subscribers/${uni}`), d.carried(onu)]).toEqual([404, []]);
  });
  it("changes a VLAN, and leaves the other services as they are", async () => {
    const { onu, uni } = d.home("john");
    await declare([d.sub("john")]);
    await expire(uni);
    await declare([d.sub("john")], MOVED);
    expect([d.carried(onu), await d.site.condition("john", "Ready")]).toEqual([[102, 334, 444], "True Converged"]);
  });
  it("changes a speed: the old profile is gone from what it may ask for, the new one is served", async () => {
    const { onu, uni } = d.home("john");
    await declare([d.sub("john")]);
    await expire(uni);
    await declare([d.sub("john")], { plan: { speed: { down: "300Mbps", up: "150Mbps" } } });
    expect([d.carried(onu), await d.site.condition("john", "Ready")]).toEqual([[102, 333, 444], "True Converged"]);
  });
  it("joins multicast and relays DHCP where the plan says so, and replaces no other service", async () => {
    const { onu, uni } = d.home("john");
    const profile = { name: "john", accessType: "IPoE", option82Policy: "Enforce", circuitId: "olt1/1" } as const;
    const taken = async () =>
      (await held()).flatMap((t) => (t.isDhcpRequired || t.isIgmpRequired ? [t.serviceName] : [])).sort();
    await declare([d.sub("john")]);
    expect(await taken()).toEqual([]);
    await declare([d.sub("john")], WATCHING);
    expect(await taken()).toEqual(["iptv"]);
    await expire(uni);
    await declare([d.sub("john", { networkProfile: profile })], WATCHING);
    expect([await taken(), d.carried(onu)]).toEqual([
      ["internet", "iptv"],
      [102, 333, 444],
    ]);
    expect(await ask(`subscribers/${uni}`)).toMatchObject({ circuitId: "olt1/1" });
    await declare([d.sub("john")]);
    expect([await taken(), d.carried(onu)]).toEqual([[], [102, 333, 444]]);
  });
  it("suspends and resumes", async () => {
    const { onu, uni } = d.home("john");
    await declare([d.sub("john")]);
    await expire(uni);
    await declare([d.sub("john", { serviceState: "Suspended" })]);
    expect(d.carried(onu)).toEqual([102, 444]);
    await declare([d.sub("john")]);
    expect(d.carried(onu)).toEqual([102, 333, 444]);
  });
  it.each([
    ["withdrawn", () => []],
    ["terminated", () => [d.sub("john", { serviceState: "Terminated" })]],
  ])("ends all services of who is %s, long after it asked for them", async (_how, left) => {
    const { onu, uni } = d.home("john");
    await declare([d.sub("john")]);
    await expire(uni);
    await declare(left());
    expect([d.carried(onu), await d.site.condition("john", "Ready")]).toEqual([[], "True Terminated"]);
    expect(await ask(`subscribers/${uni}`)).toBe(404);
  });
  it("ends and changes what an earlier process of Lastmile made", async () => {
    const [john, mary] = [d.home("john"), d.home("mary")];
    await declare([d.sub("john"), d.sub("mary")]);
    await Promise.all([john.uni, mary.uni].map(expire));
    await d.site.restart();
    await declare([d.sub("mary")], MOVED);
    expect([d.carried(john.onu), d.carried(mary.onu)]).toEqual([[], [102, 334, 444]]);
    await d.site.restart();
    await declare([]);
    expect(d.carried(mary.onu)).toEqual([]);
    await d.site.endRetention();
    expect(released()).toBe(2);
  });
});

it("a service that ONOS cannot be told to end stays known, and ends when ONOS may ask again", async () => {
  const { onu, uni } = d.home("john");
  await declare([d.sub("john")]);
  await expire(uni);
  d.voltha.sadis.query = "access_token=of-somebody-else";
  await d.site.submitNow(d.base([], { controller: "ONOS" }));
  await d.site.settle(0);
  expect(d.carried(onu)).toEqual([102, 333, 444]);
  expect(await d.site.condition("john", "Ready")).not.toBe("True Terminated");
  d.voltha.sadis.query = `access_token=${TOKEN}`;
  await d.settled();
  expect([d.carried(onu), await d.site.condition("john", "Ready")]).toEqual([[], "True Terminated"]);
});

it("a controller that has not read yet what is declared never says that it is nobody's", async () => {
  const { uni } = d.home("john");
  await declare([d.sub("john")]);
  const starting = d.site.installation.controller({ onReport: () => undefined, onError: () => "retry" });
  const other = await serveDevices({ controller: starting });
  const headers = { authorization: `Bearer ${TOKEN}` };
  const url = `http://127.0.0.1:${other.port}`;
  const told = async (): Promise<readonly number[]> => [
    (await fetch(`${url}/sadis/v2/subscribers/${uni}`, { headers })).status,
    (await fetch(`${url}/hints/acs-1/device/CPE-JOHN`, { method: "POST", headers })).status,
  ];
  expect(await told()).toEqual([503, 503]);
  await starting.load();
  expect(await told()).toEqual([200, 202]);
  await other.close();
  starting.engine.close();
  await starting.endpoints.close();
});
