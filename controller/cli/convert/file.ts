/** One file with its older inputs converted, and proven to say what it shall say. */
import { isMap, isSeq, Lexer, type Node, parseAllDocuments } from "yaml";
import { isArray, isObject, type JsonObject, same, type Value } from "../../api/json.ts";
import { load } from "../../api/load.ts";
import type { KindName } from "../../api/types.generated.ts";
import { type Edit, edited, Intractable, type Path } from "./edit.ts";

/** By what it is written as: `Subscriber isp-acme/john`. */
export interface ObjectEdit extends Edit {
  readonly kind: KindName;
  readonly namespace: string;
  readonly name: string;
}
export type Converted = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

export function convertText(file: string, text: string, edits: readonly ObjectEdit[]): Converted {
  try {
    const nodes = [...objectsIn(text)];
    const made = edited(
      text,
      edits.map((e) => [nodes.find((n) => names(n, e)) ?? null, e]),
    );
    return proven(file, text, made, edits)
      ? { ok: true, text: made }
      : { ok: false, message: "it is written too intricately" };
  } catch (e) {
    if (!(e instanceof Intractable)) throw e;
    return { ok: false, message: e.message };
  }
}

function* objectsIn(text: string): Generator<Node> {
  for (const { contents } of parseAllDocuments(text)) {
    if (!isMap(contents)) continue;
    const kind: unknown = contents.get("kind");
    const items = kind === "List" ? contents.get("items", true) : undefined;
    if (isSeq(items)) yield* items.items as Node[];
    else yield contents;
  }
}
const names = (node: Node, { kind, namespace, name }: ObjectEdit): boolean =>
  isMap(node) &&
  node.get("kind") === kind &&
  node.getIn(["metadata", "name"]) === name &&
  (node.getIn(["metadata", "namespace"]) ?? "default") === namespace;

/** Every object reads as it shall, those that are not concerned as before, and no comment is lost. */
function proven(file: string, before: string, after: string, edits: readonly ObjectEdit[]): boolean {
  const [was, is] = [load(file, new TextEncoder().encode(before)), load(file, new TextEncoder().encode(after))];
  if (is.problems.length > 0 || is.documents.length !== was.documents.length) return false;
  const wanted = was.documents.map(({ kind, object }) => {
    const metadata = object["metadata"] as JsonObject;
    const own = edits.find(
      (e) => e.kind === kind && e.name === metadata["name"] && e.namespace === (metadata["namespace"] ?? "default"),
    );
    return own ? applied(object, own) : object;
  });
  const comments = (text: string) => [...new Lexer().lex(text)].filter((token) => token.startsWith("#")).join("\n");
  return wanted.every((w, n) => same(w, is.documents[n]?.object)) && comments(before) === comments(after);
}
function applied(object: JsonObject, { remove, set }: Edit): JsonObject {
  const made = copy(object) as Record<string, Value>;
  for (const path of remove) delete holder(made, path)[String(path.at(-1))];
  for (const { path, value } of set) holder(made, path)[String(path.at(-1))] = value;
  return made;
}
/** What an alias makes one is two in a copy: to change both is not what was asked for. */
function copy(value: Value): Value {
  if (isArray(value)) return value.map(copy);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, v]) => [key, copy(v)])) : value;
}
function holder(root: Record<string, Value>, path: Path): Record<string, Value> {
  return path.slice(0, -1).reduce((at: Record<string, Value>, key) => {
    const next = at[key];
    if (isObject(next) || isArray(next)) return next as unknown as Record<string, Value>;
    const made = {};
    at[key] = made;
    return made;
  }, root);
}
