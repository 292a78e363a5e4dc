/** The schema part of the verdict, by ajv with RE2 and the server's formats. */
import { Ajv, type ErrorObject } from "ajv";
import { formats } from "../go/formats.ts";
import { isArray, isObject, type JsonObject, plain, type Value } from "../json.ts";
import { dotted, indexed, orWhole, type Problem, type Reason } from "../problem.ts";
import { re2 } from "../re2.ts";
import type { Schema } from "../schema.ts";
import { ratcheted } from "./correlate.ts";
import { describe } from "./describe.ts";
import { integerProblems } from "./integers.ts";

export type CheckStructure = (object: JsonObject, old: JsonObject | undefined) => readonly Problem[];

export function compileStructure(schema: Schema): CheckStructure {
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    logger: false,
    ownProperties: true,
    validateSchema: false,
    inlineRefs: false,
    verbose: true,
    code: { regExp: asRegExp },
    formats: Object.fromEntries(
      Object.entries(formats).map(([name, validate]) => [name, { type: "string", validate } as const]),
    ),
  });
  const check = ajv.compile(toJsonSchema(schema));
  return (object, old) => {
    const found = check(plain(object))
      ? []
      : reportable(check.errors ?? []).map((e) => ({ ...place(e, object), error: e }));
    const fresh = old ? found.filter((f) => !ratcheted(f.segments, object, old, schema)) : found;
    const problems = fresh.map(({ path, error }) => toProblem(path, error));
    const isOld = (segments: readonly string[]): boolean =>
      old !== undefined && ratcheted(segments, object, old, schema);
    return [...problems, ...integerProblems(object, schema, problems, isOld)];
  };
}

/** The server looks at the pattern of a string only when its length is right. */
function reportable(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const misfits = new Set(errors.filter((e) => LENGTHS.has(e.keyword)).map((e) => e.instancePath));
  return misfits.size ? errors.filter((e) => e.keyword !== "pattern" || !misfits.has(e.instancePath)) : errors;
}
const LENGTHS: ReadonlySet<string> = new Set(["minLength", "maxLength"]);

/** ajv keeps compiled patterns by the text of this object: without `toString` all patterns would be one. */
const asRegExp = Object.assign(
  (pattern: string) => ({ test: (text: string) => re2(pattern).test(text), toString: () => pattern }),
  { code: "re2" },
);

const COPIED = [
  "minLength",
  "maxLength",
  "pattern",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
  "required",
  "minimum",
  "maximum",
  "enum",
] as const satisfies readonly (keyof Schema)[];

function toJsonSchema(schema: Schema): Record<string, unknown> {
  const out: Record<string, unknown> = { description: schema.description, type: schema.type };
  for (const keyword of COPIED) if (schema[keyword] !== undefined) out[keyword] = schema[keyword];
  if (schema.type === "string" && schema.format && formats[schema.format]) {
    // kube-openapi lets an array through where a string has a known format.
    out["type"] = ["string", "array"];
    out["format"] = schema.format;
  }
  if (schema.items) out["items"] = toJsonSchema(schema.items);
  if (schema.additionalProperties) out["additionalProperties"] = toJsonSchema(schema.additionalProperties);
  if (schema.properties) {
    out["properties"] = Object.fromEntries(Object.entries(schema.properties).map(([k, v]) => [k, toJsonSchema(v)]));
  }
  return out;
}

interface Place {
  readonly segments: readonly string[];
  readonly path: string;
}
/** From ajv's JSON pointer to the server's path. */
function place(error: ErrorObject, object: JsonObject): Place {
  const segments = error.instancePath.split("/").slice(1).map(unescapePointer);
  let path = "";
  let value: Value | undefined = object;
  for (const segment of segments) {
    path = isArray(value) ? indexed(path, segment) : dotted(path, segment);
    value = isArray(value) ? value[Number(segment)] : isObject(value) ? value[segment] : undefined;
  }
  return { segments, path };
}
const unescapePointer = (s: string): string => s.replaceAll("~1", "/").replaceAll("~0", "~");

const REASONS: Readonly<Record<string, Reason>> = {
  type: "FieldValueTypeInvalid",
  format: "FieldValueTypeInvalid",
  enum: "FieldValueNotSupported",
  required: "FieldValueRequired",
  maxLength: "FieldValueTooLong",
  maxItems: "FieldValueTooMany",
  maxProperties: "FieldValueTooMany",
};
function toProblem(path: string, error: ErrorObject): Problem {
  const at = error.keyword === "required" ? dotted(path, String(error.params["missingProperty"])) : orWhole(path);
  return { path: at, reason: REASONS[error.keyword] ?? "FieldValueInvalid", ...describe(error) };
}
