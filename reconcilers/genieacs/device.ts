/** A device as the NBI shows it: what it is, and what it was last seen to hold. */
import { cpeSerial } from "../../controller/core/resolve/serial.ts";
import { cut } from "../wire.ts";
import { at, type Item, textAt } from "./list.ts";

export type Root = "Device" | "InternetGatewayDevice";
export const ROOTS: readonly Root[] = ["Device", "InternetGatewayDevice"];
export interface Device {
  /** As stored: percent-encoded once (fact 10). */
  readonly id: string;
  /** In the one form that claims compare. */
  readonly serial: string;
  readonly oui: string | undefined;
  readonly productClass: string | undefined;
  readonly manufacturer: string | undefined;
  readonly tags: readonly string[];
  /** RFC 3339; undefined: a record without an inform. */
  readonly lastInform: string | undefined;
  readonly lastBootstrap: string | undefined;
  /** Its data model; undefined: it has told nothing of itself. */
  readonly root: Root | undefined;
  readonly item: Item;
}
/** One parameter. Missing parts are absent: nothing was read (fact 13). */
export interface Leaf {
  readonly value: string | number | boolean | undefined;
  readonly type: string | undefined;
  readonly timestamp: string | undefined;
  readonly writable: boolean | undefined;
}

export const ABOUT: readonly string[] = [
  "_deviceId",
  "_tags",
  "_lastInform",
  "_lastBootstrap",
  ...ROOTS.map((root) => `${root}.ManagementServer.ConnectionRequestURL`),
];

export function deviceOf(item: Item): Device {
  const serial = textAt(item, "_deviceId._SerialNumber");
  if (serial === undefined) throw cut("GET", "a device of GenieACS's answer has no serial number");
  const tags = item["_tags"];
  return {
    id: item._id,
    serial: cpeSerial(serial),
    oui: textAt(item, "_deviceId._OUI"),
    productClass: textAt(item, "_deviceId._ProductClass"),
    manufacturer: textAt(item, "_deviceId._Manufacturer"),
    tags: Array.isArray(tags) ? tags.filter((t) => typeof t === "string") : [],
    lastInform: textAt(item, "_lastInform"),
    lastBootstrap: textAt(item, "_lastBootstrap"),
    root: ROOTS.find((root) => item[root] !== undefined),
    item,
  };
}

/** `path` without its root object. Undefined: the device has no such parameter, or has not told it yet. */
export function leafOf({ item, root }: Device, path: string): Leaf | undefined {
  const found = root && at(item[root], path);
  if (typeof found !== "object" || found === null) return undefined;
  const leaf = found as Readonly<Record<string, unknown>>;
  if (leaf["_object"] === true) return undefined;
  const value = leaf["_value"];
  return {
    value: typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined,
    type: textAt(leaf, "_type"),
    timestamp: textAt(leaf, "_timestamp"),
    writable: typeof leaf["_writable"] === "boolean" ? leaf["_writable"] : undefined,
  };
}
export const valueAt = (device: Device, path: string): Leaf["value"] => leafOf(device, path)?.value;

/** A connection request to one without a URL or an inform kills a worker of the NBI (fact 6). */
export const canBeCalled = (device: Device): boolean =>
  device.lastInform !== undefined && typeof valueAt(device, "ManagementServer.ConnectionRequestURL") === "string";

/** Read before the factory reset that the device last told of: of another life. */
export const isBefore = (leaf: Leaf, moment: string | undefined): boolean =>
  moment !== undefined && (leaf.timestamp ?? "") < moment;
