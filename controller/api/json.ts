/** Values as the API server's decoder sees them. Go tells 100 from 100.0, and keeps 64 bits of an integer. */

/** A float64 whose value is integral, such as 100.0 or 1e2, or an integer beyond 64 bits. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}
export type Value = string | number | bigint | boolean | null | Float | readonly Value[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Value;
}

const INT64 = 1n << 63n;
/** The value of a JSON number from its source text; a YAML or JSON loader calls it for every number. */
export function numberFromSource(source: string): number | bigint | Float {
  const value = Number(source);
  if (!/^-?[0-9]+$/.test(source)) return Number.isInteger(value) ? new Float(value) : value;
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(source);
  return exact >= -INT64 && exact < INT64 ? exact : new Float(value);
}

export const isObject = (v: unknown): v is JsonObject =>
  typeof v === "object" && v !== null && !Array.isArray(v) && !(v instanceof Float);
export const isArray = (v: unknown): v is readonly Value[] => Array.isArray(v);

/** Equality of two documents; 1 and 1.0 differ, as they do to the server. */
export function same(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a instanceof Float) return b instanceof Float && a.value === b.value;
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((x, i) => same(x, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => Object.hasOwn(b, k) && same(a[k], b[k]));
}

/** The same document with JavaScript numbers only, for JSON Schema. Shares what needs no change. */
export function plain(v: Value): Value {
  if (v instanceof Float) return v.value;
  if (typeof v === "bigint") return Number(v);
  if (isArray(v)) return v.some(needsPlain) ? v.map(plain) : v;
  if (!isObject(v) || !needsPlain(v)) return v;
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)]));
}
const needsPlain = (v: Value): boolean =>
  typeof v === "bigint" ||
  v instanceof Float ||
  (isArray(v) ? v.some(needsPlain) : isObject(v) && Object.values(v).some(needsPlain));
