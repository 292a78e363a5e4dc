import { describe, expect, test } from "vitest";
import type { CpeMapping } from "../../controller/core/resolved.ts";
import { type Device, deviceOf, type Root } from "./device.ts";
import { placeOf } from "./names.ts";

/** `leaves`: by path without the root. */
function device(root: Root, leaves: Readonly<Record<string, string | number>> = {}): Device {
  const tree: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(leaves)) {
    let here = tree;
    for (const step of path.split(".")) {
      here[step] ??= {};
      here = here[step] as Record<string, unknown>;
    }
    here["_value"] = value;
  }
  const about = { _Manufacturer: "Huawei", _OUI: "00259E", _ProductClass: "HG8546M", _SerialNumber: "S" };
  return deviceOf({ _id: "x", _deviceId: about, [root]: tree });
}
const PPP = "WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1";
const WLAN = "LANDevice.1.WLANConfiguration";

describe("the standard's place", () => {
  test.each([
    ["management.url", ["ManagementServer.URL"], ["ManagementServer.URL"]],
    ["pppoe.username", ["PPP.Interface.1.Username"], [`${PPP}.Username`]],
    ["pppoe.password", ["PPP.Interface.1.Password"], [`${PPP}.Password`]],
    ["ipv6.pd", ["DHCPv6.Client.1.Enable", "DHCPv6.Client.1.RequestPrefixes"], undefined],
    ["wifi.2.ssid", ["WiFi.SSID.2.SSID"], [`${WLAN}.2.SSID`]],
    ["wifi.2.key", ["WiFi.AccessPoint.2.Security.KeyPassphrase"], [`${WLAN}.2.PreSharedKey.1.KeyPassphrase`]],
    ["wifi.2.enabled", ["WiFi.SSID.2.Enable"], [`${WLAN}.2.Enable`]],
    ["Time.NTPServer1", ["Time.NTPServer1"], ["Time.NTPServer1"]],
  ])("of %s", (name, tr181, tr098) => {
    expect(placeOf(device("Device"), name, []).at).toEqual(tr181);
    expect(placeOf(device("InternetGatewayDevice"), name, []).at).toEqual(tr098);
  });
});

describe("a band", () => {
  const radios = {
    "WiFi.Radio.1.OperatingFrequencyBand": "5GHz",
    "WiFi.Radio.2.OperatingFrequencyBand": "2.4GHz",
    "WiFi.SSID.1.LowerLayers": "Device.WiFi.Radio.1.",
    "WiFi.SSID.3.LowerLayers": "Device.WiFi.Radio.2.",
    "WiFi.AccessPoint.7.SSIDReference": "Device.WiFi.SSID.3.",
  };
  test("of TR-181 is its radio's, whose access point refers to it", () => {
    expect(placeOf(device("Device", radios), "wifi.2.4GHz.ssid", []).at).toEqual(["WiFi.SSID.3.SSID"]);
    const key = placeOf(device("Device", radios), "wifi.2.4GHz.key", []);
    expect(key.at).toEqual(["WiFi.AccessPoint.7.Security.KeyPassphrase"]);
  });
  test.each([
    [{ [`${WLAN}.1.Channel`]: 6, [`${WLAN}.5.Channel`]: 44 }, "5GHz", 5, "its channel"],
    [{ [`${WLAN}.1.PossibleChannels`]: "36-64", [`${WLAN}.2.PossibleChannels`]: "1-13" }, "2.4GHz", 2, "its channels"],
    [{ [`${WLAN}.1.Channel`]: 0, [`${WLAN}.3.OperatingFrequencyBand`]: "5GHz" }, "5GHz", 3, "what it says"],
    [{ [`${WLAN}.1.BSSID`]: "02:00:00:00:00:01" }, "2.4GHz", 1, "read, and says nothing: as most makers count"],
    [{ [`${WLAN}.1.BSSID`]: "02:00:00:00:00:01" }, "5GHz", 5, "read, and says nothing: as most makers count"],
  ])("of TR-098 %j: %s is %i, by %s", (leaves, band, n, _why) => {
    const found = placeOf(device("InternetGatewayDevice", leaves), `wifi.${band}.ssid`, []);
    expect(found.at).toEqual([`${WLAN}.${n}.SSID`]);
  });
  test("is not guessed before the radios were read, nor where the device has none of it", () => {
    expect(placeOf(device("Device"), "wifi.5GHz.ssid", [])).toEqual({ at: undefined, why: "radios" });
    expect(placeOf(device("Device", radios), "wifi.6GHz.ssid", [])).toEqual({ at: undefined, why: "nowhere" });
  });
});

describe("the plan's own mapping", () => {
  const map = (path: string, manufacturer?: string, model?: string): CpeMapping => ({
    name: "ipv6.pd",
    path: `Device.${path}`,
    manufacturer,
    model,
  });
  test.each([
    [[map("A")], "A", "of all"],
    [[map("A"), map("B", "Huawei")], "B", "a maker says more"],
    [[map("B", "Huawei"), map("C", undefined, "HG*")], "C", "a model says more than a maker"],
    [[map("C", undefined, "HG*"), map("D", undefined, "HG8546M")], "D", "a name more than a wildcard"],
    [[map("C", undefined, "*"), map("D", undefined, "HG85*")], "D", "of wildcards the longer"],
    [[map("D", "ZTE"), map("C", undefined, "F6*")], undefined, "others' are not ours"],
    [[map("B", "huawei")], "B", "makers change their capitals"],
    [[map("B", undefined, "HG.546M")], undefined, "a dot is a dot"],
  ])("%j", (mappings, path, _why) => {
    const standard = ["DHCPv6.Client.1.Enable", "DHCPv6.Client.1.RequestPrefixes"];
    expect(placeOf(device("Device"), "ipv6.pd", mappings).at).toEqual(path === undefined ? standard : [path]);
  });
  test("of the other data model is none: they are never mixed (fact 1)", () => {
    expect(placeOf(device("InternetGatewayDevice"), "ipv6.pd", [map("A")])).toMatchObject({ at: undefined });
  });
});

describe("a pattern of a mapping", () => {
  const placed = (manufacturer: string) =>
    placeOf(device("Device"), "odd", [{ name: "odd", path: "Device.Odd.Place", manufacturer, model: undefined }]).at;
  test.each([
    ["Huawei", true],
    ["huawei", true],
    ["Hua*", true],
    ["*wei", true],
    ["H*w*i", true],
    ["*", true],
    ["H*x*i", false],
    ["Huaw", false],
    ["Huawei*Huawei", false],
    ["Hua.ei", false],
  ])("%s fits Huawei: %s", (pattern, fits) => {
    expect(placed(pattern)?.includes("Odd.Place") ?? false).toBe(fits);
  });
  test("of many wildcards ends at once, whatever a device reports", () => {
    const tree = {
      _id: "x",
      _deviceId: { _Manufacturer: "a".repeat(10_000), _OUI: "0", _ProductClass: "p", _SerialNumber: "S" },
      Device: {},
    };
    const pattern = `${"*a".repeat(31)}*b`;
    const mapping = { name: "odd", path: "Device.Odd.Place", manufacturer: pattern, model: undefined };
    expect(placeOf(deviceOf(tree), "odd", [mapping]).at?.includes("Odd.Place") ?? false).toBe(false);
  });
});
