/** The tree of parameters that a device holds. */
export type Value = string | number | boolean;
export interface Leaf {
  readonly kind: "leaf";
  readonly type: string;
  writable: boolean;
  /** Reads as "" (TR-181: "when read, this parameter returns an empty string"). */
  readonly hidden: boolean;
  value: Value;
}
export interface Branch {
  readonly kind: "branch";
  /** Of a table: AddObject is allowed; of an instance: DeleteObject is. */
  readonly writable: boolean;
  readonly children: Map<string, Leaf | Branch>;
}

export const branch = (writable: boolean): Branch => ({ kind: "branch", writable, children: new Map() });
export const leaf = (type: string, value: Value, access: string): Leaf => ({
  kind: "leaf",
  type,
  writable: access !== "r",
  hidden: access === "h",
  value,
});
/** The branch at the path; what is missing on the way grows. */
export function grow(tree: Branch, path: string, writable: boolean): Branch {
  let at = tree;
  const names = path.split(".");
  for (const [i, name] of names.entries()) {
    let next = at.children.get(name);
    if (next?.kind !== "branch") {
      next = branch(writable && i === names.length - 1);
      at.children.set(name, next);
    }
    at = next;
  }
  return at;
}
export function put(tree: Branch, path: string, node: Leaf | Branch): void {
  const cut = path.lastIndexOf(".");
  grow(tree, path.slice(0, cut), false).children.set(path.slice(cut + 1), node);
}
/** A parameter of the vendor's own, as a test declares it. */
export const ownLeaf = (value: Value): Leaf =>
  leaf(typeof value === "boolean" ? "xsd:boolean" : typeof value === "number" ? "xsd:int" : "xsd:string", value, "w");

export function find(tree: Branch, path: string): Leaf | Branch | undefined {
  let at: Leaf | Branch | undefined = tree;
  for (const name of path === "" ? [] : path.split(".")) at = at?.kind === "branch" ? at.children.get(name) : undefined;
  return at;
}
/** Every parameter under a path, with the path. */
export function* leaves(node: Leaf | Branch, path: string): Generator<readonly [string, Leaf]> {
  if (node.kind === "leaf") yield [path, node];
  else for (const [name, child] of node.children) yield* leaves(child, path === "" ? name : `${path}.${name}`);
}
/** A new instance of a table: as its first one, without values. */
export function instance(of: Branch): Branch {
  const made: Branch = { kind: "branch", writable: true, children: new Map() };
  for (const [name, child] of of.children)
    made.children.set(name, child.kind === "leaf" ? { ...child, value: empty(child.value) } : instance(child));
  return made;
}
const empty = (value: Value): Value => (typeof value === "boolean" ? false : typeof value === "number" ? 0 : "");
