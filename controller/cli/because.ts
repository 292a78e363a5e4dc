/** Why a subject has something to do: which declarations changed, as paths. Values stay out: an address may hold a password. */
import type { Catalog, ObjectKey } from "../core/catalog.ts";
import type { SourceUpdate } from "../sources/source.ts";

export type Because = ReadonlyMap<ObjectKey, readonly string[]>;

/** @param before as it was declared; @param gone what is withdrawn. Answers subjects by the key of their object. */
export function becauseOf(update: SourceUpdate, before: Catalog, gone: readonly ObjectKey[]): Because {
  const found = new Map<ObjectKey, string[]>();
  const add = (key: ObjectKey, words: string): void => {
    const known = found.get(key);
    if (known) known.push(words);
    else found.set(key, [words]);
  };
  const note = (key: ObjectKey, object: Parameters<Catalog["dependants"]>[0], words: string): void => {
    add(key, words);
    for (const dependant of before.dependants(object)) if (dependant !== key) add(dependant, `${shown(key)}: ${words}`);
  };
  for (const { key, object } of update.upserts) {
    const old = before.get(key);
    const paths = old && differences(old, before.inForce(object));
    if (!paths) note(key, object, "declared now");
    else if (paths.length > 0) note(key, object, `${brief(paths)} changed`);
  }
  for (const key of gone) {
    const old = before.get(key);
    if (old) note(key, old, "declared no longer");
  }
  for (const words of found.values()) words.sort(ownFirst);
  return found;
}
/** What concerns the object itself names no other. */
const ownFirst = (a: string, b: string): number => Number(a.includes(": ")) - Number(b.includes(": "));

/** `ServicePlan isp-acme/fiber`. */
export function shown(key: ObjectKey): string {
  const [kind, namespace, name] = key.split("/");
  return namespace === "-" ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

const MOST = 4;
function brief(paths: readonly string[]): string {
  const rest = paths.length - MOST;
  return paths.slice(0, MOST).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** Field paths at which two objects differ, the deepest that name one value. The order of keys says nothing. */
export function differences(a: unknown, b: unknown, path = ""): readonly string[] {
  if (a === b) return [];
  if (!isTree(a) || !isTree(b) || Array.isArray(a) !== Array.isArray(b)) return [path];
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return [path];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].sort().flatMap((key) => differences(a[key], b[key], join(path, key, Array.isArray(a))));
}
const join = (path: string, key: string, list: boolean): string =>
  list ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;

type Tree = Readonly<Record<string, unknown>>;
const isTree = (v: unknown): v is Tree => typeof v === "object" && v !== null;
