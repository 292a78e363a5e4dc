/** Which documents a query finds. Of devices the values are stretched first: numbers, dates, `*`, `/x/` (fact 12). What MongoDB refuses is thrown. */
import type { Doc, Documents } from "./documents.ts";

export type Query = Readonly<Record<string, unknown>>;
type Test = (value: unknown) => boolean;
interface Dialect {
  readonly field: (name: string) => string;
  readonly stretch: (value: unknown) => readonly unknown[];
}
const lastIsPrivate = (name: string): boolean => name[name.lastIndexOf(".") + 1] === "_";
export const shownField = (name: string): string => (lastIsPrivate(name) ? name : `${name}._value`);
const DEVICES: Dialect = { field: shownField, stretch };
const PLAIN: Dialect = { field: (name) => name, stretch: (value) => [value] };

/** Types of a collection's fields, where a query has only text. */
type Types = Readonly<Record<string, (v: unknown) => unknown>>;
const date = (v: unknown): Date => new Date(v as string);
const TYPES: Readonly<Record<string, Types>> = {
  tasks: { _id: objectId, timestamp: date, retries: Number },
  faults: { timestamp: date, retries: Number },
};
export function objectId(v: unknown): string {
  if (typeof v !== "string" || !/^[0-9a-f]{24}$/i.test(v))
    throw new Error("BSONError: input must be a 24 character hex string");
  return v.toLowerCase();
}

export function compile(collection: string, query: Query): (doc: Doc) => boolean {
  const types = TYPES[collection] ?? {};
  return all(collection === "devices" ? DEVICES : PLAIN, types, query);
}
function all(dialect: Dialect, types: Types, query: Query): (doc: Doc) => boolean {
  const tests = Object.entries(query).map(([name, wanted]) =>
    name.startsWith("$") ? logical(dialect, types, name, wanted) : field(dialect, types[name], name, wanted),
  );
  return (doc) => tests.every((t) => t(doc));
}
function logical(dialect: Dialect, types: Types, name: string, wanted: unknown): (doc: Doc) => boolean {
  const parts = (wanted as readonly Query[]).map((q) => all(dialect, types, q));
  if (parts.length === 0) throw new Error(`MongoServerError: ${name} must be a nonempty array`);
  if (name === "$or") return (doc) => parts.some((t) => t(doc));
  if (name === "$and") return (doc) => parts.every((t) => t(doc));
  if (name === "$nor") return (doc) => !parts.some((t) => t(doc));
  throw new Error(`MongoServerError: unknown top level operator: ${name}`);
}
function field(
  dialect: Dialect,
  type: Types[string] | undefined,
  name: string,
  wanted: unknown,
): (doc: Doc) => boolean {
  const path = dialect.field(name).split(".");
  const cast = (v: unknown): unknown => (type === undefined ? v : Array.isArray(v) ? v.map(type) : type(v));
  const tests = isOperators(wanted)
    ? Object.entries(wanted).map(([op, v]) => operator(dialect, op, op === "$exists" ? v : cast(v)))
    : [anyOf(dialect.stretch(cast(wanted)).map(equals))];
  if (isOperators(wanted) && tests.length > 1 && ("$ne" in wanted || "$not" in wanted))
    throw new Error("Cannot mix $ne or $not with other operators");
  return (doc) => {
    const value = valueAt(doc, path);
    return tests.every((t) => t(value));
  };
}
const isOperators = (wanted: unknown): wanted is Record<string, unknown> =>
  Object.prototype.toString.call(wanted) === "[object Object]";
export function valueAt(doc: Doc, path: readonly string[]): unknown {
  let at: unknown = doc;
  for (const name of path)
    at = typeof at === "object" && at !== null && Object.hasOwn(at, name) ? (at as Doc)[name] : undefined;
  return at;
}

function operator(dialect: Dialect, op: string, wanted: unknown): Test {
  const options = Array.isArray(wanted) ? wanted.flatMap(dialect.stretch) : dialect.stretch(wanted);
  switch (op) {
    case "$eq":
      return anyOf(options.map(equals));
    case "$ne":
      return not(anyOf(options.map(equals)));
    case "$in":
      return among(wanted, options);
    case "$nin":
      return not(among(wanted, options));
    case "$exists":
      return (value) => (value !== undefined) === Boolean(wanted);
    case "$gt":
      return anyOf(options.map((o) => ordered(o, (c) => c > 0)));
    case "$gte":
      return anyOf(options.map((o) => ordered(o, (c) => c >= 0)));
    case "$lt":
      return anyOf(options.map((o) => ordered(o, (c) => c < 0)));
    case "$lte":
      return anyOf(options.map((o) => ordered(o, (c) => c <= 0)));
    case "$regex":
      return equals(new RegExp(String(wanted)));
    default:
      throw new Error(`MongoServerError: unknown operator: ${op}`);
  }
}
const anyOf =
  (tests: readonly Test[]): Test =>
  (value) =>
    tests.some((t) => t(value));
const not =
  (test: Test): Test =>
  (value) =>
    !test(value);
/** A value that is a list fits when one of its members does. */
const eachOf =
  (test: Test): Test =>
  (value) =>
    test(value) || (Array.isArray(value) && value.some(test));
const key = (value: unknown): unknown => (value instanceof Date ? `date ${value.getTime()}` : (value ?? null));
function equals(wanted: unknown): Test {
  if (wanted instanceof RegExp) return eachOf((value) => typeof value === "string" && value.search(wanted) >= 0);
  return eachOf((value) => key(value) === key(wanted));
}
function among(wanted: unknown, options: readonly unknown[]): Test {
  if (!Array.isArray(wanted)) throw new Error("MongoServerError: $in needs an array");
  if (options.some((o) => o instanceof RegExp)) throw new Error("MongoServerError: cannot nest $ under $in");
  const keys = new Set(options.map(key));
  return eachOf((value) => keys.has(key(value)));
}
/** Only values of one type have an order (type bracketing). */
function ordered(wanted: unknown, holds: (compared: number) => boolean): Test {
  return eachOf((value) => {
    if (typeof value !== typeof wanted || value instanceof Date !== wanted instanceof Date) return false;
    return holds(compare(value, wanted));
  });
}
export function compare(a: unknown, b: unknown): number {
  const [x, y] = [a instanceof Date ? a.getTime() : a, b instanceof Date ? b.getTime() : b] as [string, string];
  return x === y ? 0 : x === undefined || x < y ? -1 : 1;
}

function stretch(value: unknown): readonly unknown[] {
  if (typeof value !== "string") return [value];
  const [, pattern, flags] = /^\/(.*)\/([gimy]*)$/.exec(value) ?? [];
  const time = new Date(value);
  return [
    value,
    ...(pattern === undefined ? [] : [new RegExp(pattern, flags)]),
    ...(Number(value) === Number.parseFloat(value) ? [Number(value)] : []),
    ...(value.length >= 8 && time.getFullYear() > 1983 ? [time] : []),
    ...(value.includes("*") ? [wildcard(value)] : []),
  ];
}
function wildcard(text: string): RegExp {
  const parts = text.split(/\*+/).map((p) => p.replace(/[[\]\\^$.|?+(){}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/** Those that can fit, from an index where the query names ids or serials; undefined: any. */
export function candidates(docs: Documents, query: Query): ReadonlySet<string> | undefined {
  const ids = named(query["_id"]);
  if (ids) return new Set(ids);
  const serials = named(query["_deviceId._SerialNumber"]);
  if (serials) return new Set(serials.flatMap((s) => [...(docs.bySerial.get(s) ?? [])]));
  const or = query["$or"];
  const parts = Array.isArray(or) ? or.map((q: Query) => candidates(docs, q)) : [undefined];
  return parts.every((p) => p !== undefined) ? new Set(parts.flatMap((p) => [...p])) : undefined;
}
function named(wanted: unknown): readonly string[] | undefined {
  const list = isOperators(wanted) && Object.keys(wanted).length === 1 ? (wanted["$in"] ?? [wanted["$eq"]]) : [wanted];
  return Array.isArray(list) && list.every((v) => typeof v === "string" && !/[*/]/.test(v)) ? list : undefined;
}
