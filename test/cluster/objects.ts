/** Objects that are nearly right: the complete tenant with some fields replaced by good, bad and borderline values. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parseAllDocuments } from "yaml";
import { Float, isArray, isObject, type JsonObject, type Value } from "../../controller/api/json.ts";
import { readKinds } from "../../controller/api/kinds.ts";
import type { Schema } from "../../controller/api/schema.ts";

const file = join(import.meta.dirname, "../../controller/api/testing/tenant.yaml");
export const documents: readonly JsonObject[] = parseAllDocuments(readFileSync(file, "utf8")).map(
  (d) => d.toJS() as JsonObject,
);

const odd = fc.constantFrom<Value>(null, "", " ", "x", 0, -1, 1.5, true, [], {}, ["x", "x"], { a: 1 }, new Float(100));
const integers = fc.constantFrom<Value>(
  0,
  1,
  7,
  48,
  56,
  64,
  100,
  4094,
  4095,
  new Float(100),
  9007199254740993n,
  new Float(2 ** 63),
);
const addresses =
  "10.0.1.100 010.0.0.1 10.0.0.256 224.0.0.1 127.0.0.1 2001:db8::100 2001:DB8::1 fe80::1 ::ffff:1.2.3.4 ::".split(" ");
const prefixes =
  "10.0.1.0/24 10.0.1.7/24 203.0.113.0/29 10.0.0.0/33 2001:db8::/64 2001:db8::1/64 2001:db8:1::/56 2001:db8:1::/48 2001:DB8::/60 10.0.1.0".split(
    " ",
  );
const durations = "0s 30s 1m 24h 1h30m 90m 1d 24 h 99999h".split(" ");
const speeds = "100Mbps 99Mbps 1Gbps 2.5Gbps 512kbps 100M 0Mbps".split(" ");
const times = [
  "2026-11-25",
  "2026-02-29",
  "2026-11-20T10:00:00Z",
  "2026-11-20t10:00:00z",
  "2026-11-20T10:00:00+01:00",
  "2026-11-20 10:00",
];
const names = [
  "internet",
  "voice",
  "mitte",
  "res-v4",
  "John",
  "a.b",
  "fiber_1gbps",
  "x".repeat(64),
  "Über",
  "100-109",
  "109-100",
  "4095",
];
const wires = [
  "john@acme.example",
  "john@acme",
  "a b@c.d",
  "https://netbox.example",
  "postgresql://u:p@h/d",
  "olt1.example:50060",
  "smtp://m",
  '"x"',
  "Auth-Type",
];
const strings = fc.constantFrom(...[addresses, prefixes, durations, speeds, times, names, wires].flat());

/** A value for a schema: mostly of the right type, often not a right one. */
function valueFor(schema: Schema): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 24, arbitrary: typed(schema) }, { weight: 1, arbitrary: odd });
}
function typed(schema: Schema): fc.Arbitrary<Value> {
  if (schema.enum) return fc.constantFrom<Value>(...schema.enum, ...schema.enum, "Other");
  if (schema.items) return fc.array(valueFor(schema.items), { maxLength: 3 });
  if (schema.properties) return record(schema);
  if (schema.additionalProperties)
    return fc.dictionary(fc.constantFrom("a", "b.c", "d/e"), valueFor(schema.additionalProperties), { maxKeys: 2 });
  if (schema.type === "boolean") return fc.boolean();
  if (schema.type === "integer")
    return fc.oneof(integers, fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 10 }));
  return schema.type === "string" ? strings : odd;
}
function record(schema: Schema): fc.Arbitrary<Value> {
  const fields = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([k, child]) => [k, fc.constant(child).chain(valueFor)]),
  );
  const present = fc.record(fields, { requiredKeys: [...(schema.required ?? [])] });
  return fc.oneof(
    { weight: 29, arbitrary: present },
    { weight: 1, arbitrary: present.map((o) => ({ ...o, unknownField: 1 })) },
  );
}

/** One to three fields somewhere below spec replaced or removed. */
export function nearly(document: JsonObject): fc.Arbitrary<JsonObject> {
  const { schema } = readKinds().find((k) => k.kind === document["kind"])!;
  const spec = schema.properties!["spec"]!;
  return fc.array(change(spec), { minLength: 1, maxLength: 3 }).map((changes) => ({
    ...document,
    spec: changes.reduce<Value>((value, apply) => apply(value), document["spec"]!),
  }));
}
type Change = (value: Value) => Value;
function change(schema: Schema): fc.Arbitrary<Change> {
  const here = fc.option(valueFor(schema), { nil: undefined, freq: 8 }).map(
    (v): Change =>
      () =>
        v ?? null,
  );
  if (schema.properties) return fc.oneof({ weight: 8, arbitrary: inField(schema) }, { weight: 1, arbitrary: here });
  if (schema.items) return fc.oneof({ weight: 3, arbitrary: inItem(schema.items) }, { weight: 1, arbitrary: here });
  return here;
}
function inField(schema: Schema): fc.Arbitrary<Change> {
  return fc.constantFrom(...Object.entries(schema.properties ?? {})).chain(([key, child]) =>
    change(child).map(
      (apply): Change =>
        (value) =>
          isObject(value) ? { ...value, [key]: apply(value[key] ?? startOf(child)) } : value,
    ),
  );
}
const startOf = (schema: Schema): Value => (schema.properties ? {} : schema.items ? [] : null);
function inItem(schema: Schema): fc.Arbitrary<Change> {
  return fc.tuple(fc.nat(), change(schema)).map(
    ([at, apply]): Change =>
      (value) => {
        if (!isArray(value) || value.length === 0) return [apply(startOf(schema))];
        return value.map((item, i) => (i === at % value.length ? apply(item) : item));
      },
  );
}

/** JSON as Go tells numbers apart: 100.0 stays a float. */
export function serialize(value: Value): string {
  if (value instanceof Float)
    return Math.abs(value.value) < 1e15 ? value.value.toFixed(1) : value.value.toExponential();
  if (typeof value === "bigint") return String(value);
  if (isArray(value)) return `[${value.map(serialize).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([k, v]) => `${JSON.stringify(k)}:${serialize(v)}`)
    .join()}}`;
}
