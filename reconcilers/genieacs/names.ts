/** Where a value stands on a device: by the plan's own mapping, by the standard's, or by its path. */
import type { CpeMapping } from "../../controller/core/resolved.ts";
import { accessPointOf, instanceOf, isBand } from "./bands.ts";
import { type Device, type Root, valueAt } from "./device.ts";

export type Place =
  /** Without the root object. Several: all of them hold the value. */
  | { readonly at: readonly string[] }
  /** Told only by the device's radios, which it has not told. */
  | { readonly at: undefined; readonly why: "radios" }
  | { readonly at: undefined; readonly why: "nowhere" };
export const awaitsRadios = (place: Place): boolean => place.at === undefined && place.why === "radios";
const nowhere: Place = { at: undefined, why: "nowhere" };

const PPP = "WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1";
const STANDARD: Readonly<Record<string, Readonly<Record<Root, readonly string[]>>>> = {
  "management.url": both("ManagementServer.URL"),
  "management.informInterval": both("ManagementServer.PeriodicInformInterval"),
  "pppoe.username": { Device: ["PPP.Interface.1.Username"], InternetGatewayDevice: [`${PPP}.Username`] },
  "pppoe.password": { Device: ["PPP.Interface.1.Password"], InternetGatewayDevice: [`${PPP}.Password`] },
  // TR-098 has no parameter for it: vendors do, and the plan maps it
  "ipv6.pd": { Device: ["DHCPv6.Client.1.Enable", "DHCPv6.Client.1.RequestPrefixes"], InternetGatewayDevice: [] },
};
function both(path: string): Readonly<Record<Root, readonly string[]>> {
  return { Device: [path], InternetGatewayDevice: [path] };
}
const WIFI = /^wifi\.(.+)\.(ssid|key|enabled)$/;
type Part = "ssid" | "key" | "enabled";

/** Names that are written at the device and in RADIUS together. */
export const DIALS: ReadonlySet<string> = new Set(["pppoe.username", "pppoe.password"]);
export const isWifi = (name: string): boolean => WIFI.test(name);
/** Whether radios must be known to tell where it stands. */
export const needsBands = (name: string): boolean => isBand(WIFI.exec(name)?.[1] ?? "");

export function placeOf(device: Device, name: string, mappings: readonly CpeMapping[]): Place {
  if (!device.root) return nowhere;
  const mapped = mappingFor(device, device.root, name, mappings);
  if (mapped !== undefined) return { at: [mapped] };
  const standard = STANDARD[name]?.[device.root];
  if (standard) return standard.length > 0 ? { at: standard } : nowhere;
  const [, radio, part] = WIFI.exec(name) ?? [];
  return radio === undefined ? { at: [name] } : wifiPlace(device, radio, part as Part);
}

/** The most specific counts; of another data model none does: they are never mixed. */
function mappingFor(device: Device, root: Root, name: string, mappings: readonly CpeMapping[]): string | undefined {
  const fitting = mappings.filter((m) => m.name === name && m.path.startsWith(`${root}.`) && fits(device, m));
  const [best] = fitting.sort((a, b) => weight(b) - weight(a));
  return best?.path.slice(root.length + 1);
}
const fits = (device: Device, { manufacturer, model }: CpeMapping): boolean =>
  like(manufacturer, [device.manufacturer]) &&
  like(model, [device.productClass, String(valueAt(device, "DeviceInfo.ModelName") ?? "")]);
function like(pattern: string | undefined, texts: readonly (string | undefined)[]): boolean {
  if (pattern === undefined) return true;
  const parts = pattern.toLowerCase().split("*");
  return texts.some((t) => t !== undefined && fitsParts(parts, t.toLowerCase()));
}
/** In one pass: a regular expression of many wildcards can be made to hang by what a device reports. */
function fitsParts([first = "", ...rest]: readonly string[], text: string): boolean {
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
/** A model says more than its maker, a name more than a wildcard, and of wildcards the longer. */
const weight = ({ manufacturer, model }: CpeMapping): number => 1000 * precision(model) + precision(manufacturer);
const precision = (pattern: string | undefined): number =>
  pattern === undefined ? 0 : pattern.includes("*") ? pattern.length : 100 + pattern.length;

function wifiPlace(device: Device, radio: string, part: Part): Place {
  const n = isBand(radio) ? instanceOf(device, radio) : Number(radio);
  if (n === "unread") return { at: undefined, why: "radios" };
  return n === "none" || !Number.isInteger(n) ? nowhere : { at: [pathOf(device, n, part)] };
}

function pathOf(device: Device, n: number, part: Part): string {
  if (device.root === "InternetGatewayDevice") {
    const at = `LANDevice.1.WLANConfiguration.${n}`;
    return { ssid: `${at}.SSID`, key: `${at}.PreSharedKey.1.KeyPassphrase`, enabled: `${at}.Enable` }[part];
  }
  const key = `WiFi.AccessPoint.${accessPointOf(device, n)}.Security.KeyPassphrase`;
  return { ssid: `WiFi.SSID.${n}.SSID`, key, enabled: `WiFi.SSID.${n}.Enable` }[part];
}
