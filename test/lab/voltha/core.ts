/** What rw_core holds: devices, their logical devices, and who is told of changes. */
import { randomUUID } from "node:crypto";
import type { Clock } from "./clock.ts";
import type { Flow } from "./flows.ts";
import type { OltBox, OnuBox, Plant } from "./plant.ts";

export type Admin = "PREPROVISIONED" | "ENABLED" | "DISABLED";
export type Oper = "UNKNOWN" | "DISCOVERED" | "ACTIVATING" | "ACTIVE";
export type Connect = "UNKNOWN" | "UNREACHABLE" | "REACHABLE";

interface Common {
  readonly id: string;
  readonly type: string;
  admin: Admin;
  oper: Oper;
  connect: Connect;
  reason: string;
  /** Grows when what was on its way is void. */
  epoch: number;
}
export interface Olt extends Common {
  readonly kind: "olt";
  readonly hostAndPort: string;
  readonly mac: string;
  box: OltBox | undefined;
  /** Which start of the box it has spoken with. */
  boots: number;
  logical: Logical | undefined;
  /** By serial. */
  readonly onus: Map<string, Onu>;
}
export interface Onu extends Common {
  readonly kind: "onu";
  readonly olt: Olt;
  readonly box: OnuBox;
  readonly pon: number;
  readonly onuId: number;
}
export type Device = Olt | Onu;

export interface LogicalPort {
  readonly no: number;
  readonly id: string;
  readonly name: string;
  readonly hardware: readonly number[];
  readonly device: Device;
  live: boolean;
  /** By DisableLogicalDevicePort. */
  barred: boolean;
  /** Down since rw_core started again, and nobody switched it off. */
  forgotten?: boolean;
}
export interface Logical {
  readonly id: string;
  readonly olt: Olt;
  readonly ports: Map<number, LogicalPort>;
  /** By number of the UNI, then by id. */
  readonly flows: Map<number, Map<bigint, Flow>>;
  readonly meters: Map<number, Meter>;
}
export interface Meter {
  readonly id: number;
  readonly bands: readonly { readonly rate: number; readonly burst: number }[];
}
export type Change =
  | { readonly what: "device-added" | "device-gone"; readonly logical: Logical }
  | {
      readonly what: "port-added" | "port-changed" | "port-gone";
      readonly logical: Logical;
      readonly port: LogicalPort;
    };

export interface Core {
  readonly clock: Clock;
  readonly plant: Plant;
  readonly devices: Map<string, Device>;
  readonly oltsByAddress: Map<string, Olt>;
  readonly logicals: Map<string, Logical>;
  readonly watchers: Set<(change: Change) => void>;
  /** Without its message bus rw_core answers nobody. */
  kafka: boolean;
}
export const startCore = (clock: Clock, plant: Plant): Core => ({
  clock,
  plant,
  devices: new Map(),
  oltsByAddress: new Map(),
  logicals: new Map(),
  watchers: new Set(),
  kafka: true,
});

export function tell(core: Core, change: Change): void {
  for (const watcher of core.watchers) watcher(change);
}
export const newDevice = (type: string): Common => ({
  id: randomUUID(),
  type,
  admin: "PREPROVISIONED",
  oper: "UNKNOWN",
  connect: "UNKNOWN",
  reason: "",
  epoch: 0,
});

/** One state after the other, unless something else happens to the device meanwhile. */
export function walk(core: Core, device: Device, states: readonly (() => void)[]): void {
  const [first, ...rest] = states;
  if (!first) return;
  const { epoch } = device;
  core.clock.later(1, () => {
    if (device.epoch !== epoch || !core.devices.has(device.id)) return;
    first();
    walk(core, device, rest);
  });
}
export function become(device: Device, oper: Oper, connect: Connect, reason = device.reason): void {
  device.oper = oper;
  device.connect = connect;
  device.reason = reason;
}

export function addPort(core: Core, logical: Logical, port: LogicalPort): void {
  logical.ports.set(port.no, port);
  tell(core, { what: "port-added", logical, port });
}
export function setLive(core: Core, logical: Logical, port: LogicalPort, live: boolean): void {
  if (port.live === live) return;
  port.live = live;
  port.forgotten = false;
  tell(core, { what: "port-changed", logical, port });
}
export const unisOf = (core: Core): readonly { readonly logical: Logical; readonly port: LogicalPort }[] =>
  [...core.logicals.values()].flatMap((logical) =>
    [...logical.ports.values()].filter((p) => p.device.kind === "onu").map((port) => ({ logical, port })),
  );
export function dropPort(core: Core, logical: Logical, port: LogicalPort): void {
  logical.ports.delete(port.no);
  logical.flows.delete(port.no);
  tell(core, { what: "port-gone", logical, port });
}
