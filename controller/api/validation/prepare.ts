/** What the API server does with a document before it judges it: defaults, then nulls. */
import { isArray, isObject, type JsonObject, type Value } from "../json.ts";
import { fieldSchema, type Json, type Schema } from "../schema.ts";

/** A copy with every default in place. A null takes the default, or its key is dropped; nulls in lists stay. Idempotent. */
export function withDefaults(value: JsonObject, schema: Schema): JsonObject;
export function withDefaults(value: Value, schema: Schema | undefined): Value;
export function withDefaults(value: Value, schema: Schema | undefined): Value {
  if (isArray(value)) return value.map((item) => withDefaults(orDefault(item, schema?.items), schema?.items));
  if (!isObject(value)) return value;
  const out: Record<string, Value> = {};
  for (const [key, child] of Object.entries(value)) {
    const field = fieldSchema(schema, key);
    const given = orDefault(child, field);
    if (given !== null || !field) out[key] = withDefaults(given, field);
  }
  for (const [key, field] of Object.entries(schema?.properties ?? {})) {
    if (field.default !== undefined && !Object.hasOwn(out, key)) out[key] = withDefaults(toValue(field.default), field);
  }
  return out;
}
const orDefault = (value: Value, schema: Schema | undefined): Value =>
  value === null && schema?.default !== undefined ? toValue(schema.default) : value;
/** A default is shared, never changed: `withDefaults` copies what it descends into. */
const toValue = (json: Json): Value => json;

/** Paths of fields that the schema does not know, with the object that they stand in. */
export function unknownFields(value: Value, schema: Schema | undefined, path = ""): readonly UnknownField[] {
  if (isArray(value)) return value.flatMap((item, i) => unknownFields(item, schema?.items, `${path}[${i}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const field = fieldSchema(schema, key);
    const at = path === "" ? key : `${path}.${key}`;
    return field ? unknownFields(child, field, at) : [{ path: at, key, known: Object.keys(schema?.properties ?? {}) }];
  });
}
export interface UnknownField {
  readonly path: string;
  readonly key: string;
  readonly known: readonly string[];
}
