/** The part of an ExternalSystem's spec that VOLTHA needs, checked. */
import { parseDuration } from "../../controller/core/resolve/duration.ts";
import { parsePerSecond, parseSlots, record, text, wrong } from "../spec.ts";

export interface Olt {
  /** Name by which serving areas and subscribers refer to it. */
  readonly name: string;
  readonly serial: string;
  /** `host:port` of its agent. */
  readonly address: string;
  readonly uplinkPort: number;
  readonly nniPorts: readonly number[];
}
export interface VolthaConfig {
  /** `host:port` of rw_core's gRPC. */
  readonly address: string;
  readonly controller: { readonly type: "VGC" | "ONOS"; readonly address: string };
  readonly olts: readonly Olt[];
  /** Milliseconds between the recovery of an OLT and the first repair under it. */
  readonly settleMs: number;
  /** Calls at the same time. */
  readonly slots: number;
  readonly requestsPerSecond: number;
}

const NNI = 16777216;
const SETTLE = "10m";

/** `raw`: ExternalSystem.spec. @throws Fault `Misconfigured`, naming the field and what it takes. */
export function parseConfig(raw: unknown): VolthaConfig {
  const spec = record(raw, "spec");
  const voltha = record(spec["voltha"], "spec.voltha");
  return {
    address: hostPort(spec["address"], "spec.address"),
    controller: parseController(voltha["controller"]),
    olts: parseOlts(voltha["olts"]),
    settleMs: duration(voltha["settleAfterRecovery"] ?? SETTLE, "spec.voltha.settleAfterRecovery"),
    slots: parseSlots(spec["limits"]),
    requestsPerSecond: parsePerSecond(spec["limits"]),
  };
}

function parseController(raw: unknown): VolthaConfig["controller"] {
  const path = "spec.voltha.controller";
  const { type, address } = record(raw, path);
  if (type !== "VGC" && type !== "ONOS") throw wrong(`${path}.type`, "is neither VGC nor ONOS");
  const url = typeof address === "string" && URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "")
    throw wrong(`${path}.address`, "is not https://host[:port][/path]");
  return { type, address: `${url.origin}${url.pathname}`.replace(/\/+$/, "") };
}

function parseOlts(raw: unknown): readonly Olt[] {
  if (!Array.isArray(raw) || raw.length === 0) throw wrong("spec.voltha.olts", "names no OLT");
  const olts = raw.map((one, n) => parseOlt(record(one, `spec.voltha.olts[${n}]`), `spec.voltha.olts[${n}]`));
  for (const by of ["name", "serial", "address"] as const) {
    const twice = olts.find((o, n) => olts.findIndex((other) => other[by] === o[by]) !== n);
    if (twice) throw wrong("spec.voltha.olts", `has two of ${by} ${twice[by]}`);
  }
  return olts;
}
function parseOlt(raw: Readonly<Record<string, unknown>>, path: string): Olt {
  const uplinkPort = port(raw["uplinkPort"] ?? NNI, `${path}.uplinkPort`);
  const nniPorts = raw["nniPorts"] ?? [uplinkPort];
  if (!Array.isArray(nniPorts)) throw wrong(`${path}.nniPorts`, "is no list of port numbers");
  return {
    name: text(raw["name"], `${path}.name`),
    serial: text(raw["serial"], `${path}.serial`),
    address: hostPort(raw["address"], `${path}.address`),
    uplinkPort,
    nniPorts: nniPorts.map((p) => port(p, `${path}.nniPorts`)),
  };
}

/** Numbers of ports are 32 bits wide (OpenFlow 1.3, 7.2.1). */
function port(raw: unknown, path: string): number {
  if (typeof raw === "number" && Number.isInteger(raw) && raw >= 1 && raw < 2 ** 32) return raw;
  throw wrong(path, "is no number of a port");
}
function hostPort(raw: unknown, path: string): string {
  const said = text(raw, path);
  const url = URL.canParse(`tcp://${said}`) ? new URL(`tcp://${said}`) : undefined;
  if (!url || url.port === "" || url.username !== "" || url.pathname !== "") throw wrong(path, "is not host:port");
  return said;
}
function duration(raw: unknown, path: string): number {
  const seconds = parseDuration(text(raw, path));
  if (seconds === undefined) throw wrong(path, "is no duration such as 10m");
  return seconds * 1000;
}
