/** Documents as CEL values: typed by the schema, lists knowing their identity, bad data failing where it is read. */
import { parseDateTime } from "../go/formats.ts";
import { Float, isArray, isObject, type JsonObject, type Value } from "../json.ts";
import type { Schema } from "../schema.ts";

/** Evaluation failed. The API server reports it at the node of the rule. */
export class CelError extends Error {
  override readonly name = "CelError";
}

const UNORDERED = Symbol("set or keyed list");
/** Whether the order of a list says nothing: sets, and lists whose items are known by their keys. */
export const isUnordered = (list: readonly unknown[]): boolean => UNORDERED in list;

export function toCel(value: Value, schema: Schema): unknown {
  if (value === null) throw new CelError("invalid data, got null for schema with nullable=false");
  switch (schema.type) {
    case "object":
      return objectOf(value, schema);
    case "array":
      return listOf(value, schema);
    case "string":
      return stringOf(value, schema.format);
    case "integer":
      return integerOf(value);
    case "boolean":
      if (typeof value === "boolean") return value;
  }
  throw new CelError(`invalid data, expected ${schema.type}`);
}

function objectOf(value: Value, schema: Schema): Record<string, unknown> {
  if (!isObject(value)) throw new CelError("invalid data, expected a map for the provided schema with type=object");
  const out: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    const declared = schema.properties;
    if (!declared) define(out, key, child, schema.additionalProperties);
    else if (Object.hasOwn(declared, key) && child !== null) define(out, escapeName(key), child, declared[key]);
  }
  return out;
}

function listOf(value: Value, schema: Schema): unknown[] {
  if (!isArray(value)) throw new CelError("invalid data, expected an array");
  const out: unknown[] = [];
  for (const [i, item] of value.entries()) define(out, i, item, schema.items);
  const kind = schema["x-kubernetes-list-type"];
  if (kind === "set" || kind === "map") Object.defineProperty(out, UNORDERED, { value: true });
  return out;
}

function stringOf(value: Value, format: string | undefined): string | Date {
  if (typeof value !== "string") throw new CelError("invalid data, expected string");
  if (format !== "date" && format !== "date-time") return value;
  const instant = parseDateTime(format === "date" ? `${value}T00:00:00Z` : value);
  if (!instant) throw new CelError(`Invalid ${format}`);
  return instant;
}

function integerOf(value: Value): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  throw new CelError(`invalid data, expected int, got ${value instanceof Float ? "float64" : typeof value}`);
}

/** A part that cannot be converted fails the rules that read it, and no others. */
function define(target: object, key: string | number, value: Value, schema: Schema | undefined): void {
  if (!schema) return;
  let property: PropertyDescriptor;
  try {
    property = { value: toCel(value, schema), writable: true };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    property = {
      get: () => {
        throw error;
      },
    };
  }
  Object.defineProperty(target, key, { ...property, enumerable: true, configurable: true });
}

const RESERVED = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);
const ESCAPES: Readonly<Record<string, string>> = {
  __: "__underscores__",
  ".": "__dot__",
  "-": "__dash__",
  "/": "__slash__",
};
/** The name of a property inside a rule, as Kubernetes escapes it. */
export const escapeName = (name: string): string =>
  RESERVED.has(name) ? `__${name}__` : name.replace(/__|[-./]/g, (part) => ESCAPES[part]!);

/** Reads a property of a converted value; a part that failed gives its error instead. */
export function part(value: unknown, key: string | number): unknown {
  if (value === undefined || value instanceof CelError) return value;
  try {
    return (value as Record<string | number, unknown>)[key];
  } catch (error) {
    if (error instanceof CelError) return error;
    throw error;
  }
}
/** `toCel`, giving its error instead of throwing it. */
export function tryToCel(value: JsonObject, schema: Schema): unknown {
  try {
    return toCel(value, schema);
  } catch (error) {
    if (error instanceof CelError) return error;
    throw error;
  }
}
