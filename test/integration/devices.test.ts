/** Routers and ONUs of real customers: plugged in, changed, moved, swapped, switched off, taken away. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SubscriberSpec } from "../../controller/api/types.generated.ts";
import { DevicesSite, PPP, SSID } from "./devices.site.ts";
import { snapshot, suspended } from "./objects.ts";

let d: DevicesSite;
beforeEach(async () => {
  d = await DevicesSite.open();
});
afterEach(() => d.close());
const JOHN = "john@acme.example";
const wifi = (ssid: string, management: "Seed" | "Enforce" = "Seed") => ({
  wifi: [{ band: "5GHz" as const, ssid, management }],
});
const named = (username: string): SubscriberSpec["radius"] => ({
  username,
  passwordScheme: "Cleartext",
  rotation: "WithDevice",
});
const withPassword = {
  passwordScheme: "Cleartext",
  rotation: "WithDevice",
  passwordSecretRef: { name: "john", key: "password" },
} as const;
const reasons = async (name: string) => [
  await d.site.condition(name, "Ready"),
  await d.site.condition(name, "InService"),
];
const token = (id: string): string | undefined => d.acs.tagsOf(id).find((t) => t.startsWith("lm_"));
/** Declares, and waits until the access network has done what it was told. */
async function declare(...args: Parameters<DevicesSite["base"]>): Promise<void> {
  await d.site.declare(d.base(...args));
  await d.settled();
}
/** As a running controller does when a system tells that something happened. */
async function lookAgain(name: string): Promise<void> {
  d.site.controller.engine.verified.forgetAll();
  d.site.controller.engine.enqueue([d.site.subscriber(name)]);
  await d.settled();
}

describe("a home with ONU and router", () => {
  it("gets its service on the PON, Wi-Fi, PPPoE and its management address", async () => {
    const { onu, cpe } = d.home("john");
    await declare([d.sub("john", {}, { ...wifi("Doe"), managementUrl: "https://acs.example/" })]);
    expect(d.carried(onu)).toEqual([102, 333, 444]);
    expect([cpe.get(SSID), cpe.get(`${PPP}.Username`), cpe.get("Device.ManagementServer.URL")]).toEqual([
      "Doe",
      JOHN,
      "https://acs.example/",
    ]);
    expect(cpe.get(`${PPP}.Password`)).toBe(await d.password(JOHN));
    expect(await reasons("john")).toEqual(["True Converged", "True InService"]);
    expect(await d.site.status("john")).toMatchObject({
      cpe: { manufacturer: "Rigtech", provisioning: "Completed", deviceId: cpe.id },
      onu: { olt: "olt1", ponPort: "0", reason: "omci-flows-pushed", adminState: "ENABLED", connectState: "REACHABLE" },
    });
  });
  it("is not told anything twice", async () => {
    const { cpe } = d.home("john");
    await declare([d.sub("john", {}, wifi("Doe"))]);
    const before = [cpe.rpcs.length, d.voltha.requests.filter((r) => !r.startsWith("GET")).length];
    await lookAgain("john");
    await d.site.restart();
    expect([cpe.rpcs.length, d.voltha.requests.filter((r) => !r.startsWith("GET")).length]).toEqual(before);
    expect(await reasons("john")).toEqual(["True Converged", "True InService"]);
  });
  it("waits for what is not plugged in, and goes on when it is", async () => {
    await declare([d.sub("john", {}, wifi("Doe"))]);
    expect(await reasons("john")).toEqual(["True AwaitingDevice", "False AwaitingDevice"]);
    expect((await d.site.accounts()).has(JOHN)).toBe(true);
    const { onu, cpe } = d.home("john");
    await d.voltha.settled();
    await lookAgain("john");
    expect(await reasons("john")).toEqual(["True Converged", "True InService"]);
    expect([d.carried(onu), cpe.get(SSID)]).toEqual([[102, 333, 444], "Doe"]);
  });
});

describe("what a customer may change", () => {
  it("a seed stays the customer's, also after a restart; a new declared value and a factory reset write it again", async () => {
    const { cpe } = d.home("john");
    await declare([d.sub("john", {}, wifi("Doe"))], { refreshAfter: "1s" });
    cpe.set(SSID, "My own");
    await d.later();
    cpe.inform();
    await d.site.restart();
    expect(cpe.get(SSID)).toBe("My own");
    await declare([d.sub("john", {}, wifi("Doe 2"))], { refreshAfter: "1s" });
    expect(cpe.get(SSID)).toBe("Doe 2");
    cpe.factoryReset();
    cpe.inform();
    await lookAgain("john");
    expect([cpe.get(SSID), cpe.get(`${PPP}.Username`)]).toEqual(["Doe 2", JOHN]);
  });
  it("what is enforced is put right when the device shows it", async () => {
    const { cpe } = d.home("john");
    await declare([d.sub("john", {}, wifi("Doe", "Enforce"))], { refreshAfter: "1s" });
    cpe.set(SSID, "My own");
    await d.later();
    cpe.inform();
    await lookAgain("john");
    expect(cpe.get(SSID)).toBe("Doe");
  });
});

describe("what the router dials with", () => {
  it("a new password goes to the router and to RADIUS in one step, when the router reports", async () => {
    await d.site.secret("john", "password", "OLD-password-1");
    const { cpe } = d.home("john");
    await declare([d.sub("john", { radius: withPassword })]);
    cpe.online = false;
    await d.site.secret("john", "password", "NEW-password-2");
    await lookAgain("john");
    expect([cpe.get(`${PPP}.Password`), await d.password(JOHN)]).toEqual(["OLD-password-1", "OLD-password-1"]);
    expect(await reasons("john")).toEqual(["True AwaitingDevice", "True InService"]);
    cpe.inform();
    await lookAgain("john");
    expect([cpe.get(`${PPP}.Password`), await d.password(JOHN)]).toEqual(["NEW-password-2", "NEW-password-2"]);
    expect(await reasons("john")).toEqual(["True Converged", "True InService"]);
    expect(await d.site.dumpStore()).not.toMatch(/OLD-password|NEW-password/);
    expect(JSON.stringify([d.acs.tasks(), d.acs.faults()])).not.toContain("NEW-password");
  });
  it("under a new name both accounts stand until the router has it; then the former one goes", async () => {
    const { cpe } = d.home("john");
    await declare([d.sub("john", { radius: named("john@acme.example") })]);
    cpe.online = false;
    await declare([d.sub("john", { radius: named("johnny@acme.example") })]);
    const open = async () =>
      [...(await d.site.accounts())]
        .filter(([, a]) => !a.check.some((c) => c.includes("Reject")))
        .map(([name]) => name)
        .sort();
    expect([cpe.get(`${PPP}.Username`), await open()]).toEqual([JOHN, [JOHN, "johnny@acme.example"]]);
    await d.site.restart();
    expect(await open()).toEqual([JOHN, "johnny@acme.example"]);
    cpe.inform();
    await lookAgain("john");
    expect([cpe.get(`${PPP}.Username`), await open()]).toEqual(["johnny@acme.example", ["johnny@acme.example"]]);
    expect(await reasons("john")).toEqual(["True Converged", "True InService"]);
  });
});

describe("who goes, and who is kept out", () => {
  it("an unplugged router holds nothing up; it is cleaned when it reports", async () => {
    const { onu, cpe } = d.home("john");
    await declare([d.sub("john", {}, wifi("Doe"))]);
    cpe.online = false;
    await declare([]);
    expect(await d.site.condition("john", "Ready")).toBe("True Terminated");
    expect(d.carried(onu)).toEqual([]);
    expect(d.acs.tagsOf(cpe.id).join()).toMatch(/decommissioned/);
    cpe.inform();
    expect(cpe.get(`${PPP}.Username`)).not.toBe(JOHN);
  });
  it("comes back with the same identity", async () => {
    const { onu, cpe } = d.home("john");
    await declare([d.sub("john", {}, wifi("Doe"))]);
    const before = [await d.password(JOHN), token(cpe.id)];
    await declare([]);
    await declare([d.sub("john", {}, wifi("Doe"))]);
    expect([await d.password(JOHN), token(cpe.id)]).toEqual(before);
    expect([d.carried(onu), cpe.get(SSID), cpe.get(`${PPP}.Username`)]).toEqual([[102, 333, 444], "Doe", JOHN]);
  });
  it("a suspended one keeps the emergency voice and what RADIUS gates; all comes back", async () => {
    const { onu } = d.home("john");
    await declare([d.sub("john")]);
    await declare([suspended(d.sub("john"))]);
    expect(d.carried(onu)).toEqual([102, 444]);
    await declare([d.sub("john")]);
    expect(d.carried(onu)).toEqual([102, 333, 444]);
  });
  it("a router that moves to another customer is never reset after the move", async () => {
    const { cpe } = d.home("john");
    d.home("mary");
    await declare([d.sub("john", {}, wifi("Doe")), d.sub("mary", {}, { serial: "CPE-MARY" })]);
    await declare([
      d.sub("john", { cpe: undefined } as never),
      d.sub("mary", {}, { serial: "CPE-JOHN", ...wifi("Mary") }),
    ]);
    d.site.controller.engine.retryRefused(); // as a running controller does: john has let go of it
    await d.settled();
    expect([cpe.get(SSID), cpe.get(`${PPP}.Username`)]).toEqual(["Mary", "mary@acme.example"]);
    await d.site.endRetention();
    cpe.inform();
    expect([cpe.get(SSID), cpe.get(`${PPP}.Username`)]).toEqual(["Mary", "mary@acme.example"]);
    expect(cpe.rpcs.filter((r) => r.name === "FactoryReset")).toEqual([]);
  });
});

describe("moves and replacements are plain edits", () => {
  it("another ONU: the old one is emptied by its old name, the new one carries the services", async () => {
    const { onu } = d.home("john");
    await declare([d.sub("john")]);
    const other = d.voltha.onu({ serial: "HWTC00000077", olt: "OLT_1", pon: 1 });
    await d.voltha.settled();
    await declare([d.sub("john", { onu: { olt: "olt1", serial: "HWTC00000077" } })]);
    expect([d.carried(onu), d.carried(other)]).toEqual([[], [102, 333, 444]]);
    expect(await reasons("john")).toEqual(["True Converged", "True InService"]);
  });
  it("another OLT of another area", async () => {
    const { onu, serial } = d.home("john");
    await declare([d.sub("john")]);
    onu.move("OLT_2", 0);
    await d.voltha.settled();
    await declare([d.sub("john", { onu: { olt: "olt2", serial } })], {
      tenant: { servingAreas: [{ name: "all", olts: ["olt1", "olt2"], nas: ["bng1"] }] },
    });
    expect(d.carried(onu)).toEqual([102, 333, 444]);
    expect(await d.site.status("john")).toMatchObject({ onu: { olt: "olt2", reason: "omci-flows-pushed" } });
  });
  it("another VLAN for one service leaves the others as they are", async () => {
    const { onu } = d.home("john");
    await declare([d.sub("john")]);
    const services = d.plan().spec.services.map((s) => (s.name === "iptv" ? { ...s, vlan: 334 } : s));
    await declare([d.sub("john")], { plan: { services }, tenant: {} });
    expect(d.carried(onu)).toEqual([102, 334, 444]);
  });
  it("multicast for one service, of which VGC is told", async () => {
    const { onu } = d.home("john");
    await declare([d.sub("john")]);
    const services = d.plan().spec.services.map((s) => ({ ...s, multicast: s.name === "iptv" }));
    await declare([d.sub("john")], { plan: { services } });
    const { subscribers } = (await (await fetch(`${d.voltha.vgc}/vgc/v1/programmed-subscribers`)).json()) as {
      readonly subscribers: readonly {
        readonly tagInfo: { readonly serviceName: string; readonly isIgmpRequired: boolean };
      }[];
    };
    expect(subscribers.map(({ tagInfo: t }) => [t.serviceName, t.isIgmpRequired]).sort()).toEqual([
      ["internet", false],
      ["iptv", true],
      ["voice", false],
    ]);
    expect([d.carried(onu), await reasons("john")]).toEqual([
      [102, 333, 444],
      ["True Converged", "True InService"],
    ]);
  });
});

it("after the loss of the store everything is known again, and no device is told anything", async () => {
  const { cpe } = d.home("john");
  await declare([d.sub("john", {}, wifi("Doe"))]);
  // An OLT that is registered once more is none the wiser.
  const told = () => d.voltha.requests.filter((r) => !/^GET|\/olt(flowservice|\/)/.test(r));
  const wrote = () => [cpe.rpcs.filter((r) => r.name !== "GetParameterValues"), told()];
  const before = wrote();
  await d.site.stop();
  await d.site.store.pool.query("drop schema lastmile cascade");
  await d.site.start();
  await d.site.controller.recover(snapshot(d.base([d.sub("john", {}, wifi("Doe"))])), {
    tenants: [],
    withdraw: false,
    signal: AbortSignal.timeout(60_000),
  } as never);
  await declare([d.sub("john", {}, wifi("Doe"))]);
  expect(await reasons("john")).toEqual(["True Converged", "True InService"]);
  expect(wrote()).toEqual(before);
});

it("what nobody claims is reported, and left alone", async () => {
  const { onu } = d.home("john");
  const stranger = d.voltha.onu({ serial: "HWTC00000099", olt: "OLT_1", pon: 1 });
  await declare([d.sub("john")]);
  const told = d.voltha.calls.filter((c) => !c.startsWith("List")).length;
  const { marked, unclaimed } = await d.site.controller.orphans(undefined, {
    tenants: [],
    signal: AbortSignal.timeout(60_000),
  });
  expect(marked).toEqual([]);
  expect(unclaimed.map((o) => [o.ref.key, o.facts?.["olt"], o.facts?.["ponPort"]])).toEqual([
    ["HWTC00000099", "olt1", 1],
  ]);
  expect([d.carried(onu), d.carried(stranger), d.voltha.calls.filter((c) => !c.startsWith("List")).length]).toEqual([
    [102, 333, 444],
    [],
    told,
  ]);
});

it("a scan misses nothing of what cannot be scanned", async () => {
  d.home("john");
  await declare([d.sub("john", {}, wifi("Doe"))]);
  expect(await d.site.scan()).toEqual(expect.arrayContaining([expect.objectContaining({ event: "scan", drifted: 0 })]));
  expect((await d.site.scanNow()).map((e) => "drifted" in e && e.drifted)).toEqual([0, 0, 0]);
});
