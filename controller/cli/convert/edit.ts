/** Rewrites fields in the text of a YAML or JSON file: whatever is not concerned keeps every character, comments too. */
import { isMap, isScalar, isSeq, type Node, type Pair, stringify, type YAMLMap } from "yaml";

export type Path = readonly (string | number)[];
type Value = string | number;
/** What becomes of one object. */
export interface Edit {
  readonly remove: readonly Path[];
  /** What comes, or gets another value. It stands where `insteadOf` stood, where that goes and is of the same mapping. */
  readonly set: readonly { readonly path: Path; readonly value: Value; readonly insteadOf?: Path }[];
}
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}
/** It is written in a way that cannot be changed in place. */
export class Intractable extends Error {}

/** @param edits with the node of each object. @throws Intractable */
export function edited(text: string, edits: readonly (readonly [Node | null, Edit])[]): string {
  const splices = edits.flatMap(([root, edit]) => splicesOf(text, root, edit));
  const fromTheEnd = splices.toSorted((a, b) => b.from - a.from || b.to - a.to);
  return fromTheEnd.reduce((out, s) => out.slice(0, s.from) + s.text + out.slice(s.to), text);
}

interface Addition {
  readonly tree: Tree;
  before: Pair | undefined;
}
interface Tree {
  [key: string]: Tree | Value;
}
function splicesOf(text: string, root: Node | null, { remove, set }: Edit): readonly Splice[] {
  const gone = new Set(remove.map((path) => pairAt(root, path)));
  const additions = new Map<YAMLMap, Addition>();
  const splices: Splice[] = [];
  for (const { path, value, insteadOf } of set) {
    const { map, rest } = deepest(root, path);
    if (rest.length === 0) splices.push({ ...rangeOf(pairAt(root, path).value), text: written(value, map) });
    else add(additions, map, rest, value, insteadOf && pairAt(root, insteadOf));
  }
  for (const [map, { tree, before }] of additions) {
    const kept = before && gone.delete(before) ? before : undefined;
    splices.push(kept ? replaced(text, map, kept, tree) : appended(text, map, tree));
  }
  for (const map of new Set(remove.map((path) => parentOf(root, path)))) splices.push(...removals(text, map, gone));
  return splices;
}
function add(to: Map<YAMLMap, Addition>, map: YAMLMap, rest: Path, value: Value, instead: Pair | undefined): void {
  const addition = to.get(map) ?? { tree: {}, before: undefined };
  grow(addition.tree, rest, value);
  if (instead && map.items.includes(instead)) addition.before ??= instead;
  to.set(map, addition);
}

function grow(tree: Tree, [key = "", ...rest]: Path, value: Value): void {
  if (rest.length === 0) tree[key] = value;
  else {
    const known = tree[key];
    const child: Tree = typeof known === "object" ? known : {};
    tree[key] = child;
    grow(child, rest, value);
  }
}

/** The last mapping on the way that is there, and what of the way is missing in it. */
function deepest(root: Node | null, path: Path): { readonly map: YAMLMap; readonly rest: Path } {
  for (let length = path.length - 1; length >= 0; length--) {
    const node = nodeAt(root, path.slice(0, length));
    if (!isMap(node)) continue;
    const rest = path.slice(length);
    if (rest.length === 1 && node.has(rest[0])) return { map: node, rest: [] };
    if (node.has(rest[0])) break;
    return { map: node, rest };
  }
  throw new Intractable(`${path.join(".")} has no mapping to stand in`);
}
const nodeAt = (root: Node | null, path: Path): unknown =>
  path.reduce((node: unknown, key) => (isMap(node) || isSeq(node) ? node.get(key, true) : undefined), root);
function parentOf(root: Node | null, path: Path): YAMLMap {
  const map = nodeAt(root, path.slice(0, -1));
  if (!isMap(map)) throw new Intractable(`${path.join(".")} is not written in a mapping of its own`);
  return map;
}
function pairAt(root: Node | null, path: Path): Pair {
  const pair = parentOf(root, path).items.find((p) => isScalar(p.key) && p.key.value === path.at(-1));
  if (!pair) throw new Intractable(`${path.join(".")} is not written there`);
  return pair;
}

function rangeOf(node: unknown): Pick<Splice, "from" | "to"> {
  if (!isScalar(node) || !node.range || node.anchor !== undefined)
    throw new Intractable("it is written with an anchor or an alias");
  return { from: node.range[0], to: node.range[1] };
}
const startOf = (pair: Pair): number => rangeOf(pair.key).from;

/** As the mapping around it is written: JSON, or plain. */
function inside(tree: Tree, { items: [first] }: YAMLMap): string {
  const json = isScalar(first?.key) && first.key.type === "QUOTE_DOUBLE";
  const text = json ? JSON.stringify(tree) : stringify(tree, { collectionStyle: "flow", lineWidth: 0 });
  return text.trim().slice(1, -1).trim();
}
const written = (value: Value, map: YAMLMap): string => inside({ value }, map).replace(/^"?value"?: ?/, "");
function fields(text: string, tree: Tree, map: YAMLMap): string {
  const each = Object.entries(tree).map(([key, value]) => inside({ [key]: value }, map));
  return each.join(map.flow ? ", " : `\n${" ".repeat(columnOf(text, map))}`);
}
function columnOf(text: string, { items: [first] }: YAMLMap): number {
  const start = first ? startOf(first) : 0;
  return start - lineStart(text, start);
}
const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;
function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

const replaced = (text: string, map: YAMLMap, pair: Pair, tree: Tree): Splice => ({
  from: startOf(pair),
  to: rangeOf(pair.value).to,
  text: fields(text, tree, map),
});

function appended(text: string, map: YAMLMap, tree: Tree): Splice {
  const last = map.items.at(-1);
  const end = last ? (last.value as Node | null)?.range?.[1] : (map.range?.[0] ?? 0) + 1;
  if (end === undefined) throw new Intractable("its last field has no value");
  const more = fields(text, tree, map);
  if (map.flow) return { from: end, to: end, text: last ? `, ${more}` : ` ${more} ` };
  const line = text[end - 1] === "\n" ? end - 1 : lineEnd(text, end);
  return { from: line, to: line, text: `\n${" ".repeat(columnOf(text, map))}${more}` };
}

function removals(text: string, { flow, items }: YAMLMap, gone: ReadonlySet<Pair>): readonly Splice[] {
  if (!flow) return items.filter((p) => gone.has(p)).map((p) => line(text, p));
  const splices: Splice[] = [];
  items.forEach((pair, n) => {
    if (!gone.has(pair) || gone.has(items[n - 1] as Pair)) return;
    const rest = items.slice(n);
    const next = rest.find((p) => !gone.has(p));
    const before = items[n - 1];
    // The comma goes with it: the one behind, and at the end the one before.
    const from = next || !before ? startOf(pair) : ((before.value as Node | null)?.range?.[1] ?? startOf(pair));
    splices.push({ from, to: next ? startOf(next) : rangeOf(rest.at(-1)?.value).to, text: "" });
  });
  return splices;
}
/** A comment behind the value stays, in a line of its own. */
function line(text: string, pair: Pair): Splice {
  const from = startOf(pair);
  const { to } = rangeOf(pair.value);
  const start = lineStart(text, from);
  const end = lineEnd(text, to);
  const rest = text.slice(to, end);
  if (text.slice(start, from).trim() !== "") throw new Intractable("it begins a list item");
  if (rest.trim() !== "") return { from, to: to + rest.length - rest.trimStart().length, text: "" };
  return { from: start, to: Math.min(end + 1, text.length), text: "" };
}
