/** What the recordings of GenieACS do not show, and what a test's own hands do to the stand-in. */
import axios from "axios";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import { type GenieacsLab, startGenieacs } from "../lab/genieacs/server.ts";

const SSID = "Device.WiFi.SSID.1.SSID";
const KEY = "Device.WiFi.AccessPoint.1.Security.KeyPassphrase";
const START = Date.parse("2026-11-20T18:00:00Z");
let lab: GenieacsLab;
let cpe: Cpe;
let now: number;
beforeEach(async () => {
  now = START;
  lab = await startGenieacs({ now: () => now });
  cpe = lab.plug({ serial: "S1", oui: "00D09E", productClass: "RG181", dataModel: "TR-181" });
});
afterEach(() => lab.close());

interface Heard {
  readonly status: number;
  readonly reason: string;
  readonly data: unknown;
}
async function send(method: string, path: string, data?: unknown, headers = {}): Promise<Heard> {
  const url = lab.url + path;
  const got = await axios.request({ method, url, data, headers, validateStatus: () => true });
  return { status: got.status, reason: got.statusText, data: got.data };
}
const queue = (task: object): Promise<Heard> => send("POST", `/devices/${cpe.id}/tasks`, task);
const run = (task: object): Promise<Heard> => send("POST", `/devices/${cpe.id}/tasks?connection_request`, task);
const set = (path: string, value: unknown): object => ({
  name: "setParameterValues",
  parameterValues: [[path, value]],
});
const refresh = (objectName: string): object => ({ name: "refreshObject", objectName });
const ofKind = (name: string): number => cpe.rpcs.filter((r) => r.name === name).length;
async function shown(path: string): Promise<unknown> {
  const { data } = await send("GET", `/devices?projection=${path}`);
  const steps = path.split(".");
  return steps.reduce<unknown>((at, k) => (at as Record<string, unknown> | undefined)?.[k], (data as unknown[])[0]);
}
const value = async (path: string): Promise<unknown> =>
  ((await shown(path)) as { _value?: unknown } | undefined)?._value;
async function found(query: unknown, collection = "devices"): Promise<number> {
  const { data } = await send("GET", `/${collection}?query=${encodeURIComponent(JSON.stringify(query))}`);
  return (data as unknown[]).length;
}

describe("a device and what the ACS knows of it", () => {
  test("one that never connected is unknown, until it informs", async () => {
    const late = lab.plug({ serial: "S2", oui: "A", productClass: "B", dataModel: "TR-098", online: false });
    expect(await found({ "_deviceId._SerialNumber": "S2" })).toBe(0);
    late.inform();
    expect(await found({ "_deviceId._SerialNumber": "S2" })).toBe(1);
  });
  test("after the first inform there are inform parameters only, and nothing is known to be writable", async () => {
    expect(await shown("Device.WiFi")).toBe(undefined);
    expect(await shown("Device.DeviceInfo.SoftwareVersion")).not.toHaveProperty("_writable");
  });
  test("a change by hand is seen once it is read; until then a set of the old value sends nothing", async () => {
    await run(set(SSID, "Home"));
    cpe.set(SSID, "by-hand");
    await run(set(SSID, "Home"));
    expect([await value(SSID), cpe.get(SSID), ofKind("SetParameterValues")]).toEqual(["Home", "by-hand", 1]);
    await run(refresh("Device.WiFi"));
    expect(await value(SSID)).toBe("by-hand");
    await run(set(SSID, "Home"));
    expect([cpe.get(SSID), ofKind("SetParameterValues")]).toEqual(["Home", 2]);
  });
  test("a reset at the device: its values are the factory's, the document's are not, and the next inform is a bootstrap", async () => {
    await run(set(SSID, "Home"));
    cpe.factoryReset();
    now += 1000;
    cpe.inform();
    expect([cpe.get(SSID), await value(SSID)]).toEqual(["factory-1", "Home"]);
    expect(await shown("_lastBootstrap")).toBe(new Date(now).toISOString());
    now += 1000;
    cpe.inform();
    expect(await shown("_lastBootstrap")).toBe(new Date(now - 1000).toISOString());
  });
  test.each([
    ["reboot", "_lastBoot", "_lastBootstrap"],
    ["factoryReset", "_lastBootstrap", undefined],
  ])("%s shows at the next inform", async (name, at, not) => {
    await run({ name });
    now += 1000;
    cpe.inform();
    expect(await shown(at)).toBe(new Date(now).toISOString());
    if (not) expect(await shown(not)).toBe(new Date(START).toISOString());
  });
  test("a secret is hidden in what is read, and stays in clear after a set", async () => {
    await run(set(KEY, "s3cretpass!"));
    expect([await value(KEY), cpe.get(KEY)]).toEqual(["s3cretpass!", "s3cretpass!"]);
    await run({ name: "getParameterValues", parameterNames: [KEY] });
    expect([await value(KEY), cpe.get(KEY)]).toEqual(["", "s3cretpass!"]);
  });
  test("a table grows and shrinks by the instances that may go", async () => {
    const parameterValues = [["SSID", "Guests"]];
    await run({ name: "addObject", objectName: "Device.WiFi.SSID", parameterValues });
    expect([cpe.get("Device.WiFi.SSID.3.SSID"), await value("Device.WiFi.SSID.3.SSID")]).toEqual(["Guests", "Guests"]);
    await run({ name: "deleteObject", objectName: "Device.WiFi.SSID.3" });
    await run({ name: "deleteObject", objectName: "Device.WiFi.SSID.1" });
    expect(await shown("Device.WiFi.SSID.3")).toBe(undefined);
    expect(await value(SSID)).toBe(undefined); // never read, and still there
    expect(cpe.get(SSID)).toBe("factory-1");
  });
  test("what is gone at the device is gone in the document once its branch is read", async () => {
    await run({ name: "addObject", objectName: "Device.WiFi.SSID" });
    cpe.factoryReset();
    cpe.inform();
    expect(await shown("Device.WiFi.SSID.3")).toBeDefined();
    await run(refresh("Device.WiFi.SSID"));
    expect(await shown("Device.WiFi.SSID.3")).toBe(undefined);
  });
  test("a device that is deleted comes back with its next inform, tagless", async () => {
    await send("POST", `/devices/${cpe.id}/tags/x`);
    expect(lab.tagsOf(cpe.id)).toEqual(["x"]);
    await send("DELETE", `/devices/${cpe.id}`);
    expect(lab.devices()).toEqual([]);
    cpe.inform();
    expect([lab.devices().length, lab.tagsOf(cpe.id)]).toEqual([1, []]);
  });
});

describe("faults", () => {
  test.each([
    ["9007", "cwmp.9003", [{ parameterName: SSID, faultCode: "9007", faultString: "Invalid parameter value" }]],
    ["9005", "cwmp.9003", [{ parameterName: SSID, faultCode: "9005", faultString: "Invalid parameter name" }]],
    ["9001", "cwmp.9001", undefined],
  ])("a device that rejects with %s", async (code, shownCode, each) => {
    cpe.rejects(SSID, code);
    expect(await run(set(SSID, "Home"))).toMatchObject({ status: 202, reason: "Task faulted" });
    const [fault] = lab.faults();
    expect(fault).toMatchObject({ code: shownCode, retries: 0, _id: `${cpe.id}:task_${lab.tasks()[0]!._id}` });
    expect((fault!["detail"] as { setParameterValuesFault?: unknown }).setParameterValuesFault).toEqual(each);
    expect(cpe.get(SSID)).toBe("factory-1");
  });
  test("read-only is left out in silence when it is known, and a 9008 when the document is older than that", async () => {
    cpe.readOnly(SSID);
    expect(await run(set(SSID, "Home"))).toMatchObject({ status: 200 });
    expect(ofKind("SetParameterValues")).toBe(0);
    await run(set("Device.WiFi.SSID.2.SSID", "Home"));
    cpe.readOnly("Device.WiFi.SSID.2.SSID");
    expect(await run(set("Device.WiFi.SSID.2.SSID", "Other"))).toMatchObject({ reason: "Task faulted" });
  });
  test("a task that faulted rests for five minutes, then for ten", async () => {
    cpe.rejects(SSID, "9002");
    await run(set(SSID, "Home"));
    const retries: unknown[] = [];
    for (const minutes of [4, 1, 9, 1]) {
      now += minutes * 60_000;
      cpe.inform();
      retries.push(lab.faults()[0]!.retries);
    }
    expect(retries).toEqual([0, 1, 1, 2]);
  });
});

describe("the queue", () => {
  test("tasks run oldest first at the next inform, one that expired does not", async () => {
    cpe.online = false;
    await queue({ ...set(SSID, "late"), expiry: 60 });
    await queue(set(SSID, "first"));
    await queue(set(SSID, "second"));
    now += 60_000;
    cpe.inform();
    expect([cpe.get(SSID), lab.tasks(), cpe.online]).toEqual(["second", [], true]);
    const sent = cpe.rpcs.flatMap((r) => (r.name === "SetParameterValues" ? r.pairs.map(([, v]) => v) : []));
    expect(sent).toEqual(["first", "second"]);
  });
  test("the deletion of a fault takes its task along, of a task its fault", async () => {
    cpe.rejects(SSID, "9007");
    await run(set(SSID, "a"));
    await send("DELETE", `/faults/${lab.faults()[0]!._id}`);
    expect([lab.tasks(), lab.faults()]).toEqual([[], []]);
    await run(set(SSID, "b"));
    await send("DELETE", `/tasks/${lab.tasks()[0]!._id}`);
    expect([lab.tasks(), lab.faults()]).toEqual([[], []]);
  });
});

describe("while a session of the device goes on", () => {
  test("nothing of its tasks and faults can be taken back, nor the device; what is new waits for the next", async () => {
    cpe.rejects(SSID, "9007");
    await run(set(SSID, "Home"));
    const [task, fault] = [lab.tasks()[0]!._id, lab.faults()[0]!._id];
    cpe.inSession = true;
    const calls = [
      ["DELETE", `/tasks/${task}`],
      ["POST", `/tasks/${task}/retry`],
      ["DELETE", `/faults/${fault}`],
      ["DELETE", `/devices/${cpe.id}`],
    ] as const;
    for (const [method, path] of calls)
      expect(await send(method, path)).toMatchObject({ status: 503, data: "Device is in session" });
    expect(await run({ name: "reboot" })).toMatchObject({ status: 202, reason: "Task queued but not processed" });
    expect([lab.tasks().length, lab.faults().length, lab.devices().length, ofKind("Reboot")]).toEqual([2, 1, 1, 0]);
    cpe.inSession = false;
    for (const [method, path] of calls.toSpliced(0, 1))
      expect([method, path, (await send(method, path)).status]).toContain(200);
  });
});

describe("queries", () => {
  beforeEach(() => {
    for (const serial of ["S10", "S11", "000200"])
      lab.plug({ serial, oui: "X", productClass: "Y", dataModel: "TR-098", manufacturer: "12" });
  });
  test.each([
    ["a wildcard", { "_deviceId._SerialNumber": "S1*" }, 3],
    ["a wildcard within", { "_deviceId._SerialNumber": "S*0" }, 1],
    ["a regular expression", { "_deviceId._SerialNumber": "/^s1./i" }, 2],
    ["a serial with leading zeros is text there", { "_deviceId._SerialNumber": "200" }, 0],
    ["one of several", { "_deviceId._SerialNumber": { $in: ["S10", "000200", "none"] } }, 2],
    ["either of two indexes", { $or: [{ _id: "X-Y-S10" }, { "_deviceId._SerialNumber": "S11" }] }, 2],
    ["by an index, and something else", { "_deviceId._SerialNumber": "S10", _tags: "none" }, 0],
    ["all of", { $and: [{ "_deviceId._OUI": "X" }, { "_deviceId._SerialNumber": { $ne: "S10" } }] }, 2],
    ["a time", { _lastInform: { $gte: "2026-11-20T18:00:00Z" } }, 4],
    ["a time that is not before itself", { _lastInform: { $lt: "2026-11-20T18:00:00Z" } }, 0],
    ["a range", { _lastInform: { $gt: "2026-11-20T17:00:00Z", $lte: "2026-11-20T18:00:00Z" } }, 4],
    ["what exists", { "Device.DeviceInfo.SoftwareVersion": { $exists: true } }, 1],
    ["what does not", { "Device.DeviceInfo.SoftwareVersion": { $exists: false } }, 3],
    ["no tag at all", { _tags: { $ne: "x" } }, 4],
  ])("%s", async (_why, query, count) => {
    expect(await found(query)).toBe(count);
  });
  test("numbers are stretched from text, not the other way about", async () => {
    await run(set("Device.ManagementServer.PeriodicInformInterval", 600));
    const path = "Device.ManagementServer.PeriodicInformInterval";
    expect([await found({ [path]: "600" }), await found({ [path]: "0600" }), await found({ [path]: 600 })]).toEqual([
      1, 1, 1,
    ]);
    expect(await found({ "_deviceId._Manufacturer": 12 })).toBe(0);
  });
  test("in other collections text is text", async () => {
    cpe.online = false;
    await queue({ ...set(SSID, "x"), uniqueKey: "12" });
    expect([await found({ uniqueKey: "1*" }, "tasks"), await found({ uniqueKey: "12" }, "tasks")]).toEqual([0, 1]);
    expect(await found({ _id: lab.tasks()[0]!._id, device: { $in: [cpe.id] } }, "tasks")).toBe(1);
  });
});

describe("what kills a worker; the next one answers", () => {
  const post = (body: unknown) => () => queue(body as object);
  test.each([
    ["an empty list of values", post({ name: "setParameterValues", parameterValues: [] })],
    ["a null value", post(set(SSID, null))],
    ["no names", post({ name: "getParameterValues", parameterNames: [] })],
    ["no task of that name", post({ name: "setParameterValue" })],
    ["an operator that MongoDB lacks", () => found({ _id: { $like: "x" } })],
    ["a wildcard in a list", () => found({ _id: { $in: ["x*"] } })],
    ["an empty $or", () => found({ $or: [] })],
    ["an id that is not hexadecimal", () => send("POST", "/tasks/nothex/retry")],
    ["a broken escape", () => send("POST", "/devices/%ZZ/tasks", {})],
  ])("%s", async (_why, call) => {
    await expect(call()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect([lab.killed.length, lab.tasks().length]).toEqual([1, 0]);
    expect(await found({ _id: cpe.id })).toBe(1);
  });
});

describe("troubles on order", () => {
  test("a lost reply: the second fitting request was carried out", async () => {
    lab.drop(2, /^POST .*\/tags\//);
    await send("POST", `/devices/${cpe.id}/tags/a`);
    await found({});
    await expect(send("POST", `/devices/${cpe.id}/tags/b`)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect([lab.tagsOf(cpe.id), lab.killed]).toEqual([["a", "b"], []]);
    expect(lab.requests.map((r) => r.method)).toEqual(["POST", "GET", "POST"]);
  });
  test("refused, a page, and then as usual", async () => {
    lab.refuse(503);
    lab.html();
    expect((await send("POST", `/devices/${cpe.id}/tags/a`)).status).toBe(503);
    expect((await send("POST", `/devices/${cpe.id}/tags/a`)).data).toMatch(/^<!DOCTYPE/);
    expect(lab.tagsOf(cpe.id)).toEqual([]);
    expect(await send("POST", `/devices/${cpe.id}/tags/a`)).toMatchObject({ status: 200 });
  });
  test("no answer: only the client's patience ends it", async () => {
    lab.stall();
    const patience = AbortSignal.timeout(50);
    await expect(axios.get(`${lab.url}/devices`, { signal: patience })).rejects.toMatchObject({ code: "ERR_CANCELED" });
    expect(lab.killed).toEqual([]);
  });
});

test("a proxy asks for a login", async () => {
  await lab.close();
  lab = await startGenieacs({ user: "lastmile", password: "pw" });
  const login = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString("base64")}` });
  expect((await send("GET", "/devices")).status).toBe(401);
  expect((await send("GET", "/devices", undefined, login("lastmile:no"))).status).toBe(401);
  expect((await send("GET", "/devices", undefined, login("lastmile:pw"))).status).toBe(200);
});

test("a preset acts on whom its precondition fits, at the events that it names", async () => {
  const script = 'declare("Tags.seen", null, {value: true}); declare(args[0], {value: 1}, {value: args[1]});';
  await send("PUT", "/provisions/name-it", script, { "Content-Type": "text/plain" });
  await send("PUT", "/presets/name-it", {
    weight: 0,
    channel: "c",
    events: { "0 BOOTSTRAP": true },
    precondition: '{"_deviceId._SerialNumber":"S1"}',
    configurations: [{ type: "provision", name: "name-it", args: [SSID, "Preset"] }],
  });
  cpe.inform();
  expect(cpe.get(SSID)).toBe("factory-1");
  cpe.factoryReset();
  cpe.inform();
  const other = lab.plug({ serial: "S2", oui: "A", productClass: "B", dataModel: "TR-181" });
  expect([cpe.get(SSID), lab.tagsOf(cpe.id), lab.faults()]).toEqual(["Preset", ["seen"], []]);
  expect([other.get(SSID), lab.tagsOf(other.id)]).toEqual(["factory-1", []]);
});
