/** What people want to know of a device: as last reported, for status only. */
import type { Facts } from "../../controller/core/model.ts";
import { type Device, type Root, valueAt } from "./device.ts";
import { factsOfFault } from "./faults.ts";
import { INTERVAL } from "./reports.ts";
import type { Pending } from "./tasks.ts";

const COMMON = [
  "DeviceInfo.ModelName",
  "DeviceInfo.HardwareVersion",
  "DeviceInfo.SoftwareVersion",
  "DeviceInfo.UpTime",
  INTERVAL,
];
const PPP = "WANDevice.1.WANConnectionDevice.1";
const WAN: Readonly<Record<Root, readonly string[]>> = {
  Device: ["PPP.Interface.1.IPCP.LocalIPAddress", "IP.Interface.1.IPv4Address.1.IPAddress"],
  InternetGatewayDevice: [`${PPP}.WANPPPConnection.1.ExternalIPAddress`, `${PPP}.WANIPConnection.1.ExternalIPAddress`],
};
const OPTICAL = "Optical.Interface.1.OpticalSignalLevel";
/** Read for it, without the root. */
export const READ: Readonly<Record<Root, readonly string[]>> = {
  Device: [...COMMON, ...WAN.Device, OPTICAL],
  InternetGatewayDevice: [...COMMON, ...WAN.InternetGatewayDevice],
};

export interface Progress {
  readonly templates: readonly string[];
  /** Values that are as wanted. */
  readonly parametersSet: number;
  readonly wifiConfigured: boolean;
}

/** `hide`: what no message may repeat. */
export function factsOf(device: Device, pending: Pending, progress: Progress, hide: readonly string[]): Facts {
  const [fault] = pending.faults;
  return {
    deviceId: device.id,
    serial: device.serial,
    ...defined("manufacturer", device.manufacturer),
    ...defined("model", text(device, "DeviceInfo.ModelName") ?? device.productClass),
    ...defined("hardwareVersion", text(device, "DeviceInfo.HardwareVersion")),
    ...defined("softwareVersion", text(device, "DeviceInfo.SoftwareVersion")),
    ...defined("lastInform", device.lastInform),
    ...defined("uptimeSeconds", number(device, "DeviceInfo.UpTime")),
    ...defined("wanAddress", wanOf(device)),
    ...defined("opticalLevelDbm", opticalOf(device)),
    templates: progress.templates.join(","),
    parametersSet: progress.parametersSet,
    wifiConfigured: progress.wifiConfigured,
    tasksPending: pending.tasks.length,
    ...(fault && factsOfFault(fault, hide)),
  };
}
const defined = (name: string, value: string | number | undefined): Facts =>
  value === undefined ? {} : { [name]: value };
function text(device: Device, path: string): string | undefined {
  const v = valueAt(device, path);
  return v === undefined || v === "" ? undefined : String(v);
}
function number(device: Device, path: string): number | undefined {
  const v = Number(text(device, path) ?? Number.NaN);
  return Number.isFinite(v) ? v : undefined;
}
function wanOf(device: Device): string | undefined {
  const paths = device.root ? WAN[device.root] : [];
  return paths.map((p) => text(device, p)).find((v) => v !== undefined && v !== "0.0.0.0");
}
/** TR-181: in thousandths of a dBm. */
function opticalOf(device: Device): number | undefined {
  const level = number(device, OPTICAL);
  return level === undefined ? undefined : level / 1000;
}
