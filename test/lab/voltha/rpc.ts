/** What rw_core answers to each call, and with which code it refuses. */
import { status } from "@grpc/grpc-js";
import { type Core, type Device, type Logical, newDevice, type Olt, setLive } from "./core.ts";
import * as olts from "./olt.ts";
import * as onus from "./onu.ts";
import * as wire from "./wire.ts";

export class Refusal extends Error {
  readonly code: status;
  constructor(code: status, details: string) {
    super(details);
    this.code = code;
  }
}
export interface Asked {
  readonly id: string;
  readonly portId: string;
  readonly type: string;
  readonly hostAndPort?: string;
  readonly macAddress: string;
}
type Calls = Readonly<Record<string, (asked: Asked) => object>>;

export const calls = (core: Core): Calls => ({
  ListAdapters: () => wire.adapters(),
  ListDevices: () => ({ items: [...core.devices.values()].map(wire.device) }),
  GetDevice: ({ id }) => wire.device(deviceOf(core, id)),
  CreateDevice: (asked) => create(core, asked),
  EnableDevice: ({ id }) => enable(core, deviceOf(core, id)),
  DisableDevice: ({ id }) => disable(core, deviceOf(core, id)),
  RebootDevice: ({ id }) => reboot(core, deviceOf(core, id)),
  DeleteDevice: ({ id }) => remove(core, deviceOf(core, id)),
  ForceDeleteDevice: ({ id }) => remove(core, deviceOf(core, id)),
  ListDevicePorts: ({ id }) => ({ items: wire.ports(deviceOf(core, id)) }),
  ListDeviceFlows: ({ id }) => ({ items: wire.deviceFlows(deviceOf(core, id, `device-${id}`)) }),
  ListLogicalDevices: () => ({ items: [...core.logicals.values()].map(wire.logical) }),
  ListLogicalDevicePorts: ({ id }) => ({ items: [...logicalOf(core, id).ports.values()].map(wire.logicalPort) }),
  ListLogicalDeviceFlows: ({ id }) => ({ items: wire.logicalFlows(logicalOf(core, id)) }),
  ListLogicalDeviceMeters: ({ id }) => ({ items: [...logicalOf(core, id).meters.values()].map(wire.meter) }),
  EnableLogicalDevicePort: (asked) => bar(core, asked, false),
  DisableLogicalDevicePort: (asked) => bar(core, asked, true),
});

function deviceOf(core: Core, id: string, said = id): Device {
  const found = core.devices.get(id);
  if (!found) throw new Refusal(status.NOT_FOUND, said);
  return found;
}
function logicalOf(core: Core, id: string): Logical {
  const found = core.logicals.get(id);
  if (!found) throw new Refusal(status.NOT_FOUND, id);
  return found;
}

/** Any type is accepted: that no adapter serves it shows when it never comes up. */
function create(core: Core, { type, hostAndPort = "", macAddress }: Asked): object {
  if (hostAndPort === "" && macAddress === "")
    throw new Refusal(status.UNKNOWN, "no-device-info-present; MAC or HOSTIP&PORT");
  if (core.oltsByAddress.has(hostAndPort || macAddress))
    throw new Refusal(status.UNKNOWN, "device is already pre-provisioned");
  const olt: Olt = {
    ...newDevice(type),
    kind: "olt",
    hostAndPort,
    mac: macAddress,
    box: undefined,
    boots: 0,
    logical: undefined,
    onus: new Map(),
  };
  core.devices.set(olt.id, olt);
  core.oltsByAddress.set(hostAndPort || macAddress, olt);
  return wire.device(olt);
}
function enable(core: Core, device: Device): object {
  if (device.admin === "ENABLED")
    throw new Refusal(status.FAILED_PRECONDITION, `cannot-enable-an-already-enabled-device: ${device.id}`);
  if (device.kind === "olt") olts.enable(core, device);
  else onus.enable(core, device);
  return {};
}
function disable(core: Core, device: Device): object {
  if (device.kind === "olt") olts.disable(core, device);
  else onus.disable(core, device);
  return {};
}
function reboot(core: Core, device: Device): object {
  const { id, oper, connect } = device;
  if (connect !== "REACHABLE")
    throw new Refusal(
      status.FAILED_PRECONDITION,
      `cannot complete operation as device :${id} is in operstatus:${oper} ,connect-status:${connect}`,
    );
  if (device.kind === "onu") onus.reboot(core, device);
  else if (device.box) olts.reboot(core, device, device.box);
  return {};
}
function remove(core: Core, device: Device): object {
  if (device.kind === "olt") olts.remove(core, device);
  else onus.remove(core, device);
  return {};
}
/** By the plain number: the id that it lists, `uni-256`, it does not take. From its source. */
function bar(core: Core, { id, portId }: Asked, barred: boolean): object {
  const logical = logicalOf(core, id);
  if (!/^\d+$/.test(portId)) throw new Refusal(status.INVALID_ARGUMENT, `failed to parse ${portId} as a number`);
  const port = logical.ports.get(Number(portId));
  if (!port) throw new Refusal(status.NOT_FOUND, `port-${portId}-not-exist`);
  port.barred = barred;
  setLive(core, logical, port, !barred && port.device.oper === "ACTIVE");
  return {};
}
