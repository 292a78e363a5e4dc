/** From a field path to the place where it stands. */
import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Document as YamlDocument } from "yaml";
import type { Position } from "./load-problem.ts";

/** Splits `spec.services[1].vlan` and `spec.limits[a.b]`. A bracket holds an index or a map key. */
const pathSegments = (path: string): readonly string[] =>
  path === "<nil>" ? [] : [...path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)].map((m) => m[1] ?? m[2] ?? "");

/** The place of the field, or of the nearest node above it that is there. */
export function locateIn(document: YamlDocument, root: Node | null, path: string, lines: LineCounter): Position {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const segment of pathSegments(path)) {
    if (isAlias(node)) node = node.resolve(document);
    const step = child(node, segment);
    if (!step) break;
    offset = step.offset ?? offset;
    node = step.node;
  }
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function child(node: unknown, segment: string): { node: unknown; offset: number | undefined } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(segment)] as Node | undefined;
    return item && { node: item, offset: item.range?.[0] };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((p) => isScalar(p.key) && String(p.key.value) === segment);
  // The key, not the value: an empty value has no place of its own, and a person looks for the name.
  return pair && { node: pair.value, offset: isScalar(pair.key) ? pair.key.range?.[0] : undefined };
}
