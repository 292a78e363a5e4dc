/** The router at home: what it is told, what it may keep, and what it refuses. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import { type Access, access, aSecondLater, dials, everythingStored, home, letIn, MANAGEMENT, tags } from "./access.ts";
import { type Answer, condition, controller, eventually } from "./provider.ts";

const KEYS = ["first-wireless-key-4711", "second-wireless-key-4712", "third-wireless-key-4714"] as const;
const WORD = "dial-in-word-4713";
const ONU = (n: number): object => ({ olt: "olt1", serial: `ACME0000000${n}` });
const wifi = (name: string, more: object = {}): object[] => [
  { band: "2.4GHz", ssid: name, keySecretRef: { name: `${name}-wifi`, key: "psk" }, ...more },
  { band: "5GHz", ssid: `${name} 5`, keySecretRef: { name: `${name}-wifi`, key: "psk" }, ...more },
];
const INTERVAL = { path: "management.informInterval", value: "600", type: "UnsignedInt" };
const IGD = "InternetGatewayDevice";
const LAKE_PD = `${IGD}.X_LAKE_DHCPv6.Client.1.RequestPrefixes`;
const SSID = "Device.WiFi.SSID.1.SSID";
const KEY = "Device.WiFi.AccessPoint.1.Security.KeyPassphrase";
const TEMPLATES = ["residential", "office"].map((name) => ({
  name,
  script: `declare("Tags.ran_${name}", null, { value: true });`,
}));
const CPE = {
  managementUrl: MANAGEMENT,
  templates: ["residential"],
  mappings: [{ name: "ipv6.pd", path: LAKE_PD, manufacturer: "Lakeside" }],
};
const sets = (cpe: Cpe): string => JSON.stringify(cpe.rpcs.filter((rpc) => rpc.name === "SetParameterValues"));

describe("a router at home", () => {
  let p: Access;
  let fiona: Cpe;
  let georg: Cpe;
  const hanna = (): Cpe => p.router("LR-0003");
  let plugged: Cpe;
  beforeAll(async () => {
    p = await access({ cpeTemplates: TEMPLATES }, [home("basic", { cpe: CPE })]);
    fiona = p.router("LR-0001");
    georg = p.router("LR-0002", "TR-098", { parameters: { [LAKE_PD]: false } });
    for (const n of [1, 2, 3]) p.onu(`ACME0000000${n}`);
    for (const name of ["fiona", "georg", "hanna"]) await p.secret(`isp-acme/${name}-wifi/psk`, KEYS[0]);
    await p.secret("isp-acme/fiona-radius/password", WORD);
    p.lines["fiona"] = {
      ...tags(1001),
      onu: ONU(1),
      cpe: { serial: "LR-0001", wifi: wifi("fiona"), parameters: [INTERVAL] },
      radius: { passwordSecretRef: { name: "fiona-radius" } },
    };
    p.lines["georg"] = {
      ...tags(1002),
      onu: ONU(2),
      cpe: { serial: "LR-0002", wifi: wifi("georg", { management: "Enforce" }), parameters: [INTERVAL] },
    };
    p.lines["hanna"] = { ...tags(1003), onu: ONU(3), cpe: { serial: "LR-0003", wifi: wifi("hanna") } };
    await p.applied();
  });
  afterAll(() => p?.end());

  it("TR-181: Wi-Fi on both bands, PPPoE, management URL, DHCPv6-PD and the named parameter stand in it", async () => {
    expect([1, 2].map((n) => fiona.get(`Device.WiFi.SSID.${n}.SSID`))).toEqual(["fiona", "fiona 5"]);
    for (const n of [1, 2]) expect(fiona.get(`Device.WiFi.AccessPoint.${n}.Security.KeyPassphrase`)).toBe(KEYS[0]);
    expect(dials(fiona)).toBe(`fiona@acme.example ${WORD}`);
    expect(fiona.get("Device.ManagementServer.URL")).toBe(MANAGEMENT);
    expect(fiona.get("Device.DHCPv6.Client.1.Enable")).toBe(true);
    expect(fiona.get("Device.DHCPv6.Client.1.RequestPrefixes")).toBe(true);
    expect(fiona.get("Device.ManagementServer.PeriodicInformInterval")).toBe(600);
  });

  it("TR-098: the same declaration stands where that data model has it, and PD where the plan maps it", async () => {
    const wlan = `${IGD}.LANDevice.1.WLANConfiguration`;
    expect([1, 3].map((n) => georg.get(`${wlan}.${n}.SSID`))).toEqual(["georg", "georg 5"]);
    for (const n of [1, 3])
      expect([
        georg.get(`${wlan}.${n}.KeyPassphrase`),
        georg.get(`${wlan}.${n}.PreSharedKey.1.KeyPassphrase`),
      ]).toContain(KEYS[0]);
    expect(georg.get(`${IGD}.ManagementServer.URL`)).toBe(MANAGEMENT);
    expect(georg.get(LAKE_PD)).toBe(true);
    expect(georg.get(`${IGD}.ManagementServer.PeriodicInformInterval`)).toBe(600);
  });

  it("no device is ever told a path of the other data model", () => {
    expect(JSON.stringify(fiona.rpcs)).not.toContain(IGD);
    expect(JSON.stringify(georg.rpcs)).not.toMatch(/"Device\./);
    expect(p.acs.killed).toEqual([]);
  });

  it("what the router dials with is what RADIUS lets in", async () => {
    const open = await letIn(p);
    expect(open).toContain(dials(fiona));
    expect(open).toContain(dials(georg, "TR-098"));
  });

  it("status: device id, serial, manufacturer, model, versions, last inform, templates, provisioning", async () => {
    expect((await p.show("fiona")).cpe).toMatchObject({
      deviceId: fiona.id,
      serial: "LR-0001",
      manufacturer: "Rigtech",
      model: "RG181",
      softwareVersion: "3.2.1",
      hardwareVersion: "1.0",
      lastInform: expect.stringMatching(/^20/),
      templates: [expect.stringContaining("residential")],
      parametersSet: expect.any(Number),
      wifiConfigured: true,
      tasksPending: 0,
      provisioning: "Completed",
    });
  });

  it("a template of the tenant is a tag on its devices, a preset and a provision", () => {
    expect(p.acs.tagsOf(fiona.id).join()).toContain("residential");
    expect(JSON.stringify(p.acs.presets())).toContain("residential");
    expect(JSON.stringify(p.acs.provisions())).toContain("ran_residential");
  });

  // The device bears the tag acme_residential, and the precondition of the preset asks for the tag residential.
  it("… which runs on them, and on them alone, at the next inform", () => {
    fiona.inform();
    expect(p.acs.tagsOf(fiona.id)).not.toContain("ran_office");
    expect(p.acs.tagsOf(fiona.id)).toContain("ran_residential");
  });

  it("another template declared for one line: the tag changes there alone", async () => {
    p.lines["georg"] = { ...p.lines["georg"], cpe: { ...(p.lines["georg"]!["cpe"] as object), templates: ["office"] } };
    await p.applied();
    expect((await p.show("georg")).cpe).toMatchObject({ templates: [expect.stringContaining("office")] });
    const found = p.acs
      .tagsOf(georg.id)
      .filter((tag) => !tag.startsWith("ran_"))
      .join();
    expect(found).toContain("office");
    expect(found).not.toContain("residential");
    expect(p.acs.tagsOf(fiona.id).join()).not.toContain("office");
  });

  // As above: no preset fits the tag.
  it("… and its provision runs there", () => {
    georg.inform();
    expect(p.acs.tagsOf(georg.id)).toContain("ran_office");
  });

  it("never plugged in: AwaitingDevice is no error; Ready is True, and InService says what it waits for", async () => {
    const status = await p.show("hanna");
    expect(condition(status, "Ready")).toBe("True AwaitingDevice");
    expect(condition(status, "InService")).toBe("False AwaitingDevice");
    expect(condition(status, "Stalled")).toMatch(/^False/);
    expect(status.cpe).toMatchObject({ serial: "LR-0003", provisioning: "AwaitingDevice" });
    const said = await p.explain("hanna");
    expect(said).toMatch(/LR-0003.*never reported/);
    expect(said).toMatch(/plug/i);
  });

  it("plugged in at last, it converges by the next apply", async () => {
    plugged = hanna();
    await p.applied();
    expect(plugged.get(SSID)).toBe("hanna");
    expect(await letIn(p)).toContain(dials(plugged));
    const status = await p.show("hanna");
    expect(condition(status, "Ready")).toBe("True Converged");
    expect(condition(status, "InService")).toBe("True InService");
    expect(status.cpe).toMatchObject({ provisioning: "Completed" });
  });

  it("a Wi-Fi password is rotated: the plan shows digests only, the router gets the new one", async () => {
    await p.secret("isp-acme/fiona-wifi/psk", KEYS[1]);
    const plan = await p.plan();
    expect(plan.code, plan.text).toBe(2);
    expect(plan.out).toMatch(/\(secret [^)]+\)/);
    await p.applied();
    for (const n of [1, 2]) expect(fiona.get(`Device.WiFi.AccessPoint.${n}.Security.KeyPassphrase`)).toBe(KEYS[1]);
    expect((await p.plan()).code).toBe(0);
  });

  it("offline: a change waits and is no error; when the router reports, it has it", async () => {
    fiona.online = false;
    p.lines["fiona"] = {
      ...p.lines["fiona"],
      cpe: { ...(p.lines["fiona"]!["cpe"] as object), parameters: [{ ...INTERVAL, value: "900" }] },
    };
    await p.applied();
    const waiting = await p.show("fiona");
    expect(condition(waiting, "Ready")).toBe("True AwaitingDevice");
    expect(waiting.cpe).toMatchObject({ provisioning: "AwaitingDevice" });
    expect(fiona.get("Device.ManagementServer.PeriodicInformInterval")).toBe(600);
    fiona.inform();
    await p.applied();
    expect(fiona.get("Device.ManagementServer.PeriodicInformInterval")).toBe(900);
  });

  // "comes online and converges": status must not go on saying that the router is offline and a value waits for it.
  it("… and after the apply status says so", async () => {
    const status = await p.show("fiona");
    expect(condition(status, "Ready")).toBe("True Converged");
    expect(status.cpe).toMatchObject({ provisioning: "Completed", tasksPending: 0 });
  });

  it("a Wi-Fi password that is rotated while the router is off waits for its inform", async () => {
    fiona.online = false;
    await p.secret("isp-acme/fiona-wifi/psk", KEYS[2]);
    await p.applied();
    expect(fiona.get(KEY)).toBe(KEYS[1]);
  });

  it("… and when the router reports, it has it, and no task or fault of the ACS has it any more", async () => {
    fiona.inform();
    await p.applied();
    expect(fiona.get(KEY)).toBe(KEYS[2]);
    expect(JSON.stringify([p.acs.tasks(), p.acs.faults()])).not.toContain(KEYS[2]);
  });

  it("changed by hand: Enforce is repaired, Seed is left to the customer", async () => {
    const name = `${IGD}.LANDevice.1.WLANConfiguration.1.SSID`;
    fiona.set(SSID, "My Own Name");
    fiona.set("Device.ManagementServer.PeriodicInformInterval", 86400);
    georg.set(name, "Somebody Else");
    for (const cpe of [fiona, georg]) cpe.inform();
    await aSecondLater();
    await p.applied();
    expect(fiona.get(SSID)).toBe("My Own Name");
    expect(fiona.get("Device.ManagementServer.PeriodicInformInterval")).toBe(900);
    expect(georg.get(name)).toBe("georg");
    expect(condition(await p.show("fiona"), "Ready")).toBe("True Converged");
  });

  it("after a factory reset everything is written again, Seed too", async () => {
    fiona.factoryReset();
    expect(fiona.get(SSID)).toBe("factory-1");
    fiona.inform();
    await aSecondLater();
    await p.applied();
    expect(fiona.get(SSID)).toBe("fiona");
    expect(fiona.get(KEY)).toBe(KEYS[2]);
    expect(fiona.get("Device.ManagementServer.PeriodicInformInterval")).toBe(900);
    expect(await letIn(p)).toContain(dials(fiona));
  });

  it("a controller that stays repairs by itself what was changed by hand, and writes no secret into its log", async () => {
    const run = await controller(p);
    const path = "Device.ManagementServer.PeriodicInformInterval";
    fiona.set(path, 86400);
    fiona.inform();
    await aSecondLater();
    await eventually(
      async () => fiona.get(path),
      (value) => value === 900,
    );
    run.process.kill("SIGINT");
    await new Promise((gone) => run.process.once("exit", gone));
    p.said.push(run.log());
  });

  it("Wi-Fi keys and PPPoE passwords are in no output, log, history, task, fault or preset, nor in clear in the store", async () => {
    for (const name of ["fiona", "georg", "hanna"]) await p.lastmile(["history", name, "-o", "json"]);
    for (const args of [
      ["status", "-o", "json"],
      ["get", "sub", "-o", "json"],
      ["drift", "-o", "json"],
    ])
      await p.lastmile(args);
    const { acs } = p;
    const places = {
      said: p.said.join("\n"),
      acs: JSON.stringify([acs.tasks(), acs.faults(), acs.presets(), acs.provisions()]),
      paths: acs.requests.map((r) => r.path).join("\n"),
      store: await everythingStored(p),
    };
    expect(places.store).toContain("SUB-fiona"); // it was really read
    const generated = [dials(georg, "TR-098"), dials(plugged)].map((pair) => pair.split(" ")[1]!);
    for (const [place, text] of Object.entries(places))
      for (const secret of [...KEYS, WORD, ...generated]) expect(text.includes(secret), place).toBe(false);
  });
});

describe("a router that is hard to find, or refuses", () => {
  let p: Access;
  const plain = (inner: number, serial: string, more: object = {}): Record<string, unknown> => ({
    ...tags(inner),
    onu: ONU(inner - 2000),
    cpe: { serial, ...more },
  });
  let refused: Answer | undefined;
  beforeAll(async () => {
    p = await access();
    for (const n of [1, 2, 3, 4, 5, 6]) p.onu(`ACME0000000${n}`);
    await p.secret("isp-acme/ida-wifi/psk", KEYS[0]);
    await p.secret("isp-acme/jon-wifi/psk", KEYS[0]);
  });
  afterAll(() => p?.end());

  it("the serial is verified: 200 is not 000200", async () => {
    const other = p.router("200");
    p.lines["lea"] = plain(2001, "000200");
    await p.applied();
    expect(condition(await p.show("lea"), "Ready")).toBe("True AwaitingDevice");
    expect(sets(other)).toBe("[]");
    const own = p.router("000200");
    await p.applied();
    expect(await letIn(p)).toContain(dials(own));
    expect(sets(other)).toBe("[]");
  });

  it("a serial with small letters is found", async () => {
    const small = p.router("CPE-abc01");
    p.lines["abe"] = { ...tags(2098), cpe: { serial: "CPE-abc01" }, onu: { olt: "olt1", serial: "ACME000000AC" } };
    p.onu("ACME000000AC");
    await p.applied();
    expect(condition(await p.show("abe"), "Ready")).toBe("True Converged");
    expect(await letIn(p)).toContain(dials(small));
  });

  it("two makers gave one serial: nobody is written until oui tells them apart", async () => {
    const [one, two] = [p.router("TW-1"), p.router("TW-1", "TR-181", { oui: "00AAAA" })];
    p.lines["tim"] = plain(2002, "TW-1");
    const answer = await p.tried();
    expect(answer.code, answer.text).toBe(3);
    expect([sets(one), sets(two)]).toEqual(["[]", "[]"]);
    expect(await p.explain("tim")).toMatch(/oui/);
    p.lines["tim"] = plain(2002, "TW-1", { oui: "00AAAA" });
    await p.applied();
    expect(await letIn(p)).toContain(dials(two));
    expect(sets(one)).toBe("[]");
  });

  it("an integrated ONT: HWTC12345678 is 4857544312345678", async () => {
    const ont = p.router("4857544312345678");
    p.onu("HWTC12345678");
    p.lines["ont"] = {
      ...tags(2003),
      onu: { olt: "olt1", serial: "4857544312345678" },
      cpe: { serial: "HWTC12345678" },
    };
    await p.applied();
    expect(await letIn(p)).toContain(dials(ont));
    const { onu, cpe } = await p.show("ont");
    expect(onu).toMatchObject({ operState: "ACTIVE" });
    expect(cpe).toMatchObject({ deviceId: ont.id });
  });

  it("a value that the device refuses: parameter, CWMP code and remedy are named; everything else is written", async () => {
    const ida = p.router("RF-1");
    ida.rejects("Device.ManagementServer.PeriodicInformInterval", "9007");
    p.lines["ida"] = plain(2004, "RF-1", { wifi: wifi("ida"), parameters: [INTERVAL] });
    refused = await p.tried();
    expect(refused.code, refused.text).not.toBe(0);
    const status = await p.show("ida");
    expect(condition(status, "Stalled")).toBe("True DeviceFault");
    expect(condition(status, "Ready")).toBe("False DeviceFault");
    const { message } = status.conditions.find((c) => c.type === "GenieACSReady")!;
    for (const part of ["PeriodicInformInterval", "9007"]) expect(message).toContain(part);
    expect(status.cpe).toMatchObject({ provisioning: "Faulted", fault: { code: expect.stringContaining("9007") } });
    const said = await p.explain("ida");
    expect(said).toMatch(/9007/);
    expect(said).toMatch(/correct|To do/);
    expect(ida.get(SSID)).toBe("ida");
    expect(await letIn(p)).toContain(dials(ida));
    expect(condition(status, "VOLTHAReady")).toMatch(/^True/);
  });

  it("… and apply says at once that it failed: only a person can end it", () => {
    expect(refused?.code, refused?.text).toBe(1);
  });

  it("a value that the device does not have: parameter and the remedy cpe.mappings are named; everything else is written", async () => {
    const jon = p.router("RF-2");
    const parameters = [{ path: "Services.VoiceService.1.Enable", value: "true", type: "Boolean" }, INTERVAL];
    p.lines["jon"] = plain(2005, "RF-2", { wifi: wifi("jon"), parameters });
    const answer = await p.tried();
    expect(answer.code, answer.text).not.toBe(0);
    const status = await p.show("jon");
    expect(condition(status, "Ready")).toBe("False DeviceFault");
    const said = await p.explain("jon");
    expect(said).toContain("Services.VoiceService.1.Enable");
    expect(said).toContain("cpe.mappings");
    expect(jon.get(SSID)).toBe("jon");
    expect(jon.get("Device.ManagementServer.PeriodicInformInterval")).toBe(600);
  });

  it("DHCPv6-PD on a TR-098 router without a mapping: named, and the rest is written", async () => {
    const kim = p.router("RF-3", "TR-098");
    p.lines["kim"] = plain(2006, "RF-3");
    await p.tried();
    const status = await p.show("kim");
    expect(condition(status, "GenieACSReady")).toBe("False DeviceFault");
    expect(await p.explain("kim")).toMatch(/ipv6\.pd[\s\S]*cpe\.mappings/);
    expect(await letIn(p)).toContain(dials(kim, "TR-098"));
  });

  it("corrected: the fault is gone, in status and in the ACS", async () => {
    p.lines["ida"] = plain(2004, "RF-1", { wifi: wifi("ida") });
    p.lines["jon"] = plain(2005, "RF-2", { wifi: wifi("jon"), parameters: [INTERVAL] });
    delete p.lines["kim"];
    await p.applied("--prune");
    for (const name of ["ida", "jon"]) {
      const status = await p.show(name);
      expect(condition(status, "Ready")).toBe("True Converged");
      expect(status.cpe).not.toHaveProperty("fault");
    }
    expect(p.acs.faults()).toEqual([]);
    expect(p.acs.tasks()).toEqual([]);
  });

  it("the ACS is away: the routers wait, the customers log in all the same", async () => {
    for (let n = 0; n < 500; n++) p.acs.refuse(503, 1);
    p.lines["max"] = { ...tags(2099), onu: { olt: "olt1", serial: "ACME000000AA" } };
    p.onu("ACME000000AA");
    p.lines["lea"] = plain(2001, "000200", { parameters: [INTERVAL] });
    await p.declared();
    const answer = await p.apply("--timeout", "3");
    expect(answer.code, answer.text).not.toBe(0);
    expect(condition(await p.show("max"), "RADIUSReady")).toBe("True Converged");
    expect(condition(await p.show("max"), "VOLTHAReady")).toBe("True Converged");
    expect(condition(await p.show("lea"), "GenieACSReady")).toMatch(/^False (Unavailable|OutcomeUnknown)/);
  });
});

describe("when the subscriber goes", () => {
  let p: Access;
  const routers: Record<string, Cpe> = {};
  const homes = ["gus", "una", "res", "vic", "mia"];
  const line = (name: string, more: object = {}): Record<string, unknown> => ({
    ...tags(3001 + homes.indexOf(name)),
    onu: ONU(1 + homes.indexOf(name)),
    cpe: { serial: `GO-${name.toUpperCase()}`, wifi: wifi(name) },
    ...more,
  });
  const ended = { serviceState: "Terminated" };
  const resets = (cpe: Cpe): number => cpe.rpcs.filter((rpc) => rpc.name === "FactoryReset").length;
  beforeAll(async () => {
    p = await access({ cpeTemplates: TEMPLATES }, [home("basic", { cpe: CPE })]);
    for (const name of [...homes, "mo"]) await p.secret(`isp-acme/${name}-wifi/psk`, KEYS[0]);
    for (const name of homes) {
      routers[name] = p.router(`GO-${name.toUpperCase()}`);
      p.onu(`ACME0000000${1 + homes.indexOf(name)}`);
      p.lines[name] = line(name);
    }
    await p.applied();
    for (const name of homes) expect(routers[name]!.get(SSID)).toBe(name);
  });
  afterAll(() => p?.end());

  it("its Wi-Fi, credentials and templates leave the router, which is tagged decommissioned and not reset", async () => {
    const gus = routers["gus"]!;
    p.lines["gus"] = line("gus", ended);
    await p.applied();
    expect([gus.get(SSID), gus.get("Device.WiFi.SSID.1.Enable")]).not.toEqual(["gus", true]);
    expect(dials(gus)).not.toContain("gus@acme.example");
    expect(p.acs.tagsOf(gus.id).some((tag) => tag.startsWith("decommissioned-"))).toBe(true);
    expect(p.acs.tagsOf(gus.id)).not.toContain("residential");
    expect(resets(gus)).toBe(0);
    expect(condition(await p.show("gus"), "Ready")).toMatch(/^True/);
  });

  // TR-069 knows no way to unset a name or a key: who wants them gone declares FactoryReset.
  it("… its Wi-Fi is switched off, under its name", () => {
    expect([routers["gus"]!.get(SSID), routers["gus"]!.get("Device.WiFi.SSID.1.Enable")]).toEqual(["gus", false]);
  });

  it("declared again within retention: the router has everything again, and the tag is gone", async () => {
    const gus = routers["gus"]!;
    p.lines["gus"] = line("gus");
    await p.applied();
    expect(gus.get(SSID)).toBe("gus");
    expect(await letIn(p)).toContain(dials(gus));
    expect(p.acs.tagsOf(gus.id).join()).not.toContain("decommissioned-");
  });

  it("an unplugged router holds nothing up: the line is empty, RADIUS rejects, apply ends well", async () => {
    routers["una"]!.online = false;
    p.lines["una"] = line("una", ended);
    await p.applied();
    const status = await p.show("una");
    expect(condition(status, "InService")).toBe("False Terminated");
    expect(condition(status, "Ready")).toMatch(/^True/);
    expect(p.onuOf("ACME00000002").services).toEqual([]);
    expect((await letIn(p)).filter((pair) => pair.startsWith("una@"))).toEqual([]);
  });

  it("… and when it is plugged in again, what was ours leaves it too", async () => {
    const una = routers["una"]!;
    una.inform();
    await p.applied();
    expect(dials(una)).not.toContain("una@acme.example");
    expect(p.acs.tagsOf(una.id).join()).toContain("decommissioned-");
  });

  const RESET = { budgets: { minimum: 100 }, cpe: { onRetire: "FactoryReset" } };
  it("policies.cpe.onRetire FactoryReset, declared together with the end, comes too late for that router", async () => {
    await p.declareHouse({ acme: { policies: RESET } });
    p.lines["res"] = line("res", ended);
    await p.applied();
    expect(resets(routers["res"]!)).toBe(0);
  });

  it("policies.cpe.onRetire FactoryReset: the router forgets everything, once", async () => {
    const vic = routers["vic"]!;
    p.lines["vic"] = line("vic", ended);
    await p.applied();
    expect(resets(vic)).toBe(1);
    expect(vic.get(SSID)).toBe("factory-1");
    expect(p.acs.tagsOf(vic.id).join()).toContain("decommissioned-");
    vic.inform();
    await p.applied();
    expect(resets(vic)).toBe(1);
  });

  it("a router that went to another subscriber while it was off is never reset after the move", async () => {
    const mia = routers["mia"]!;
    mia.online = false;
    p.lines["mia"] = line("mia", ended);
    await p.applied();
    p.onu("ACME000000AA");
    p.lines["mo"] = {
      ...tags(3099),
      onu: { olt: "olt1", serial: "ACME000000AA" },
      cpe: { serial: "GO-MIA", wifi: wifi("mo") },
    };
    await p.applied();
    mia.inform();
    await p.applied();
    await aSecondLater();
    mia.inform();
    await p.applied();
    expect(resets(mia)).toBe(0);
    expect(mia.get(SSID)).toBe("mo");
    expect(await letIn(p)).toContain(dials(mia));
    expect(dials(mia)).toContain("mo@acme.example");
    expect(p.acs.tagsOf(mia.id).join()).not.toContain("decommissioned-");
  });

  it("one router for two subscribers: the second is refused, the holder named, the router untouched", async () => {
    const gus = routers["gus"]!;
    const before = [dials(gus), gus.get(SSID)];
    p.onu("ACME000000AB");
    p.lines["two"] = { ...tags(3098), onu: { olt: "olt1", serial: "ACME000000AB" }, cpe: { serial: "GO-GUS" } };
    const answer = await p.tried();
    expect(answer.code, answer.text).not.toBe(0);
    expect(answer.text).toMatch(/gus/);
    expect([dials(gus), gus.get(SSID)]).toEqual(before);
  });
});
