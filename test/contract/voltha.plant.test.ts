/** What no recording shows of the stand-in: the plant's own hands, troubles to order, and ONOS (from its source). */
import { once } from "node:events";
import { createServer } from "node:http";
import axios from "axios";
import { afterEach, expect, test, vi } from "vitest";
import { listen, stop } from "../lab/netbox/broken.ts";
import type { OnuHandle } from "../lab/voltha/hands.ts";
import type { Entry } from "./voltha.entries.ts";
import { flowStatus } from "./voltha.looks.ts";
import { type Device, lendAHand, openReplay, type Replay } from "./voltha.replay.ts";

const PORT = "BBSM00000001-1";
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
async function site(shape: Entry = {}): Promise<Replay> {
  const r = await openReplay(shape);
  closing.push(r.close);
  await lendAHand(r, { hand: "site" });
  await r.lab.settled();
  return r;
}
async function served(shape: Entry = {}): Promise<Replay> {
  const r = await site(shape);
  await lendAHand(r, { hand: "controller" });
  await lendAHand(r, { hand: "serve", ports: [...r.onus.keys()].map((serial) => [serial, 800, 900]) });
  await r.lab.settled();
  return r;
}
const first = (r: Replay): OnuHandle => r.onus.get("BBSM00000001")!;
const kick = async (r: Replay): Promise<void> => {
  for (const method of ["DELETE", "POST"]) {
    await r.rest(`${method} /vgc/v1/services/${PORT}`);
    await r.lab.settled(); // what comes while the old is being taken away is lost
  }
};

test("without POST /olt nothing is pushed and nothing says so; afterwards only a new activation helps", async () => {
  const r = await site();
  const config = { id: "BBSIM_OLT_0", uplinkPort: "16777216", nniPorts: ["16777216"] };
  await lendAHand(r, { hand: "controller" });
  await r.rest("POST /vgc/v1/olt/BBSIM_OLT_0", { ...config, nniPorts: ["1"] });
  await lendAHand(r, { hand: "serve", ports: [["BBSM00000001", 800, 900]] });
  await r.lab.settled();
  expect(await flowStatus(r, PORT)).toBe("NO_FLOWS_PROVISIONED");
  await r.rest("POST /vgc/v1/olt/BBSIM_OLT_0", config);
  await r.rest(`POST /vgc/v1/services/${PORT}`);
  await r.lab.settled();
  expect(first(r).services).toEqual([]);
  await kick(r);
  expect(first(r).services).toMatchObject([{ ponSTag: 800, ponCTag: 900 }]);
});

test("DELETE /subscribers hits every name that contains it", async () => {
  const r = await served({ per: 2 });
  await r.rest("POST /vgc/v1/subscribers/x", { id: `${PORT}0`, nasPortId: `${PORT}0`, uniTagList: [tag(1)] });
  expect(await flowStatus(r, `${PORT}0`)).toBe("DISABLED_IN_CONTROLLER");
  await r.rest(`DELETE /vgc/v1/subscribers/${PORT}`, {});
  expect(await flowStatus(r, `${PORT}0`)).toBe("NOT_IN_CONTROLLER");
  expect(await flowStatus(r, "BBSM00000002-1")).toBe("ALL_FLOWS_PROVISIONED");
});
const tag = (ponCTag: number) => ({
  uniTagMatch: 4096,
  ponSTag: 800,
  ponCTag,
  technologyProfileId: 64,
  upstreamBandwidthProfile: "User_Bandwidth1",
  downstreamBandwidthProfile: "User_Bandwidth2",
});

test("troubles happen once, to whoever fits, and every request is written down", async () => {
  const r = await served();
  const { trouble, requests, calls } = r.lab;
  const line = `DELETE /vgc/v1/services/${PORT}`;
  trouble.push({ on: /^DELETE .*services/, what: "lose-reply" });
  expect((await r.rest(line)).status).toBe(0);
  expect(await flowStatus(r, PORT)).toBe("DISABLED_IN_CONTROLLER");
  trouble.push({ on: /^POST .*services/, what: "drop-before" }, { on: /^POST .*services/, what: "refuse" });
  expect((await r.rest(`POST /vgc/v1/services/${PORT}`)).status).toBe(0);
  expect((await r.rest(`POST /vgc/v1/services/${PORT}`)).status).toBe(503);
  expect(await flowStatus(r, PORT)).toBe("DISABLED_IN_CONTROLLER");
  expect(requests.filter((said) => said.includes("/services/")).slice(-3)).toEqual([
    line,
    `POST /vgc/v1/services/${PORT}`,
    `POST /vgc/v1/services/${PORT}`,
  ]);
  const [olt] = await r.devices();
  trouble.push({ on: /^DisableDevice/, what: "lose-reply" });
  await expect(r.call("DisableDevice", { id: olt!.id })).rejects.toThrow("error reading from server: EOF");
  expect((await r.devices())[0]?.adminState).toBe("DISABLED");
  expect(calls.at(-2)).toBe(`DisableDevice ${olt!.id}`);
});
test("a stalled request is never answered and does nothing", async () => {
  const r = await served();
  r.lab.trouble.push({ on: /services/, what: "stall" }, { on: /^GetDevice/, what: "stall" });
  const signal = AbortSignal.timeout(50);
  const asked = axios.delete(`${r.lab.vgc}/vgc/v1/services/${PORT}`, { signal });
  await expect(asked).rejects.toThrow("canceled");
  expect(await flowStatus(r, PORT)).toBe("ALL_FLOWS_PROVISIONED");
});

test("a thousand ONUs", async () => {
  const r = await served({ pons: 16, per: 63 });
  const onus = (await r.devices()).filter((d) => !d.root);
  expect(onus).toHaveLength(1008);
  expect(onus.every((d) => d.reason === "omci-flows-pushed")).toBe(true);
  expect([...r.onus.values()].every((o) => o.services.length === 1)).toBe(true);
});

test("the serial is the identity: another PON, another OLT, another id", async () => {
  const r = await served({ pons: 2 });
  r.lab.olt({ serial: "OLT_B", hostAndPort: "127.0.0.1:50070" });
  const { id } = await r.call<Device>("CreateDevice", { type: "openolt", hostAndPort: "127.0.0.1:50070" });
  await r.call("EnableDevice", { id });
  const named = async (): Promise<readonly Device[]> =>
    (await r.devices()).filter((d) => d.serialNumber === "BBSM00000001");
  const [before] = await named();
  first(r).move("BBSIM_OLT_0", 1);
  await r.lab.settled();
  expect(await named(), "it hangs where it is remembered").toMatchObject([
    { id: before?.id, parentPortNo: 0x20000000, operStatus: "ACTIVATING", reason: "activating-onu" },
  ]);
  await r.call("DeleteDevice", { id: before?.id });
  await r.lab.settled();
  expect(await named()).toMatchObject([{ operStatus: "ACTIVE", parentPortNo: 0x20000001 }]);
  expect((await named())[0]?.id).not.toBe(before?.id);
  first(r).move("OLT_B", 0);
  await r.lab.settled();
  expect((await named()).map((d) => d.connectStatus)).toEqual(["UNREACHABLE", "REACHABLE"]);
  await r.rest("POST /vgc/v1/olt/OLT_B", { id: "OLT_B", uplinkPort: "16777216", nniPorts: ["16777216"] });
  await kick(r);
  expect(first(r).services).toHaveLength(1);
  first(r).unplug();
  await r.lab.settled();
  expect((await named()).map((d) => d.connectStatus)).toEqual(["UNREACHABLE", "UNREACHABLE"]);
  expect(first(r).flows).toEqual([]);
});

test("changes are told as they happen, and no longer without Kafka", async () => {
  const r = await site({ per: 2 });
  const stream = r.changes();
  await vi.waitFor(() => expect(r.lab.calls).toContain("ReceiveChangeEvents"));
  const told = once(stream, "data");
  first(r).power(false);
  expect((await told)[0]).toMatchObject({ portStatus: { reason: "OFPPR_MODIFY", desc: { name: PORT, state: 1 } } });
  const failed = once(stream, "end").catch((e: unknown) => e);
  r.lab.kafkaDown();
  expect(await failed).toMatchObject({ details: "system is not ready" });
});

test("a port is barred by its number; the id that is listed is none", async () => {
  const r = await served();
  const { items } = await r.call<{ items: Device[] }>("ListLogicalDevices", {});
  const { id } = items[0]!;
  const bar = (portId: string) => r.call("DisableLogicalDevicePort", { id, portId });
  await expect(bar("uni-256")).rejects.toThrow("failed to parse uni-256 as a number");
  await expect(bar("999")).rejects.toThrow("port-999-not-exist");
  await bar("256");
  const { ports } = (await r.rest("GET /vgc/v1/devices/ports")).data as {
    ports: { port: string; isEnabled: boolean }[];
  };
  expect(ports.find((p) => p.port === "256")?.isEnabled).toBe(false);
});

test("a controller that restarts is away, keeps what it was told, and repairs nothing", async () => {
  const r = await served();
  await r.lab.oltCycle("BBSIM_OLT_0");
  r.lab.hold();
  const back = r.lab.restartController();
  expect((await r.rest("GET /vgc/v1/devices")).status).toBe(0);
  r.lab.release();
  await back;
  await r.lab.settled();
  expect(await flowStatus(r, PORT)).toBe("ALL_FLOWS_PROVISIONED");
  expect(first(r).services).toEqual([]);
});

async function onosSite() {
  const entries = new Map<string, unknown>();
  const server = createServer((req, res) => {
    const found = entries.get(decodeURIComponent(req.url ?? ""));
    res.writeHead(found ? 200 : 404, { "Content-Type": "application/json" }).end(JSON.stringify(found ?? {}));
  });
  const r = await site();
  r.lab.sadisUrl = await listen(server);
  closing.push(() => stop(server));
  const onos = async (line: string) => {
    const [method, path] = line.split(" ");
    const asked = { method: method!, url: `${r.lab.onos}/onos/${path}`, validateStatus: () => true };
    const { status, data } = await axios.request<unknown>(asked);
    await r.lab.settled();
    return { status, data };
  };
  const SUB = `/sadis/v2/subscribers/${PORT}`;
  const bandwidths = () => {
    for (const id of ["User_Bandwidth1", "User_Bandwidth2"]) entries.set(`/sadis/v2/bandwidthprofiles/${id}`, { id });
  };
  const subscriber = (...tags: readonly object[]) => entries.set(SUB, { id: PORT, uniTagList: tags });
  return { r, onos, entries, bandwidths, subscriber, SUB };
}
test("ONOS: 500 for an unknown port, 200 for whatever was taken in, 204 where a named service was nothing to do", async () => {
  const { r, onos, bandwidths, subscriber } = await onosSite();
  const all = `olt/oltapp/services/${PORT}`;
  expect(await onos("POST olt/oltapp/services/NOPE-1")).toEqual({
    status: 500,
    data: "ConnectPoint not found for NOPE-1\n",
  });
  expect((await onos(`POST ${all}`)).status).toBe(200); // SADIS knows nothing of it
  expect((await onos(`POST ${all}/800/900/64`)).status).toBe(204);
  bandwidths();
  subscriber(tag(900));
  expect((await onos(`POST ${all}/800/900/64`)).status).toBe(200);
  expect(first(r).services).toMatchObject([{ ponSTag: 800, ponCTag: 900 }]);
  expect((await onos(`POST ${all}/800/900/64`)).status).toBe(204);
  expect((await onos("GET olt/oltapp/programmed-subscribers")).data).toMatchObject({
    entries: [
      { location: "of:00000a0a0a0a0a00/256", tagInfo: { ponCTag: 900, upstreamBandwidthProfile: "User_Bandwidth1" } },
    ],
  });
  expect((await onos(`DELETE ${all}`)).status).toBe(200);
  expect(first(r).services).toEqual([]);
  expect((await onos(`DELETE ${all}/800/900/64`)).status).toBe(204);
});
test("ONOS remembers what it pulled, and cannot remove what SADIS does not name any more", async () => {
  const { r, onos, entries, bandwidths, subscriber, SUB } = await onosSite();
  bandwidths();
  subscriber(tag(900));
  await onos(`POST olt/oltapp/services/${PORT}`);
  subscriber(tag(901));
  await onos(`DELETE olt/oltapp/services/${PORT}`);
  await onos(`POST olt/oltapp/services/${PORT}`);
  expect(first(r).services).toMatchObject([{ ponCTag: 900 }]);
  expect((await onos(`DELETE sadis/cache/subscriber/${PORT}`)).status).toBe(204);
  entries.delete(SUB);
  expect((await onos(`DELETE olt/oltapp/services/${PORT}`)).status).toBe(200);
  expect(first(r).services).toMatchObject([{ ponCTag: 900 }]);
  expect(await onos(`GET sadis/subscriber/${PORT}`)).toEqual({
    status: 404,
    data: { code: 404, message: "Subscriber not found" },
  });
});
test("ONOS waits for bandwidth profiles, and pushes again what an ONU lost", async () => {
  const { r, onos, bandwidths, subscriber } = await onosSite();
  subscriber(tag(900));
  await onos(`POST olt/oltapp/services/${PORT}`);
  expect(first(r).services).toEqual([]);
  bandwidths();
  await onos("GET olt/oltapp/programmed-subscribers");
  expect(first(r).services).toHaveLength(1);
  first(r).reboot();
  expect(first(r).services).toEqual([]);
  await r.lab.settled();
  expect(first(r).services).toHaveLength(1);
});
