/** Which part of the stored object a part of the new one corresponds to, and whether it is unchanged (ratcheting). */
import { isArray, isObject, type JsonObject, same, type Value } from "../json.ts";
import { fieldSchema, type Schema } from "../schema.ts";

/** The old item with the same keys. Only lists of type map are correlated, never by position. */
export function oldItem(schema: Schema, old: Value | undefined, item: Value): JsonObject | undefined {
  const keys = schema["x-kubernetes-list-map-keys"];
  if (!keys || !isArray(old) || !isObject(item) || !hasAll(item, keys)) return undefined;
  return old.find((o): o is JsonObject => isObject(o) && hasAll(o, keys) && keys.every((k) => same(o[k], item[k])));
}
const hasAll = (item: JsonObject, keys: readonly string[]): boolean => keys.every((k) => Object.hasOwn(item, k));

/** Kubernetes' CachedDeepEqual: keyed lists by key; what has no schema makes its object unequal. */
export function unchanged(now: Value, old: Value, schema: Schema | undefined): boolean {
  if (isArray(now) && isArray(old)) {
    if (!schema?.["x-kubernetes-list-map-keys"]) return same(now, old);
    return now.length === old.length && now.every((item) => unchangedItem(item, old, schema));
  }
  if (!isObject(now) || !isObject(old)) return same(now, old);
  const keys = Object.keys(now);
  if (keys.length !== Object.keys(old).length) return false;
  return keys.every((key) => {
    const field = fieldSchema(schema, key);
    return field !== undefined && Object.hasOwn(old, key) && unchanged(now[key]!, old[key]!, field);
  });
}
function unchangedItem(item: Value, old: Value, schema: Schema): boolean {
  const before = oldItem(schema, old, item);
  return before !== undefined && unchanged(item, before, schema.items);
}

/** Whether the deepest node on the way to `segments` that can be correlated is unchanged: then its errors were there before. */
export function ratcheted(segments: readonly string[], now: JsonObject, old: JsonObject, schema: Schema): boolean {
  if (segments[0] === "apiVersion" || segments[0] === "kind") return false;
  let step: Step = { now, old, schema };
  for (const segment of segments) {
    const next = descend(step, segment);
    if (!next) break;
    step = next;
  }
  return unchanged(step.now, step.old, step.schema);
}
interface Step {
  readonly now: Value;
  readonly old: Value;
  readonly schema: Schema;
}
function descend({ now, old, schema }: Step, segment: string): Step | undefined {
  if (isArray(now)) {
    const item = now[Number(segment)]!;
    const before = oldItem(schema, old, item);
    return before && schema.items && { now: item, old: before, schema: schema.items };
  }
  const field = fieldSchema(schema, segment);
  if (!field || !isObject(now) || !isObject(old)) return undefined;
  if (!Object.hasOwn(now, segment) || !Object.hasOwn(old, segment)) return undefined;
  return { now: now[segment]!, old: old[segment]!, schema: field };
}
