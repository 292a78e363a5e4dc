/** ajv's errors in words: what is wrong and what would be right. */
import type { ErrorObject } from "ajv";
import type { Problem } from "../problem.ts";
import type { Schema } from "../schema.ts";
import { nearest } from "./nearest.ts";

type Words = Pick<Problem, "message" | "remedy">;

/** Needs ajv's `verbose`: the schema of the node and the value come with the error. */
export function describe(error: ErrorObject): Words {
  const schema = error.parentSchema as Schema;
  return words[error.keyword]?.(schema, error) ?? { message: error.message ?? "is invalid" };
}

export const typeProblem = (path: string, schema: Schema): Problem => ({
  path,
  reason: "FieldValueTypeInvalid",
  message: `must be ${TYPES[schema.type ?? "object"]}`,
});

const TYPES: Readonly<Record<string, string>> = {
  object: "an object",
  array: "a list",
  string: "a string",
  integer: "a whole number",
  boolean: "true or false",
};
const FORMATS: Readonly<Record<string, string>> = {
  date: "a date such as 2026-11-25",
  "date-time": "a time such as 2026-11-25T10:00:00Z",
  email: "an e-mail address",
};

const words: Readonly<Record<string, (schema: Schema, error: ErrorObject) => Words>> = {
  type: (schema, { data }) => ({
    message: `must be ${TYPES[firstOf(schema.type)]}, not ${kindOf(data)}`,
    ...(firstOf(schema.type) === "string" && isScalar(data) && { remedy: "write it in quotes" }),
  }),
  format: (schema) => ({ message: `must be ${FORMATS[schema.format ?? ""] ?? schema.format}` }),
  enum: ({ enum: values = [] }, { data }) => {
    const meant = typeof data === "string" ? nearest(data, values) : undefined;
    return { message: `must be one of ${values.join(", ")}`, ...(meant && { remedy: `did you mean ${meant}?` }) };
  },
  required: (schema, { params }) => ({
    message: `is required: ${schema.properties?.[String(params["missingProperty"])]?.description ?? ""}`.trimEnd(),
  }),
  pattern: (schema) => ({
    message: `does not have the expected form: ${schema.description}`,
    remedy: `match ${schema.pattern}`,
  }),
  minimum: (schema, { data }) => ({ message: `is ${data}, ${bounds(schema)}` }),
  maximum: (schema, { data }) => ({ message: `is ${data}, ${bounds(schema)}` }),
  minLength: ({ minLength = 0 }) => ({
    message: minLength === 1 ? "must not be empty" : `must have at least ${minLength} characters`,
  }),
  maxLength: ({ maxLength }, { data }) => ({
    message: `has ${Array.from(String(data)).length} characters, at most ${maxLength} are allowed`,
  }),
  minItems: ({ minItems }) => ({ message: `must have at least ${count(minItems, "item")}` }),
  maxItems: ({ maxItems }, { data }) => ({
    message: `has ${(data as readonly unknown[]).length} items, at most ${maxItems} are allowed`,
  }),
  minProperties: ({ minProperties }) => ({ message: `must have at least ${count(minProperties, "field")}` }),
  maxProperties: ({ maxProperties }, { data }) => ({
    message: `has ${Object.keys(data as object).length} fields, at most ${maxProperties} are allowed`,
  }),
};

const firstOf = (type: string | readonly string[] | undefined): string =>
  (typeof type === "string" ? type : type?.[0]) ?? "object";
const isScalar = (v: unknown): boolean => typeof v === "number" || typeof v === "boolean";
const kindOf = (v: unknown): string =>
  v === null ? "null" : Array.isArray(v) ? "a list" : typeof v === "object" ? "an object" : `a ${typeof v}`;
const count = (n: number | undefined, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
const bounds = ({ minimum, maximum }: Schema): string => `allowed are ${minimum} to ${maximum}`;
