/** The device documents: nested objects with `_value`, `_type`, `_timestamp`, `_writable`, `_object`, as they are stored and shown. */
import { idOf, type Plug } from "./device.ts";
import type { Value } from "./tree.ts";

export type Doc = Record<string, unknown>;
export interface Documents {
  readonly byId: Map<string, Doc>;
  readonly bySerial: Map<string, Set<string>>;
}
export const makeDocuments = (): Documents => ({ byId: new Map(), bySerial: new Map() });

export function register(docs: Documents, plug: Plug, now: Date): Doc {
  const id = idOf(plug);
  const doc: Doc = {
    _id: id,
    _deviceId: {
      _Manufacturer: plug.manufacturer ?? "",
      _OUI: plug.oui,
      _ProductClass: plug.productClass,
      _SerialNumber: plug.serial,
    },
    _registered: now,
  };
  docs.byId.set(id, doc);
  docs.bySerial.set(plug.serial, (docs.bySerial.get(plug.serial) ?? new Set()).add(id));
  return doc;
}
export function forget(docs: Documents, id: string): void {
  const serial = (docs.byId.get(id)?.["_deviceId"] as Doc | undefined)?.["_SerialNumber"];
  docs.byId.delete(id);
  docs.bySerial.get(String(serial))?.delete(id);
}

const isNode = (value: unknown): value is Doc =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
export function nodeAt(doc: Doc, path: string): Doc | undefined {
  let at: unknown = doc;
  for (const name of path === "" ? [] : path.split("."))
    at = isNode(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  return isNode(at) ? at : undefined;
}
/** What is missing on the way is made, with nothing known of it. */
export function growAt(doc: Doc, path: string): Doc {
  let at = doc;
  for (const name of path === "" ? [] : path.split(".")) {
    const next: Doc = isNode(at[name]) ? at[name] : {};
    at[name] = next;
    at = next;
  }
  return at;
}
export function dropAt(doc: Doc, path: string): void {
  const cut = path.lastIndexOf(".");
  const parent = nodeAt(doc, cut < 0 ? "" : path.slice(0, cut));
  if (parent) delete parent[path.slice(cut + 1)];
}
export function learnValue(doc: Doc, path: string, value: Value, type: string, now: Date): void {
  const shown = type === "xsd:dateTime" && typeof value === "string" ? new Date(value) : value;
  Object.assign(growAt(doc, path), { _object: false, _value: shown, _type: type, _timestamp: now });
}

/** Only what is asked for, `_id` always; whole branches are shown as they are, without a copy. */
export function project(doc: Doc, paths: readonly string[] | undefined): Doc {
  if (!paths) return doc;
  const out: Doc = { _id: doc["_id"] };
  for (const path of paths) pick(doc, out, path.split("."), 0);
  return out;
}
function pick(from: Doc, to: Doc, names: readonly string[], i: number): void {
  const name = names[i]!;
  if (!Object.hasOwn(from, name)) return;
  const value = from[name];
  if (i === names.length - 1) to[name] = value;
  else if (isNode(value)) {
    const next = isNode(to[name]) ? to[name] : {};
    to[name] = next;
    pick(value, next, names, i + 1);
  }
}
/** Without those that lie within another one: a branch that is shown whole is never written into. */
export function outermost(paths: readonly string[]): readonly string[] {
  const all = paths.map((p) => p.trim());
  return all.filter((p) => !all.some((q) => p.startsWith(`${q}.`)));
}
