/** What GenieACS really does (1.2.16, recorded): each finding that the code answers to, by its number. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Desired } from "../../controller/core/model.ts";
import { tenantTemplate } from "../../controller/core/resolve/managed.ts";
import type { CpeSetting, ResolvedCpe } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { Fault } from "../../reconcilers/errors.ts";
import { sessionOf } from "../../reconcilers/genieacs/session.ts";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import type { Plug } from "../lab/genieacs/device.ts";
import { configOf, named, open, plugOf } from "./genieacs.rig.ts";
import { cpe, ENDPOINT, owner, serialOf, tenant, tenantOwner, wanted } from "./genieacs.subjects.ts";
import { startTown, type Town } from "./genieacs.town.ts";
import { signal } from "./hand.ts";

const HOUR = 3_600_000;
const SSID = "Device.WiFi.SSID.1.SSID";
const KEY = "Device.WiFi.AccessPoint.1.Security.KeyPassphrase";
const INTERVAL = "Device.ManagementServer.PeriodicInformInterval";
const enforce = (name: string, value: CpeSetting["value"]): CpeSetting => ({ name, value, management: "Enforce" });
const seed = (name: string, value: CpeSetting["value"]): CpeSetting => ({ name, value, management: "Seed" });
const interval = enforce("management.informInterval", 600);
const ssid = seed("wifi.2.4GHz.ssid", "Home");
const key = seed("wifi.2.4GHz.key", new Sensitive("s3cret-key"));
/** By number: where it stands is known without the device's radios. */
const first = { ssid: seed("wifi.1.ssid", "Home"), key: seed("wifi.1.key", new Sensitive("s3cret-key")) };
const dial = [enforce("pppoe.username", "s1@acme"), enforce("pppoe.password", new Sensitive("d1al-pass"))];

let town: Town;
let router: Cpe;
const plug = (n = 1, more: Partial<Plug> = {}): Cpe => town.lab.plug(plugOf(n, more));
const want = (settings: readonly CpeSetting[], more: Partial<ResolvedCpe> = {}, n = 1): Desired =>
  wanted(n, cpe(serialOf(n), { templates: [], settings, ...more }));
const sets = (of = router) => of.rpcs.filter((r) => r.name === "SetParameterValues");
const later = (hours: number): void => {
  town.now += hours * HOUR;
};
const asked = (method: string, path: RegExp) =>
  town.lab.requests.filter((r) => r.method === method && path.test(r.path));
const tagsOf = (begin: RegExp, of = router) => town.lab.tagsOf(of.id).filter((t) => begin.test(t));

beforeEach(async () => {
  town = await startTown();
  router = plug();
});
afterEach(async () => {
  const { killed } = town.lab;
  await town.close();
  expect(killed, "fact 6: no request ever kills a worker").toEqual([]);
});

describe("fact 1: 200 does not mean written", () => {
  test("an unknown parameter is named, with what to do; the good ones of the set are written", async () => {
    const outcome = await town.settle(want([interval, ssid, enforce("X_VENDOR.Nothing", "1")]));
    expect(outcome).toMatchObject({ kind: "Rejected", code: "DeviceFault", remedy: expect.stringMatching(/mappings/) });
    expect((outcome as Fault).message).toContain("X_VENDOR.Nothing");
    expect([router.get(INTERVAL), router.get(SSID)]).toEqual([600, "Home"]);
    expect((await town.plan(want([interval, ssid]))).action).toBe("none");
  });
  test("so is one that cannot be written", async () => {
    router.readOnly(INTERVAL);
    expect(await town.settle(want([interval, ssid]))).toMatchObject({
      code: "DeviceFault",
      message: expect.stringMatching(/does not let write management.informInterval/),
    });
    expect(router.get(SSID)).toBe("Home");
  });
  test("one that somebody sets back in the same session is told as such", async () => {
    const script = `declare("${INTERVAL}", null, {value: 300});`;
    await town.session.http.send("PUT", "/provisions/inform", script, signal);
    const configurations = [{ type: "provision", name: "inform" }];
    const preset = { weight: 0, channel: "inform", events: {}, precondition: "", configurations };
    await town.session.http.send("PUT", "/presets/inform", preset, signal);
    expect(await town.settle(want([interval]))).toMatchObject({
      code: "DeviceFault",
      message: expect.stringMatching(/did not keep management.informInterval/),
      remedy: expect.stringMatching(/preset of the ACS, or the device itself, sets it back/),
    });
  });
  test("a secret that has no place is never taken for written", async () => {
    const lost = enforce("X_VENDOR.Password", new Sensitive("p4ss"));
    expect(await town.settle(want([lost]))).toMatchObject({ code: "DeviceFault" });
    expect((await town.look(want([lost])))?.state).not.toHaveProperty("X_VENDOR.Password");
  });
  test("a path of the other data model is never sent", async () => {
    const mappings = [
      { name: "ipv6.pd", path: "InternetGatewayDevice.X_V6.PD", manufacturer: undefined, model: undefined },
    ];
    await town.settle(want([enforce("ipv6.pd", true)], { mappings }));
    expect(asked("POST", /tasks/).every((r) => !r.body.includes("InternetGatewayDevice"))).toBe(true);
    expect(router.get("Device.DHCPv6.Client.1.RequestPrefixes")).toBe(true);
  });
});

describe("fact 2: setting what is cached sends nothing", () => {
  test("a value changed at the device is found when its reading is too old, and is put right", async () => {
    const d = want([interval]);
    await town.settle(d);
    router.set(INTERVAL, 60);
    expect((await town.plan(d)).action).toBe("none");
    later(25);
    router.inform();
    expect((await town.plan(d)).fields).toMatchObject([{ field: "management.informInterval", before: "60" }]);
    await town.settle(d);
    expect(router.get(INTERVAL)).toBe(600);
  });
  test("after a factory reset the cache is another life's: values are read, and written again", async () => {
    const d = want([interval, ssid, key]);
    await town.settle(d);
    router.factoryReset();
    later(1);
    router.inform();
    expect(router.get(SSID)).toBe("factory-1");
    await town.settle(d);
    expect([router.get(INTERVAL), router.get(SSID), router.get(KEY)]).toEqual([600, "Home", "s3cret-key"]);
  });
  test("a device that does not answer is compared by what is cached, and asked once for each inform", async () => {
    const d = want([interval]);
    await town.settle(d);
    later(25);
    router.inform();
    router.online = false;
    expect((await town.plan(d)).action).toBe("none");
    const reads = asked("POST", /tasks/).length;
    await town.look(d);
    expect(asked("POST", /tasks/)).toHaveLength(reads);
  });
});

describe("fact 3: what 202 means", () => {
  const cases = [
    ["offline", /is offline since .*; 2 values wait for it/],
    ["silent", /does not answer/],
    ["auth", /cannot be called \(Connection request error: .*credentials\)/],
    ["busy", /is offline/],
    ["hang", /is offline/],
    ["url", /cannot be called \(it has told no ConnectionRequestURL\)/],
  ] as const;
  for (const [why, words] of cases)
    test(`${why}: the values wait for the device, and are there when it reports`, async () => {
      if (why === "offline") router.online = false;
      else router.noConnectionRequest = why;
      const d = want([interval, first.ssid]);
      const outcome = await town.settle(d);
      expect(outcome).toMatchObject({ kind: "Waiting", code: "AwaitingDevice" });
      expect((outcome as Fault).message).toMatch(words);
      expect(town.lab.tasks()).toHaveLength(1);
      router.noConnectionRequest = undefined;
      later(1);
      router.inform();
      expect([router.get(INTERVAL), router.get(SSID)]).toEqual([600, "Home"]);
      expect(await town.settle(d)).not.toBeInstanceOf(Fault);
      expect(sets(), "what ran by itself is not sent again").toHaveLength(1);
    });
  test("what was not refused is written without what was; user name and password go both, or neither", async () => {
    router.rejects("Device.PPP.Interface.1.Username", "9007");
    const d = want([interval, ...dial, ssid]);
    expect(await town.settle(d)).toMatchObject({ message: expect.stringMatching(/refused Device\.PPP\S+Username/) });
    expect([router.get(INTERVAL), router.get(SSID), router.get("Device.PPP.Interface.1.Password")]).toEqual([
      600,
      "Home",
      "",
    ]);
    expect((await town.plan(d)).fields.map((f) => f.field)).toEqual(["pppoe.username", "pppoe.password"]);
    expect((await town.look(d))?.facts).toMatchObject({
      faultCode: "cwmp.9007",
      faultMessage: "Invalid parameter value",
    });
    expect(await town.settle(want([interval, ssid]))).not.toHaveProperty("facts.faultCode");
  });
  test("a refused task is told by code, parameter and words; nothing of it stays (facts 8 and 9)", async () => {
    router.rejects(KEY, "9007");
    const outcome = (await town.settle(want([interval, key]))) as Fault;
    expect(outcome).toMatchObject({ kind: "Rejected", code: "DeviceFault" });
    expect(outcome.message).toMatch(/refused Device\.WiFi.*KeyPassphrase: 9007 Invalid parameter value/);
    expect(outcome.facts).toMatchObject({ faultCode: "cwmp.9007", faultParameter: KEY });
    expect([town.lab.tasks(), town.lab.faults()]).toEqual([[], []]);
    expect(JSON.stringify(outcome)).not.toContain("s3cret-key");
  });
  test.each([
    ["9002", "Transient"],
    ["9004", "Transient"],
    ["9001", "Rejected"],
    ["9005", "Rejected"],
    ["9008", "Rejected"],
  ])("%s is %s", async (code, kind) => {
    router.rejects(INTERVAL, code);
    expect(await town.settle(want([interval]))).toMatchObject({ kind, code: "DeviceFault" });
  });
  for (const [what, prepare, code] of [
    ["done", () => undefined, undefined],
    [
      "offline",
      () => {
        router.online = false;
      },
      "AwaitingDevice",
    ],
    ["refused", () => router.rejects(INTERVAL, "9007"), "DeviceFault"],
  ] as const)
    test(`without a reason phrase tasks and faults tell: ${what}`, async () => {
      prepare();
      const http = open(town.lab.url);
      const mute = {
        ...http,
        send: async (...a: Parameters<typeof http.send>) => ({ ...(await http.send(...a)), reason: "" }),
      };
      const s = sessionOf(mute, configOf(town.lab.url), { endpoint: ENDPOINT, digest: (t) => `k:${t.length}` });
      const d = want([interval]);
      const order = {
        ref: d.ref,
        action: "create",
        token: "lm_t",
        owner: "lab/acme/Subscriber/isp-acme/s1",
        id: undefined,
      } as const;
      const [outcome] = await named(s, "device").apply(
        [{ ...order, patch: { "management.informInterval": 600 }, spec: d.spec as never, how: d.how }],
        signal,
      );
      expect((outcome as Fault).code).toBe(code);
      http.close();
    });
});

test("facts 4, 5: a device is never called without a task, and the start of a session has its time", async () => {
  await town.settle(want([interval]));
  for (const r of asked("POST", /connection_request/)) {
    expect(r.body).not.toBe("");
    expect(r.path).toMatch(/timeout=3000/);
  }
  expect(asked("POST", /connection_request/)).not.toEqual([]);
});

describe("fact 6: what kills a worker is never sent", () => {
  test("a device without a ConnectionRequestURL or an inform is not called", async () => {
    for (const why of ["url", "inform"] as const) {
      router.noConnectionRequest = why;
      expect(await town.settle(want([interval]))).toMatchObject({ code: "AwaitingDevice" });
    }
    expect(asked("POST", /connection_request/)).toEqual([]);
  });
  test("a value that does not fit the device's own type stays here and holds up no other", async () => {
    await town.settle(want([interval]));
    const outcome = await town.settle(want([enforce("management.informInterval", "often"), ssid]));
    expect(outcome).toMatchObject({ code: "BadValue" });
    expect([router.get(INTERVAL), router.get(SSID)]).toEqual([600, "Home"]);
  });
  test("a serial that is a pattern is refused", () => {
    for (const serial of ["HW-*", "/HW/"]) expect(() => wanted(1, cpe(serial))).toThrow(/pattern/);
  });
});

describe("fact 7: a dropped connection may have queued the task", () => {
  test("it is one task, and one value at the device", async () => {
    router.online = false;
    town.lab.drop(1, /POST .*tasks/);
    const d = want([first.ssid]);
    expect(await town.step(d)).toMatchObject({ kind: "Unknown" });
    expect(await town.step(d)).toMatchObject({ code: "AwaitingDevice" });
    expect(town.lab.tasks()).toHaveLength(1);
    expect(town.lab.tasks()[0]).toMatchObject({ uniqueKey: expect.stringMatching(/^lm_/), expiry: expect.any(Date) });
    router.inform();
    await town.settle(d);
    expect(sets()).toHaveLength(1);
  });
});

describe("fact 9: secrets stand in clear in tasks, faults and devices", () => {
  test("none is ever asked for: lists of tasks and faults are projected, and no fault repeats one", async () => {
    router.online = false;
    await town.settle(want([ssid, key]));
    router.inform();
    await town.settle(want([ssid, key]));
    for (const r of asked("GET", /^\/(tasks|faults)/))
      expect(new URL(r.path, town.lab.url).searchParams.get("projection")).not.toMatch(
        /parameterValues|provisions|detail$/,
      );
  });
  test("one that was refused at an inform goes with task and fault at the next try, and is told then", async () => {
    router.online = false;
    await town.settle(want([interval]));
    router.rejects(INTERVAL, "9007");
    later(1);
    router.inform();
    const seen = await town.look(want([interval]));
    expect(seen?.facts).toMatchObject({ faultCode: "cwmp.9007", faultParameter: INTERVAL, tasksPending: 1 });
    expect(await town.settle(want([interval]))).toMatchObject({ code: "DeviceFault" });
    expect([town.lab.tasks(), town.lab.faults()]).toEqual([[], []]);
  });
  test("a secret that reads as nothing is believed by its digest, and a changed one is written", async () => {
    await town.settle(want([key]));
    expect(JSON.stringify(await town.look(want([key])))).not.toContain("s3cret-key");
    const other = want([seed("wifi.2.4GHz.key", new Sensitive("an0ther-key"))]);
    expect((await town.plan(other)).fields.map((f) => f.field)).toEqual(["wifi.2.4GHz.key"]);
    await town.settle(other);
    expect(router.get(KEY)).toBe("an0ther-key");
  });
});

test("facts 10, 11: ids are encoded twice in paths; a tag may have any character", async () => {
  const odd = plug(2, { oui: "A0B1C2", productClass: "F@ST-3890/v3 100%+é" });
  const d = want([interval], { templates: ["fiber.v2", "a b~c!"] }, 2);
  expect(await town.settle(d, owner(2))).toMatchObject({ id: odd.id, state: { templates: ["a b~c!", "fiber.v2"] } });
  expect(odd.get(INTERVAL)).toBe(600);
  await town.settle(want([interval], {}, 2), owner(2));
  expect(tagsOf(/fiber|a b/, odd)).toEqual([]);
});

describe("fact 12: what comes back is verified", () => {
  test("a serial of digits finds its own device only", async () => {
    for (const serial of ["000200", "200", "0200"]) plug(1, { serial });
    const seen = await town.settle(wanted(1, cpe("000200", { templates: [], settings: [interval] })));
    expect(seen).toMatchObject({ id: expect.stringMatching(/-000200$/) });
  });
  test.each([
    ["HWTC12345678", "4857544312345678"],
    ["4857544312345678", "HWTC12345678"],
    ["hwtc1234abcd", "485754431234ABCD"],
    ["CPE-abc01", "CPE-abc01"],
    ["CPE.01", "Cpe.01"],
  ])("%s is found as the device spells it: %s", async (declared, reported) => {
    const ont = plug(1, { serial: reported });
    const d = wanted(1, cpe(declared, { templates: [], settings: [interval] }));
    expect(await town.settle(d)).toMatchObject({ id: ont.id });
  });
  test("two devices with one serial: neither is touched until it is said which one", async () => {
    const twin = plug(1, { oui: "00AABB" });
    const d = want([interval]);
    const outcome = (await town.settle(d)) as Fault;
    expect(outcome.message).toContain(router.id);
    expect(outcome.message).toContain(twin.id);
    expect(await town.settle(want([interval], { oui: "00AABB" }))).toMatchObject({ id: twin.id });
    expect([sets(), sets(twin)].map((s) => s.length)).toEqual([0, 1]);
  });
});

test("facts 13, 17: every list is asked for by query and projection, nothing needs to have been read before", async () => {
  await town.settle(want([interval, ssid, key, ...dial], { templates: ["residential_fiber"] }));
  for (const r of asked("GET", /./)) expect(r.path).toMatch(/query=.*projection=|projection=.*query=/);
});

describe("fact 15: provisions and presets", () => {
  const templates = [{ name: "residential_fiber", script: 'log("hello");', weight: 5 }];
  const settleAll = async (all: readonly Desired[], who = tenantOwner) => {
    const out = [];
    for (const d of all) {
      const spec = { ...d.spec, ...("provision" in d.spec && { provision: d.ref.key }) };
      out.push(await town.settle({ ...d, spec }, who));
    }
    return out;
  };
  test("run on devices with the template's tag, and settle", async () => {
    const [provision, preset] = await settleAll(tenant(templates));
    expect(provision).toMatchObject({ outputs: { name: "acme_residential_fiber" }, retired: false });
    expect(preset).toMatchObject({ state: { tag: "acme_residential_fiber", weight: 5, marking: true } });
    expect(town.lab.presets()).toMatchObject([
      {
        _id: "acme_residential_fiber",
        precondition: '{"_tags":"acme_residential_fiber"}',
        channel: "acme_residential_fiber",
      },
    ]);
    await settleAll(tenant([{ ...templates[0]!, script: 'log("bye");', weight: 6 }]));
    expect(town.lab.provisions()[0]!["script"]).toMatch(/^\/\/ Lastmile lm_\S+ \S+\nlog\("bye"\);$/);
    expect(town.lab.presets()).toMatchObject([{ weight: 6 }]);
  });
  test("two tenants of one ACS may call theirs alike: each runs on its own routers", async () => {
    const hill = { ...tenantOwner, tenant: "hill" };
    const by = (name: string) => [
      { name: "fiber", script: `declare("Tags.ran-${name}", null, {value: true});`, weight: 5 },
    ];
    await settleAll(tenant(by("acme")));
    await settleAll(tenant(by("hill"), hill), hill);
    const other = plug(2);
    await town.settle(want([], { templates: [tenantTemplate("acme", "fiber")] }));
    await town.settle(want([], { templates: [tenantTemplate("hill", "fiber")] }, 2), { ...owner(2), tenant: "hill" });
    for (const r of [router, other]) r.inform();
    expect([tagsOf(/^ran-/), tagsOf(/^ran-/, other)]).toEqual([["ran-acme"], ["ran-hill"]]);
  });
  test("a script that is no script is a bad value", async () => {
    const [provision] = await settleAll(tenant([{ ...templates[0]!, script: "declare((" }]));
    expect(provision).toMatchObject({ kind: "Rejected", code: "BadValue" });
  });
  test("what others made under the name is theirs", async () => {
    await town.session.http.send("PUT", "/provisions/acme_residential_fiber", "log(1);", signal);
    const [provision] = await settleAll(tenant(templates));
    expect(provision).toMatchObject({ code: "NotOwned" });
    expect(town.lab.provisions()).toMatchObject([{ script: "log(1);" }]);
  });
  test("retired they run nowhere, and come back; destroyed they are gone, twice is once", async () => {
    const all = tenant(templates).toReversed();
    await settleAll(tenant(templates));
    for (const d of all) expect(await town.end(d, "retire", tenantOwner)).toMatchObject({ retired: true });
    expect(town.lab.presets()[0]!["precondition"]).toMatch(/decommissioned-/);
    for (const d of await settleAll(tenant(templates))) expect(d).toMatchObject({ retired: false });
    for (const d of [...all, ...all]) expect(await town.end(d, "destroy", tenantOwner)).toBeNull();
    expect([town.lab.presets(), town.lab.provisions()]).toEqual([[], []]);
  });
});

test("fact 16: an offline device runs at its inform what was queued, secrets too, and is then believed", async () => {
  router.online = false;
  const d = want([first.ssid, first.key, interval]);
  expect(await town.settle(d)).toMatchObject({ message: expect.stringMatching(/3 values wait/) });
  later(1);
  router.inform();
  expect(router.get(KEY)).toBe("s3cret-key");
  expect(await town.settle(d)).toMatchObject({ state: { "wifi.1.ssid": "Home" } });
  expect([sets().length, town.lab.tasks().length]).toEqual([1, 0]);
});
