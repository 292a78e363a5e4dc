/** A simulated router: what it holds and how it is reached. */
import { factory, type Root } from "./datamodel.ts";
import { type Branch, find, type Leaf, ownLeaf, put, type Value } from "./tree.ts";

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
/** What the ACS sees of a device: it answers RPCs. */
export interface Device {
  readonly id: string;
  readonly plug: Plug;
  readonly rpcs: Rpc[];
  tree: Branch;
  online: boolean;
  noConnectionRequest: Unreachable | undefined;
  /** A session of its own goes on: the ACS holds it locked. */
  inSession: boolean;
  /** Its next session ends with the first values that it is told: before or after it took them, and without its answer. */
  breaksOff: "before" | "after" | undefined;
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
    inSession: false,
    breaksOff: undefined,
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
