/** What the ACS knows of a device's parameters, and how it reads and sets them: by listing, reading and comparing with its own document. */

import { type CwmpFault, getParameterNames, getParameterValues, setParameterValues } from "./cwmp.ts";
import { type Device, isWritable, type Pair } from "./device.ts";
import { type Doc, dropAt, growAt, learnValue, nodeAt } from "./documents.ts";
import { type Branch, find, type Value } from "./tree.ts";

export interface Session {
  readonly device: Device;
  readonly doc: Doc;
  readonly now: Date;
}

const parents = (path: string): readonly string[] =>
  path
    .split(".")
    .map((_, i, names) => names.slice(0, i).join("."))
    .slice(1);
/** Lists the way to a path, as far as nobody has listed it yet (sample 24b). */
export function discover(session: Session, path: string): void {
  for (const parent of parents(path)) {
    const known = nodeAt(session.doc, parent);
    if (known?.["_timestamp"] !== undefined) continue;
    if (!known && parent.includes(".")) return; // the list above it has told that there is none
    const there = getParameterNames(session.device, parent);
    if (!there) return;
    list(session, parent, there);
  }
}
function list({ device, doc, now }: Session, path: string, branch: Branch): void {
  Object.assign(growAt(doc, path), {
    _object: true,
    _writable: device.tree !== branch && branch.writable,
    _timestamp: now,
  });
  for (const [name, child] of branch.children)
    Object.assign(growAt(doc, `${path}.${name}`), {
      _object: child.kind === "branch",
      _writable: isWritable(device, `${path}.${name}`, child),
    });
}

/** Reads a parameter or a whole branch from the device; what is gone there is gone here. */
export function refresh(session: Session, name: string): void {
  const { device, doc } = session;
  for (const path of name === "" ? [...device.tree.children.keys()] : [name]) {
    discover(session, path);
    const there = find(device.tree, path);
    if (!there) dropAt(doc, path);
    else {
      if (there.kind === "branch") {
        getParameterNames(device, path);
        relist(session, path, there);
      }
      learn(session, getParameterValues(device, [path]));
    }
  }
}
function relist(session: Session, path: string, branch: Branch): void {
  const node = growAt(session.doc, path);
  for (const name of Object.keys(node)) if (!name.startsWith("_") && !branch.children.has(name)) delete node[name];
  list(session, path, branch);
  for (const [name, child] of branch.children) if (child.kind === "branch") relist(session, `${path}.${name}`, child);
}
function learn({ doc, now }: Session, pairs: readonly Pair[] | undefined): void {
  for (const [path, value, type] of pairs ?? []) learnValue(doc, path, value, type, now);
}

/** Silently leaves out what is unknown or read-only (fact 1), and what the document says is so already (fact 2). */
export function setValues(session: Session, wanted: readonly (readonly [string, Value])[]): CwmpFault | undefined {
  const { device, doc, now } = session;
  for (const [path] of wanted) know(session, path);
  const pairs = wanted.flatMap(([path, value]): readonly Pair[] => {
    const node = nodeAt(doc, path);
    if (node?.["_value"] === undefined || node["_writable"] !== true) return [];
    const type = String(node["_type"]);
    const typed = cast(value, type);
    return typed === cast(node["_value"], type) ? [] : [[path, typed, type]];
  });
  if (pairs.length === 0) return undefined;
  const fault = setParameterValues(
    device,
    pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  if (!fault) for (const [path, value, type] of pairs) learnValue(doc, path, value, type, now);
  return fault;
}
/** Its value is in the document, if the device has one. */
export function know(session: Session, path: string): Doc | undefined {
  discover(session, path);
  const node = nodeAt(session.doc, path);
  if (node?.["_object"] !== false || node["_value"] !== undefined) return node;
  learn(session, getParameterValues(session.device, [path]));
  return nodeAt(session.doc, path);
}
/** The type is the one that the device has told; the one in the task counts nothing (sample 99). */
function cast(value: unknown, type: string): Value {
  const text = String(value);
  if (type === "xsd:boolean") return BOOLEANS[text.toLowerCase()] ?? text;
  if (/^xsd:(unsignedI|i)nt$/.test(type)) return /^\s*[+-]?\d/.test(text) ? Number.parseInt(text, 10) : text;
  const time = new Date(value as string);
  return type === "xsd:dateTime" && !Number.isNaN(time.getTime()) ? time.toISOString() : text;
}
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, "1": true, "0": false };
