import { Float, isArray, isObject, type JsonObject, plain, type Value } from "../json.ts";
import { dotted, indexed, type Problem } from "../problem.ts";
import type { Schema } from "../schema.ts";

/** Items that stand twice in a set or a keyed list, each reported once. On update only if the old object had none. */
export function duplicates(object: JsonObject, old: JsonObject | undefined, schema: Schema): readonly Problem[] {
  if (old && inValue(old, schema, "").length) return [];
  return inValue(object, schema, "");
}

function inValue(value: Value, schema: Schema | undefined, path: string): readonly Problem[] {
  if (!schema) return [];
  if (isArray(value)) {
    const within = value.flatMap((item, i) => inValue(item, schema.items, indexed(path, i)));
    return [...inList(value, schema, path), ...within];
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const field = schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    return field
      ? inValue(child, field, dotted(path, key))
      : inValue(child, schema.additionalProperties, indexed(path, key));
  });
}

function inList(list: readonly Value[], schema: Schema, path: string): readonly Problem[] {
  const type = schema["x-kubernetes-list-type"];
  if (type !== "set" && type !== "map") return [];
  const keys = schema["x-kubernetes-list-map-keys"];
  const odd = keys ? list.findIndex((item) => item !== null && !isObject(item)) : -1;
  if (odd >= 0) return [{ path: indexed(path, odd), reason: "FieldValueInvalid", message: "must be an object" }];
  const seen = new Map<string, number>();
  const out: Problem[] = [];
  for (const [i, item] of list.entries()) {
    const identity = keys ? JSON.stringify(keys.map((k) => keyOf(item, k))) : itemOf(item);
    const count = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, count);
    if (count === 2) out.push(duplicate(indexed(path, i), keys));
  }
  return out;
}
/** To the server 100 and 100.0 are two items of a set. */
const itemOf = (item: Value): string => `${item instanceof Float} ${JSON.stringify(plain(item))}`;
const keyOf = (item: Value, key: string): Value => (isObject(item) ? plain(item[key] ?? null) : null);
const duplicate = (path: string, keys: readonly string[] | undefined): Problem => ({
  path,
  reason: "FieldValueDuplicate",
  message: keys ? `another item has the same ${keys.join(" and ")}` : "stands in the list twice",
  remedy: "remove or rename one of them",
});
