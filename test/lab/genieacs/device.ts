/** A simulated router: what it holds, how it answers CWMP, and how it is reached. */
import {
  type Branch,
  factory,
  find,
  instance,
  type Leaf,
  leaves,
  ownLeaf,
  put,
  type Root,
  type Value,
} from "./datamodel.ts";

export interface Plug {
  readonly serial: string;
  readonly oui: string;
  /** "": the device names none, and its id has none. */
  readonly productClass: string;
  readonly manufacturer?: string;
  readonly dataModel: Root;
  /** Values that differ from the model's at the factory; paths that the model lacks are the vendor's own. */
  readonly parameters?: Readonly<Record<string, Value>>;
  /** false: it has never connected; the ACS does not know it. */
  readonly online?: boolean;
}
export type Pair = readonly [path: string, value: Value, type: string];
export type Rpc =
  | { readonly name: "GetParameterNames"; readonly path: string }
  | { readonly name: "GetParameterValues"; readonly names: readonly string[] }
  | { readonly name: "SetParameterValues"; readonly pairs: readonly Pair[] }
  | { readonly name: "AddObject" | "DeleteObject"; readonly path: string }
  | { readonly name: "Reboot" | "FactoryReset" };
/** Why a connection request leads to no session (samples 88, 95). `url`, `inform`: the device lacks it, which kills the worker. */
export type Unreachable = "url" | "inform" | "auth" | "busy" | "hang" | "silent";
export interface CwmpFault {
  readonly faultCode: string;
  readonly faultString: string;
  readonly setParameterValuesFault?: readonly {
    readonly parameterName: string;
    readonly faultCode: string;
    readonly faultString: string;
  }[];
}

/** What the ACS sees of a device: it answers RPCs. */
export interface Device {
  readonly id: string;
  readonly plug: Plug;
  readonly rpcs: Rpc[];
  tree: Branch;
  online: boolean;
  noConnectionRequest: Unreachable | undefined;
  /** Events of the next inform beside its cause: a restart, a factory reset. */
  pending: string[];
  readonly rejected: Map<string, string>;
  readonly readOnly: Set<string>;
}

/** As the ACS writes ids: what is not a letter, digit or `_` is percent-encoded (fact 10). */
const encoded = (text: string): string =>
  Buffer.from(text).reduce((out, byte) => {
    const char = String.fromCharCode(byte);
    return out + (/\w/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`);
  }, "");
export const idOf = ({ oui, productClass, serial }: Plug): string =>
  [oui, ...(productClass === "" ? [] : [productClass]), serial].map(encoded).join("-");

export function makeDevice(plug: Plug): Device {
  const device: Device = {
    id: idOf(plug),
    plug,
    rpcs: [],
    tree: atFactory(plug),
    online: plug.online ?? true,
    noConnectionRequest: undefined,
    pending: ["0 BOOTSTRAP", "1 BOOT"],
    rejected: new Map(),
    readOnly: new Set(),
  };
  return device;
}
function atFactory(plug: Plug): Branch {
  const tree = factory(plug.dataModel, {
    serial: plug.serial,
    oui: plug.oui,
    productClass: plug.productClass,
    manufacturer: plug.manufacturer ?? "",
    connectionRequestUrl: "http://127.0.0.1:7547/",
    acsUrl: "http://127.0.0.1:17547/",
  });
  for (const [path, value] of Object.entries(plug.parameters ?? {})) {
    const there = find(tree, path);
    if (there?.kind === "leaf") there.value = value;
    else put(tree, path, ownLeaf(value));
  }
  return tree;
}

export function leafAt(device: Device, path: string): Leaf {
  const there = find(device.tree, path);
  if (there?.kind !== "leaf") throw new Error(`${device.id} has no parameter ${path}`);
  return there;
}
export const isWritable = (device: Device, path: string, node: Leaf | Branch): boolean =>
  node.writable && !device.readOnly.has(path);

/** A value by hand, at the device: the ACS does not see it. */
export function setByHand(device: Device, path: string, value: Value): void {
  leafAt(device, path).value = value;
}
export function reset(device: Device): void {
  device.tree = atFactory(device.plug);
  device.pending = ["0 BOOTSTRAP", "1 BOOT"];
}

const STRINGS: Readonly<Record<string, string>> = {
  9000: "Method not supported",
  9001: "Request denied",
  9002: "Internal error",
  9003: "Invalid arguments",
  9004: "Resources exceeded",
  9005: "Invalid parameter name",
  9006: "Invalid parameter type",
  9007: "Invalid parameter value",
  9008: "Attempt to set a non-writable parameter",
};
const fault = (faultCode: string): CwmpFault => ({ faultCode, faultString: STRINGS[faultCode] ?? "Vendor fault" });

/** All or nothing (TR-069, A.3.2.1). */
export function setParameterValues(device: Device, pairs: readonly Pair[]): CwmpFault | undefined {
  device.rpcs.push({ name: "SetParameterValues", pairs });
  const wrong = pairs.flatMap(([path, value]) => {
    const code = refusal(device, path, value);
    return code === undefined ? [] : [{ parameterName: path, ...fault(code) }];
  });
  const whole = wrong.find((w) => !/^900[5-8]$/.test(w.faultCode));
  if (whole) return fault(whole.faultCode);
  if (wrong.length > 0) return { ...fault("9003"), setParameterValuesFault: wrong };
  for (const [path, value] of pairs) leafAt(device, path).value = value;
  return undefined;
}
function refusal(device: Device, path: string, value: Value): string | undefined {
  const there = find(device.tree, path);
  if (there?.kind !== "leaf") return "9005";
  if (!isWritable(device, path, there)) return "9008";
  return device.rejected.get(path) ?? (typeof value !== typeof there.value ? "9006" : outOfRange(path, value));
}
function outOfRange(path: string, value: Value): string | undefined {
  if (typeof value === "number") return value < 0 ? "9007" : undefined;
  if (typeof value !== "string") return undefined;
  if (path.endsWith(".SSID")) return value.length > 32 ? "9007" : undefined;
  if (path.endsWith(".KeyPassphrase")) return value.length < 8 || value.length > 63 ? "9007" : undefined;
  return undefined;
}

/** undefined: 9005. */
export function getParameterValues(device: Device, names: readonly string[]): readonly Pair[] | undefined {
  device.rpcs.push({ name: "GetParameterValues", names });
  const nodes = names.map((name) => [name, find(device.tree, name)] as const);
  if (nodes.some(([, node]) => node === undefined)) return undefined;
  return nodes.flatMap(([name, node]) =>
    [...leaves(node!, name)].map(([path, l]) => [path, l.hidden ? "" : l.value, l.type] as const),
  );
}
/** The next level. undefined: 9005. */
export function getParameterNames(device: Device, path: string): Branch | undefined {
  device.rpcs.push({ name: "GetParameterNames", path });
  const there = find(device.tree, path);
  return there?.kind === "branch" ? there : undefined;
}
export function addObject(device: Device, path: string): string | CwmpFault {
  device.rpcs.push({ name: "AddObject", path });
  const table = find(device.tree, path);
  const first = table?.kind === "branch" ? table.children.values().next().value : undefined;
  if (table?.kind !== "branch" || !table.writable || first?.kind !== "branch") return fault("9005");
  const number = String(Math.max(...[...table.children.keys()].map(Number)) + 1);
  table.children.set(number, instance(first));
  return number;
}
export function deleteObject(device: Device, path: string): CwmpFault | undefined {
  device.rpcs.push({ name: "DeleteObject", path });
  const cut = path.lastIndexOf(".");
  const table = find(device.tree, path.slice(0, cut));
  const there = find(device.tree, path);
  if (table?.kind !== "branch" || there?.kind !== "branch") return fault("9005");
  if (!there.writable) return fault("9001");
  table.children.delete(path.slice(cut + 1));
  return undefined;
}
/** It comes back with its next inform. */
export function restart(device: Device, how: "Reboot" | "FactoryReset"): void {
  device.rpcs.push({ name: how });
  if (how === "FactoryReset") reset(device);
  else device.pending = ["1 BOOT", "M Reboot"];
}
