/** The part of an ExternalSystem's spec that RADIUS reads, checked. */
import { parsePostgresAddress, parseSlots, record, text, wrong } from "../spec.ts";
import { ATTRIBUTE_NAME } from "./values.ts";

const VENDORS = ["Generic", "MikroTik", "Cisco", "Juniper", "Huawei"] as const;
export type Vendor = (typeof VENDORS)[number];

export interface Option82 {
  /** Attributes with which this NAS sends circuit and remote id (RFC 4679 by default). */
  readonly circuitAttribute: string;
  readonly remoteAttribute: string;
  /** Text as it is, or its bytes as `0x…`. */
  readonly encoding: "Text" | "Hex";
}
/** Where the NAS takes CoA and Disconnect. */
export interface Dynamic {
  readonly port: number;
  readonly perSecond: number;
  /** `namespace/name/key` of the shared secret; undefined: its sessions cannot be told anything. */
  readonly secret: string | undefined;
}
export interface Nas {
  readonly name: string;
  /** NAS-IP-Address; undefined: not told. */
  readonly address: string | undefined;
  readonly dynamic: Dynamic;
  readonly vendor: Vendor;
  /** Send Tunnel-* with the VLAN of the subscriber. */
  readonly sendVlan: boolean;
  readonly option82: Option82;
}
export interface RadiusConfig {
  /** `postgresql://host:port/database`; may hold credentials, so it is never printed. */
  readonly address: string;
  /** Connections, and calls at the same time. */
  readonly slots: number;
  readonly nas: readonly Nas[];
}
export const DEFAULT_OPTION82 = {
  circuitAttribute: "ADSL-Agent-Circuit-Id",
  remoteAttribute: "ADSL-Agent-Remote-Id",
  encoding: "Text",
} as const;

/** A comparison there would stand in the place of a password, a verdict or a limit of ours. */
const CONTROL =
  /^(user-name|expiration|login-time|simultaneous-use|huntgroup-name|user-profile|fall-through|proxy-to-realm|group|sql-.*|(.*-)?auth-type|.*-password)$/i;

/** `raw`: ExternalSystem.spec. @throws Fault `Misconfigured`, naming the field and what it takes. */
export function parseConfig(raw: unknown): RadiusConfig {
  const spec = record(raw, "spec");
  const radius = record(spec["radius"], "spec.radius");
  const nas = array(radius["nas"], "spec.radius.nas").map((n, at) => parseNas(n, `spec.radius.nas[${at}]`));
  const twice = nas.find((n, at) => nas.findIndex((o) => o.name === n.name) !== at);
  if (twice) throw wrong("spec.radius.nas", `names ${twice.name} twice`);
  const circuits = new Set(nas.map((n) => n.option82.circuitAttribute.toLowerCase()));
  const both = nas.find((n) => circuits.has(n.option82.remoteAttribute.toLowerCase()))?.option82.remoteAttribute;
  if (both) throw wrong("spec.radius.nas", `takes ${both} for the circuit id and for the remote id`);
  return { address: parsePostgresAddress(spec["address"]), slots: parseSlots(spec["limits"]), nas };
}

function parseNas(raw: unknown, path: string): Nas {
  const nas = record(raw, path);
  const sendVlan = nas["sendVlan"] ?? false;
  if (typeof sendVlan !== "boolean") throw wrong(`${path}.sendVlan`, "is neither true nor false");
  return {
    name: text(nas["name"], `${path}.name`),
    address: nas["address"] === undefined ? undefined : text(nas["address"], `${path}.address`),
    dynamic: parseDynamic(nas, path),
    vendor: oneOf(nas["vendor"] ?? "Generic", VENDORS, `${path}.vendor`),
    sendVlan,
    option82: parseOption82(nas["option82"], `${path}.option82`),
  };
}

function parseDynamic(nas: Readonly<Record<string, unknown>>, path: string): Dynamic {
  const ref = nas["secretRef"] === undefined ? undefined : record(nas["secretRef"], `${path}.secretRef`);
  const part = (name: string, usual?: string) => text(ref?.[name] ?? usual, `${path}.secretRef.${name}`);
  return {
    port: whole(nas["coaPort"] ?? 3799, 65_535, `${path}.coaPort`),
    perSecond: whole(nas["coaPerSecond"] ?? 20, 10_000, `${path}.coaPerSecond`),
    secret: ref && `${part("namespace")}/${part("name")}/${part("key", "secret")}`,
  };
}
function whole(raw: unknown, most: number, path: string): number {
  if (typeof raw === "number" && Number.isInteger(raw) && raw >= 1 && raw <= most) return raw;
  throw wrong(path, `is no whole number from 1 to ${most}`);
}

function parseOption82(raw: unknown, path: string): Option82 {
  const given = { ...DEFAULT_OPTION82, ...(raw === undefined ? {} : record(raw, path)) };
  return {
    circuitAttribute: attribute(given.circuitAttribute, `${path}.circuitAttribute`),
    remoteAttribute: attribute(given.remoteAttribute, `${path}.remoteAttribute`),
    encoding: oneOf(given.encoding, ["Text", "Hex"], `${path}.encoding`),
  };
}

function attribute(raw: unknown, path: string): string {
  const name = text(raw, path);
  if (!ATTRIBUTE_NAME.test(name)) throw wrong(path, "is not the name of an attribute in FreeRADIUS's dictionaries");
  if (CONTROL.test(name)) throw wrong(path, "decides who gets in, and is nothing that a NAS sends about a line");
  return name;
}
function oneOf<T extends string>(raw: unknown, allowed: readonly T[], path: string): T {
  const found = allowed.find((a) => a === raw);
  if (found === undefined) throw wrong(path, `is none of ${allowed.join(", ")}`);
  return found;
}
function array(raw: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(raw) || raw.length === 0) throw wrong(path, "names no NAS");
  return raw;
}

/** Whether any session of this endpoint can be told something. */
export const isLive = ({ nas }: Pick<RadiusConfig, "nas">): boolean => nas.some((n) => n.dynamic.secret !== undefined);
