/** The life of a router: installed, used, reset, rotated, moved, taken out of service. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Desired, refKey } from "../../controller/core/model.ts";
import { ownerKey, token } from "../../controller/core/owner.ts";
import type { CpeMapping, CpeSetting, ResolvedCpe } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { Fault } from "../../reconcilers/errors.ts";
import { hints } from "../../reconcilers/genieacs/hints.ts";
import { encodeMemory, memoryOf } from "../../reconcilers/genieacs/memory.ts";
import { scan } from "../../reconcilers/genieacs/observe.ts";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import type { Plug } from "../lab/genieacs/device.ts";
import { named, plugOf } from "./genieacs.rig.ts";
import { cpe, ENDPOINT, owner, serialOf, wanted } from "./genieacs.subjects.ts";
import { startTown, type Town } from "./genieacs.town.ts";
import { signal } from "./hand.ts";

const HOUR = 3_600_000;
const SSID = "Device.WiFi.SSID.1.SSID";
const KEY = "Device.WiFi.AccessPoint.1.Security.KeyPassphrase";
const ENABLE = "Device.WiFi.SSID.1.Enable";
const USER = "Device.PPP.Interface.1.Username";
const PASSWORD = "Device.PPP.Interface.1.Password";
const enforce = (name: string, value: CpeSetting["value"]): CpeSetting => ({ name, value, management: "Enforce" });
const seed = (name: string, value: CpeSetting["value"]): CpeSetting => ({ name, value, management: "Seed" });
const interval = enforce("management.informInterval", 600);
const wifi = (ssid = "Home", band = "2.4GHz") => [
  seed(`wifi.${band}.enabled`, true),
  seed(`wifi.${band}.ssid`, ssid),
  seed(`wifi.${band}.key`, new Sensitive("s3cret-key")),
];
const dial = (password = "d1al-pass") => [
  enforce("pppoe.username", "s1@acme"),
  enforce("pppoe.password", new Sensitive(password)),
];

let town: Town;
let router: Cpe;
const plug = (n = 1, more: Partial<Plug> = {}): Cpe => town.lab.plug(plugOf(n, more));
const want = (settings: readonly CpeSetting[], more: Partial<ResolvedCpe> = {}): Desired =>
  wanted(1, cpe(serialOf(1), { templates: [], settings, ...more }));
const later = (hours: number): void => {
  town.now += hours * HOUR;
};
const tagsOf = (begin: RegExp, of = router) => town.lab.tagsOf(of.id).filter((t) => begin.test(t));
const tag = (name: string) =>
  town.session.http.send("POST", `/devices/${encodeURIComponent(router.id)}/tags/${name}`, undefined, signal);
const sets = (of = router) => of.rpcs.filter((r) => r.name === "SetParameterValues");

beforeEach(async () => {
  town = await startTown();
  router = plug();
});
afterEach(async () => {
  const { killed } = town.lab;
  await town.close();
  expect(killed).toEqual([]);
});

describe("a router that has never reported", () => {
  const unborn = wanted(1, cpe("HW-UNBORN", { settings: [interval] }));
  test("is no error: it is waited for, and made when it reports", async () => {
    expect(await town.look(unborn)).toBeNull();
    expect(await town.settle(unborn)).toMatchObject({
      kind: "Waiting",
      code: "AwaitingDevice",
      message: `the router HW-UNBORN has never reported to ${ENDPOINT}`,
    });
    const born = plug(1, { serial: "HW-UNBORN" });
    expect(await town.settle(unborn)).toMatchObject({ id: born.id });
  });
});

describe("seeds", () => {
  test("are the customer's after the installation, also for a controller that remembers nothing", async () => {
    const d = want([interval, ...wifi()]);
    await town.settle(d);
    router.set(SSID, "My own");
    router.set(KEY, "my own key");
    later(25);
    router.inform();
    town.restart();
    expect((await town.plan(d)).action).toBe("none");
    expect(router.get(SSID)).toBe("My own");
  });
  test("are written again when the declared value changes: that one only", async () => {
    await town.settle(want(wifi()));
    router.set(KEY, "my own key");
    await town.settle(want(wifi("New name")));
    expect([router.get(SSID), router.get(KEY)]).toEqual(["New name", "my own key"]);
  });
  test("are written again after a factory reset, once", async () => {
    const d = want(wifi());
    await town.settle(d);
    later(1);
    router.factoryReset();
    router.inform();
    await town.settle(d);
    expect(router.get(SSID)).toBe("Home");
    router.set(SSID, "My own");
    later(1);
    router.inform();
    await town.settle(d);
    expect(router.get(SSID)).toBe("My own");
  });
  test("of an unknown key of digests are left alone: it says nothing", async () => {
    const d = want(wifi());
    await town.settle(d);
    const other = { ...town.session, digest: (text: string) => `0ther0: ${text.length}` };
    Object.assign(town.session, { digest: other.digest });
    expect((await town.plan(d)).action).toBe("none");
  });
});

describe("enforced values", () => {
  test("of others' hands are put right, alone", async () => {
    const d = want([interval, enforce("DeviceInfo.ProvisioningCode", "res-1"), ...wifi()]);
    await town.settle(d);
    router.set("Device.DeviceInfo.ProvisioningCode", "theirs");
    later(25);
    router.inform();
    await town.settle(d);
    expect(sets().at(-1)).toMatchObject({ pairs: [["Device.DeviceInfo.ProvisioningCode", "res-1", "xsd:string"]] });
  });
  test("that are not declared any more are left as they are, and are nobody's business", async () => {
    await town.settle(want([interval, ...wifi()]));
    expect(await town.settle(want(wifi()))).not.toHaveProperty("state.management.informInterval");
    expect(router.get("Device.ManagementServer.PeriodicInformInterval")).toBe(600);
  });
});

describe("what the router dials with", () => {
  test("is not queued while it is offline: RADIUS could not follow; the rest is", async () => {
    await town.settle(want([...dial(), interval]));
    router.online = false;
    town.awaited = true;
    const next = want([...dial("n3w-pass"), enforce("management.informInterval", 900)]);
    expect(await town.settle(next)).toMatchObject({ kind: "Waiting", message: expect.stringMatching(/2 values wait/) });
    expect(JSON.stringify(town.lab.tasks())).not.toContain("n3w-pass");
    expect(town.lab.tasks()).toHaveLength(1);
    later(1);
    router.inform();
    expect([router.get(PASSWORD), router.get("Device.ManagementServer.PeriodicInformInterval")]).toEqual([
      "d1al-pass",
      900,
    ]);
    await town.settle(next);
    expect(router.get(PASSWORD)).toBe("n3w-pass");
  });
  test("is known to be there when the answer was lost and the router is gone: RADIUS must follow", async () => {
    await town.settle(want(dial()));
    town.awaited = true;
    town.lab.drop(1, /POST .*tasks/);
    expect(await town.step(want(dial("n3w-pass")))).toBeInstanceOf(Fault);
    expect(router.get(PASSWORD)).toBe("n3w-pass");
    router.online = false;
    town.restart();
    expect((await town.plan(want(dial("n3w-pass")))).fields.map((f) => f.field)).not.toContain("pppoe.password");
    expect((await town.plan(want(dial("another")))).fields.map((f) => f.field)).toContain("pppoe.password");
  });
  test("is taken out at the end also where it is declared no more by then, and where the router refuses a part of that", async () => {
    const ssid = enforce("wifi.2.4GHz.ssid", "Home");
    await town.settle(want([...dial(), ssid]));
    await town.settle(want([enforce("management.informInterval", 700)]));
    router.rejects("Device.PPP.Interface.1.Username", "9007");
    await town.end(want([]), "retire");
    expect([router.get("Device.WiFi.SSID.1.Enable"), router.get(PASSWORD)]).toEqual([false, ""]);
    expect([town.lab.tasks(), town.lab.faults()]).toEqual([[], []]);
  });
  test("is queued as everything else where RADIUS knows it already: a router that cannot be called gets it at its inform", async () => {
    router.noConnectionRequest = "auth";
    expect(await town.settle(want(dial()))).toMatchObject({ kind: "Waiting" });
    later(1);
    router.inform();
    expect(router.get(PASSWORD)).toBe("d1al-pass");
    router.noConnectionRequest = undefined;
    expect(await town.settle(want(dial()))).toMatchObject({ state: { "pppoe.username": expect.anything() } });
  });
  test("waits at the ACS for one minute at most, should this process die before it takes it back", async () => {
    router.online = false;
    town.awaited = true;
    await town.settle(want(dial()));
    const bodies = town.lab.requests.filter((r) => r.body.includes("d1al-pass")).map((r) => JSON.parse(r.body));
    expect(bodies.map((b) => b.expiry)).toEqual([60]);
  });
});

describe("secrets, and the ACS where everybody can read what waits", () => {
  const key = (value: string) => seed("wifi.2.4GHz.key", new Sensitive(value));
  const ssid = (value: string) => seed("wifi.2.4GHz.ssid", value);
  const next = () =>
    want([enforce("management.informInterval", 900), ...dial("n3w-pass"), ssid("Loft"), key("n3w-wifi-key")]);
  const ends = () => [router.get(SSID), router.get(KEY), router.get(PASSWORD)];
  const sent = () => town.lab.tasks().filter((t) => t.name === "setParameterValues");
  beforeEach(() => town.settle(want([interval, ...dial(), ...wifi()])));
  test("none waits there for a router that is switched off, nor the name of a network without its key; the rest does", async () => {
    router.online = false;
    later(3);
    expect(await town.settle(next())).toMatchObject({ message: expect.stringMatching(/4 values wait/) });
    expect(sent()).toMatchObject([
      { parameterValues: [[expect.stringMatching(/InformInterval$/), 900, "xsd:unsignedInt"]] },
    ]);
    router.inform();
    expect(ends()).toEqual(["Home", "s3cret-key", "d1al-pass"]);
    await town.settle(next());
    expect(ends()).toEqual(["Loft", "n3w-wifi-key", "n3w-pass"]);
    expect(sent()).toEqual([]);
  });
  test("they wait for one that reports and cannot be called, as long as it is reporting", async () => {
    router.noConnectionRequest = "auth";
    await town.settle(next());
    const [task] = sent();
    expect(JSON.stringify(task)).toMatch(/n3w-wifi-key/);
    expect(Number(task!.expiry)).toBeLessThan(town.now + HOUR);
    later(3);
    await town.settle(next());
    expect(JSON.stringify(sent())).not.toMatch(/n3w-/);
    router.inform();
    await town.settle(next());
    router.inform();
    expect(ends()).toEqual(["Loft", "n3w-wifi-key", "n3w-pass"]);
  });
});

describe("where a value stands", () => {
  const mapping = (name: string, path: string, more: Partial<CpeMapping> = {}): CpeMapping => ({
    name,
    path,
    manufacturer: undefined,
    model: undefined,
    ...more,
  });
  test.each([
    ["TR-181", "5GHz", "Device.WiFi.SSID.2.SSID"],
    ["TR-181", "2", "Device.WiFi.SSID.2.SSID"],
    ["TR-098", "2.4GHz", "InternetGatewayDevice.LANDevice.1.WLANConfiguration.1.SSID"],
    ["TR-098", "5GHz", "InternetGatewayDevice.LANDevice.1.WLANConfiguration.3.SSID"],
  ] as const)("%s: Wi-Fi %s is %s", async (dataModel, band, path) => {
    const other = plug(1, { serial: "HW-OTHER", dataModel });
    await town.settle(wanted(1, cpe("HW-OTHER", { settings: wifi("Loft", band) })));
    expect(other.get(path)).toBe("Loft");
  });
  test("a band that the router has not is said, with what to do", async () => {
    expect(await town.settle(want(wifi("Loft", "6GHz")))).toMatchObject({
      code: "DeviceFault",
      message: expect.stringMatching(/no known place for wifi\.6GHz/),
      remedy: expect.stringMatching(/cpe\.mappings/),
    });
  });
  test("radios that it has not told are asked for, not guessed; meanwhile the values wait", async () => {
    router.online = false;
    expect(await town.settle(want([interval, ...wifi("Loft", "5GHz")]))).toMatchObject({
      code: "AwaitingDevice",
      message: expect.stringMatching(/4 values wait/),
    });
    expect(JSON.stringify(town.lab.tasks())).not.toContain("Loft");
    router.inform();
    await town.settle(want([interval, ...wifi("Loft", "5GHz")]));
    expect(router.get("Device.WiFi.SSID.2.SSID")).toBe("Loft");
  });
  test("DHCPv6-PD has no place in TR-098, until the plan maps it to the vendor's", async () => {
    const parameters = { "InternetGatewayDevice.X_HW_V6.PD": false };
    const other = plug(1, { serial: "HW-OTHER", dataModel: "TR-098", parameters });
    const pd = (mappings: readonly CpeMapping[]): Desired =>
      wanted(1, cpe("HW-OTHER", { settings: [enforce("ipv6.pd", true)], mappings }));
    expect(await town.settle(pd([]))).toMatchObject({ message: expect.stringMatching(/TR-098\) has no known place/) });
    const any = mapping("ipv6.pd", "InternetGatewayDevice.X_WRONG.PD");
    const ours = mapping("ipv6.pd", "InternetGatewayDevice.X_HW_V6.PD", { manufacturer: "huawei", model: "HG*" });
    expect(await town.settle(pd([any, ours]))).not.toBeInstanceOf(Fault);
    expect(other.get("InternetGatewayDevice.X_HW_V6.PD")).toBe(true);
  });
});

describe("out of service", () => {
  const all = () => want([interval, ...wifi(), ...dial()], { templates: ["residential_fiber"] });
  test("Wi-Fi is switched off, the way in blanked, templates go; nobody needs to know the plan", async () => {
    await town.settle(all());
    town.restart();
    expect(await town.end(all(), "retire")).toMatchObject({ retired: true, id: router.id });
    expect([router.get(ENABLE), router.get(USER), router.get(PASSWORD)]).toEqual([false, "", ""]);
    expect(town.lab.tagsOf(router.id).filter((t) => !t.startsWith("lmo_"))).toEqual([
      `decommissioned-${token(ownerKey(owner(1)), refKey(all().ref))}`,
    ]);
    later(1);
    expect(await town.settle(all())).toMatchObject({ retired: false });
    expect([router.get(ENABLE), router.get(SSID), router.get(PASSWORD)]).toEqual([true, "Home", "d1al-pass"]);
  });
  test("it waits for no router: one that is unplugged finds it queued", async () => {
    await town.settle(all());
    router.online = false;
    expect(await town.end(all(), "retire")).toMatchObject({ retired: true });
    expect(await town.end(all(), "destroy")).toBeNull();
    later(1);
    router.inform();
    expect([router.get(ENABLE), router.get(USER)]).toEqual([false, ""]);
    expect(tagsOf(/^(lm|decommissioned)/)).toEqual([]);
  });
  test("a factory reset instead, where the tenant wants it", async () => {
    const d = want(wifi(), { onRetire: "FactoryReset" });
    await town.settle(d);
    town.restart();
    await town.end(d, "retire");
    expect(router.rpcs.at(-1)).toMatchObject({ name: "FactoryReset" });
  });
  test.each([
    ["Keep", "FactoryReset", "FactoryReset"],
    ["FactoryReset", "Keep", "SetParameterValues"],
  ] as const)("what is declared last counts, though nothing else changed: %s, then %s", async (before, after, last) => {
    await town.settle(want(wifi(), { onRetire: before }));
    const d = want(wifi(), { onRetire: after });
    expect(await town.plan(d)).toMatchObject({ action: "update", fields: [{ field: "onRetire", before, after }] });
    expect(await town.plan(d)).not.toHaveProperty("impact");
    const told = router.rpcs.length;
    expect(await town.settle(d)).toMatchObject({ state: { onRetire: after } });
    expect(router.rpcs).toHaveLength(told);
    town.restart();
    await town.end(d, "retire");
    expect(router.rpcs.at(-1)).toMatchObject({ name: last });
  });
  test("a wish that was taken back while it waited is not carried out", async () => {
    await town.settle(want([interval]));
    router.online = false;
    await town.settle(want([enforce("management.informInterval", 900)]));
    expect(town.lab.tasks()).toHaveLength(1);
    expect(await town.settle(want([interval]))).toMatchObject({ state: { marking: true } });
    expect(town.lab.tasks()).toEqual([]);
  });
  test("a router that refuses holds nobody up, and keeps no secret in a fault", async () => {
    await town.settle(all());
    router.rejects(PASSWORD, "9007");
    expect(await town.end(all(), "retire")).toMatchObject({ retired: true });
    expect([town.lab.tasks(), town.lab.faults()]).toEqual([[], []]);
  });
  test("the next subscriber of the router takes it clean, and what waits for it of the last one never happens", async () => {
    const d = want(wifi(), { onRetire: "FactoryReset" });
    await town.settle(d);
    router.online = false;
    await town.end(d, "retire");
    expect(town.lab.tasks()).toHaveLength(1);
    await town.settle(want(wifi("Next")), owner(2));
    later(1);
    router.inform();
    await town.settle(want(wifi("Next")), owner(2));
    expect(router.rpcs.some((r) => r.name === "FactoryReset")).toBe(false);
    expect(router.get(SSID)).toBe("Next");
    expect(tagsOf(/^decommissioned/)).toEqual([]);
    expect(tagsOf(/^lmo_/)).toHaveLength(1);
    expect(await town.look(d)).toMatchObject({ token: token(ownerKey(owner(2)), refKey(d.ref)) });
  });
  test("while another has it, he is named and nothing of his is touched", async () => {
    await town.settle(want(wifi()), owner(2));
    const outcome = (await town.settle(want(wifi("Mine")))) as Fault;
    expect(outcome).toMatchObject({ code: "NotOwned" });
    expect(outcome.message).toContain(ownerKey(owner(2)));
    expect(await town.end(want([]), "retire")).toMatchObject({ code: "NotOwned" });
    expect(router.get(SSID)).toBe("Home");
  });
});

describe("tags", () => {
  test("a template that somebody else has set is as good as ours, and stays when we need it no more", async () => {
    await tag("residential_fiber");
    const d = want([], { templates: ["residential_fiber", "voice"] });
    expect(await town.settle(d)).toMatchObject({ state: { templates: ["residential_fiber", "voice"] } });
    await town.settle(want([]));
    expect(tagsOf(/residential_fiber|voice/)).toEqual(["residential_fiber"]);
  });
  test("two memories after a crash: the later counts, and one goes", async () => {
    const d = want(wifi());
    await town.settle(d);
    const own = token(ownerKey(owner(1)), refKey(d.ref));
    const memory = memoryOf(town.lab.tagsOf(router.id), own)!;
    await tag(encodeMemory({ ...memory, count: memory.count - 1, written: {} }));
    expect((await town.plan(d)).action).toBe("none");
    await town.settle(want(wifi("Other")));
    expect(tagsOf(/^lmw_/)).toHaveLength(1);
  });
});

test("a scan shows all of the tenant with its owner, retired too, and nobody else's", async () => {
  const others = [2, 3].map((n) => plug(n));
  await tag("vip");
  for (const n of [1, 2, 3])
    await town.settle(wanted(n, cpe(serialOf(n), { settings: [interval] })), {
      ...owner(n),
      ...(n === 3 && { tenant: "hill" }),
    });
  await town.end(wanted(2, cpe(serialOf(2))), "retire", owner(2));
  const seen = [];
  for await (const page of scan(town.session, { installation: "lab", tenant: "acme" }, signal)) seen.push(...page);
  expect(seen.map((s) => [s.owner, s.observed.id, s.observed.retired])).toEqual([
    [ownerKey(owner(1)), router.id, false],
    [ownerKey(owner(2)), others[0]!.id, true],
  ]);
  expect(seen[0]!.observed.state).toMatchObject({ "management.informInterval": 600, marking: true });
  expect(named(town.session, "device").claims?.(seen[0]!)).toEqual([
    { kind: "cpeSerial", scope: "-", value: serialOf(1) },
  ]);
});

test("facts are what status shows of a device", async () => {
  const d = want([interval, ...wifi()], { templates: ["residential_fiber"] });
  await town.settle(d);
  later(25);
  router.inform();
  router.online = false;
  await town.settle(want([enforce("management.informInterval", 900), ...wifi()], { templates: ["residential_fiber"] }));
  expect((await town.look(d))?.facts).toEqual({
    deviceId: router.id,
    serial: "HW-000001",
    manufacturer: "Huawei",
    model: "HG8546M",
    hardwareVersion: "1.0",
    softwareVersion: "3.2.1",
    lastInform: new Date(town.now).toISOString(),
    templates: "residential_fiber",
    parametersSet: 4,
    wifiConfigured: true,
    tasksPending: 1,
  });
});

describe("hints", () => {
  const next = async (it: AsyncGenerator<readonly string[]>): Promise<readonly string[]> =>
    (await it.next()).value ?? [];
  test("come for a device that is new, booted, waited for or due, and not for every inform", async () => {
    const d = want([interval]);
    await town.settle(d);
    const end = new AbortController();
    const it = hints(town.session, end.signal, 1);
    const polls = () => town.lab.requests.filter((r) => r.path.includes("_registered")).length;
    const heard = next(it);
    const from = polls();
    while (polls() < from + 2) await new Promise((go) => setImmediate(go));
    later(1);
    router.inform();
    const quiet = polls();
    while (polls() < quiet + 2) await new Promise((go) => setImmediate(go));
    later(1);
    plug(2);
    expect(await heard, "the inform before it said nothing").toEqual([`${ENDPOINT}/device/${serialOf(2)}`]);
    later(1);
    router.factoryReset();
    router.inform();
    expect(await next(it)).toEqual([refKey(d.ref)]);
    await town.settle(d);
    router.online = false;
    await town.settle(want([enforce("management.informInterval", 900)]));
    later(1);
    router.inform();
    expect(await next(it), "its values wait for it").toEqual([refKey(d.ref)]);
    await town.settle(d);
    later(25);
    router.inform();
    expect(await next(it), "its values are old").toEqual([refKey(d.ref)]);
    end.abort();
    expect(await it.next()).toMatchObject({ done: true });
  });
  test("come for a device whose session took long, though others have reported meanwhile", async () => {
    const d = want([interval]);
    router.online = false;
    await town.settle(d);
    const other = plug(2);
    await town.settle(wanted(2, cpe(serialOf(2), { templates: [], settings: [interval] })));
    later(1);
    other.inform();
    const end = new AbortController();
    const it = hints(town.session, end.signal, 1);
    const polls = () => town.lab.requests.filter((r) => r.path.includes("_registered")).length;
    const heard = next(it);
    while (polls() < 2) await new Promise((go) => setImmediate(go));
    town.now -= 30_000;
    router.inform();
    expect(await heard).toEqual([refKey(d.ref)]);
    end.abort();
  });
});
