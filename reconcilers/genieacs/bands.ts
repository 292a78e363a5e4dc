/** Which instance is the radio of a band: no number says so in either data model. */
import { type Device, type Root, valueAt } from "./device.ts";

const INSTANCES = [1, 2, 3, 4, 5, 6, 7, 8];
/** Nobody writes these: where one is known, the radios have been read. */
const SHOWN: Readonly<Record<Root, readonly string[]>> = {
  Device: ["WiFi.SSID.1.BSSID", "WiFi.SSID.1.Status"],
  InternetGatewayDevice: ["LANDevice.1.WLANConfiguration.1.BSSID", "LANDevice.1.WLANConfiguration.1.Status"],
};
/** What is read to tell. */
export const LAYOUT: Readonly<Record<Root, readonly string[]>> = {
  Device: [
    ...SHOWN.Device,
    ...INSTANCES.flatMap((n) => [
      `WiFi.Radio.${n}.OperatingFrequencyBand`,
      `WiFi.SSID.${n}.LowerLayers`,
      `WiFi.AccessPoint.${n}.SSIDReference`,
    ]),
  ],
  InternetGatewayDevice: [
    ...SHOWN.InternetGatewayDevice,
    ...INSTANCES.flatMap((n) =>
      ["OperatingFrequencyBand", "PossibleChannels", "Channel"].map(
        (leaf) => `LANDevice.1.WLANConfiguration.${n}.${leaf}`,
      ),
    ),
  ],
};
/** The object that holds it, without the root. */
export const LAYOUT_OBJECT: Readonly<Record<Root, string>> = {
  Device: "WiFi",
  InternetGatewayDevice: "LANDevice.1.WLANConfiguration",
};

export const isBand = (text: string): boolean => /^\d+(\.\d+)?GHz$/i.test(text);

/** Where a device does not say: the 2.4 GHz radio is the first, the 5 GHz one the fifth, as most TR-098 makers count. */
const USUAL: Readonly<Record<string, number>> = { "2.4ghz": 1, "5ghz": 5 };

/** The first instance of a band; "none": the device has none; "unread": it has not told its radios. */
export function instanceOf(device: Device, band: string): number | "none" | "unread" {
  const bands = bandsOf(device);
  if (bands.length > 0) return bands.find(([, b]) => b === band.toLowerCase())?.[0] ?? "none";
  const isRead = device.root !== undefined && SHOWN[device.root].some((path) => valueAt(device, path) !== undefined);
  return isRead ? (USUAL[band.toLowerCase()] ?? "none") : "unread";
}

/** The access point whose SSID this is; nearly always of the same number. */
export function accessPointOf(device: Device, ssid: number): number {
  const of = (n: number): boolean =>
    instanceIn(valueAt(device, `WiFi.AccessPoint.${n}.SSIDReference`), "SSID") === ssid;
  return INSTANCES.find(of) ?? ssid;
}

type Bands = readonly (readonly [instance: number, band: string])[];
/** Every value of Wi-Fi asks for them at every look: told once for each reading of a device. */
const told = new WeakMap<Device, Bands>();
function bandsOf(device: Device): Bands {
  const before = told.get(device);
  if (before) return before;
  const now = INSTANCES.flatMap((n): Bands => {
    const band = bandOf(device, n)?.toLowerCase();
    return band === undefined ? [] : [[n, band]];
  });
  told.set(device, now);
  return now;
}
function bandOf(device: Device, n: number): string | undefined {
  if (device.root === "Device") {
    const radio = instanceIn(valueAt(device, `WiFi.SSID.${n}.LowerLayers`), "Radio");
    return radio === undefined ? undefined : text(valueAt(device, `WiFi.Radio.${radio}.OperatingFrequencyBand`));
  }
  const at = `LANDevice.1.WLANConfiguration.${n}`;
  return text(valueAt(device, `${at}.OperatingFrequencyBand`)) ?? bandOfChannels(device, at);
}
const text = (v: unknown): string | undefined => (typeof v === "string" && v !== "" ? v : undefined);

/** TR-098 has no band, but channels: to 14 they are of 2.4 GHz, from 32 of 5 GHz. */
function bandOfChannels(device: Device, at: string): string | undefined {
  const possible = /\d+/.exec(String(valueAt(device, `${at}.PossibleChannels`) ?? ""))?.[0];
  const channel = Number(possible ?? valueAt(device, `${at}.Channel`) ?? 0);
  if (channel >= 1 && channel <= 14) return "2.4GHz";
  return channel >= 32 ? "5GHz" : undefined;
}

/** `Device.WiFi.Radio.2.` is 2; several are the first. */
function instanceIn(reference: unknown, object: string): number | undefined {
  const found = new RegExp(`\\.WiFi\\.${object}\\.(\\d+)`).exec(String(reference ?? ""))?.[1];
  return found === undefined ? undefined : Number(found);
}
