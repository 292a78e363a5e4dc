/** A controller that stays hears of devices by itself: nobody applies, nobody scans. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { serveDevices, TOKEN } from "./devices.http.ts";
import { DevicesSite, SSID } from "./devices.site.ts";
import { staying } from "./staying.ts";

let d: DevicesSite;
let stop: AbortController;
let served: Promise<void>;
beforeEach(async () => {
  d = await DevicesSite.open();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await served;
  await d.close();
});
/** Scans and looks for awaited devices come in hours: what is heard, is heard by hints. */
const HOUR = 3_600_000;
const stay = (): void => {
  const every = { scan: HOUR, await: HOUR };
  served = staying(d.site.installation, d.site.controller, { signal: stop.signal, source: undefined, every });
};
const until = (name: string, ready: string) =>
  d.site.until(async () => (await d.site.condition(name, "Ready")) === ready);
const wifi = { wifi: [{ band: "5GHz" as const, ssid: "Doe", management: "Seed" as const }] };

it("an ONU and a router that are plugged in converge within seconds", async () => {
  await d.site.declare(d.base([d.sub("john", {}, wifi)]));
  await until("john", "True AwaitingDevice");
  stay();
  const { onu, cpe } = d.home("john");
  await until("john", "True Converged");
  expect([d.carried(onu), cpe.get(SSID)]).toEqual([[102, 333, 444], "Doe"]);
});

it("an ONU that goes away and comes back is seen to, and its status tells of it", async () => {
  const { onu } = d.home("john");
  await d.site.declare(d.base([d.sub("john", {}, wifi)]));
  stay();
  onu.power(false);
  await d.site.until(async () => (await d.site.status("john"))?.onu?.connectState === "UNREACHABLE");
  expect(await d.site.condition("john", "Ready")).toBe("True Converged");
  onu.power(true);
  await d.site.until(async () => (await d.site.status("john"))?.onu?.connectState === "REACHABLE");
});

it("a rotated password goes out when the router reports", async () => {
  await d.site.secret("john", "password", "OLD-password-1");
  const { cpe } = d.home("john");
  const radius = {
    passwordScheme: "Cleartext",
    rotation: "WithDevice",
    passwordSecretRef: { name: "john", key: "password" },
  } as const;
  await d.site.declare(d.base([d.sub("john", { radius })]));
  cpe.online = false;
  await d.site.secret("john", "password", "NEW-password-2");
  d.site.controller.engine.enqueue([d.site.subscriber("john")]);
  await d.site.settle();
  stay();
  expect(await d.password("john@acme.example")).toBe("OLD-password-1");
  cpe.inform();
  await d.site.until(async () => (await d.password("john@acme.example")) === "NEW-password-2");
});

it("an extension of the ACS may say at once which router has reported", async () => {
  await d.site.declare(d.base([d.sub("john", {}, wifi)]));
  const { cpe } = d.home("john");
  await d.voltha.settled();
  const http = await serveDevices(d.site);
  served = Promise.resolve();
  const hint = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const url = `http://127.0.0.1:${http.port}/hints/acs-1/device/CPE-JOHN`;
    return (await fetch(url, { method: "POST", headers })).status;
  };
  expect(await hint("not-the-token-of-this-test")).toBe(401);
  await d.settled();
  expect(cpe.get(SSID)).not.toBe("Doe");
  expect(await hint(TOKEN)).toBe(202);
  await d.settled();
  await http.close();
  expect(cpe.get(SSID)).toBe("Doe");
});
