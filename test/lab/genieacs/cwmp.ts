/** How a device answers RPCs (TR-069, A.3 and A.4). */
import { type Device, isWritable, leafAt, type Pair, reset } from "./device.ts";
import { type Branch, find, instance, leaves, type Value } from "./tree.ts";

export interface CwmpFault {
  readonly faultCode: string;
  readonly faultString: string;
  readonly setParameterValuesFault?: readonly {
    readonly parameterName: string;
    readonly faultCode: string;
    readonly faultString: string;
  }[];
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
  if (typeof value !== typeof there.value) return "9006";
  return device.rejected.get(path) ?? (outOfRange(path, there.type, value) ? "9007" : undefined);
}
function outOfRange(path: string, type: string, value: Value): boolean {
  if (typeof value === "number") return type === "xsd:unsignedInt" && value < 0;
  if (typeof value !== "string") return false;
  if (path.endsWith(".SSID")) return value.length > 32;
  if (path.endsWith(".KeyPassphrase")) return value.length < 8 || value.length > 63;
  return false;
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
  table.children.delete(path.slice(cut + 1));
  return undefined;
}
/** It comes back with its next inform. */
export function restart(device: Device, how: "Reboot" | "FactoryReset"): void {
  device.rpcs.push({ name: how });
  if (how === "FactoryReset") reset(device);
  else device.pending = ["1 BOOT", "M Reboot"];
}
