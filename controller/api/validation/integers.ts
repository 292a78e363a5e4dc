/** What ajv cannot see once numbers are JavaScript's: floats and integers beyond 64 bits where an integer is wanted. */
import { Float, isArray, isObject, type JsonObject, type Value } from "../json.ts";
import { dotted, indexed, type Problem, WHOLE } from "../problem.ts";
import { fieldSchema, type Schema } from "../schema.ts";
import { typeProblem } from "./describe.ts";

interface Leaf {
  readonly number: number;
  readonly schema: Schema | undefined;
  readonly path: string;
  readonly segments: readonly string[];
}

export function integerProblems(
  object: JsonObject,
  schema: Schema,
  known: readonly Problem[],
  wasThere: (segments: readonly string[]) => boolean,
): readonly Problem[] {
  if (!hasFloat(object)) return [];
  return floats(object, schema, "", [])
    .filter((leaf) => leaf.schema?.type === "integer" && !Number.isSafeInteger(leaf.number) && !wasThere(leaf.segments))
    .flatMap((leaf) => problemsOf(leaf, known));
}

function problemsOf({ number, schema, path }: Leaf, known: readonly Problem[]): readonly Problem[] {
  const beyond = {
    path: WHOLE,
    reason: "FieldValueInvalid",
    message: "a number is beyond the range of int64",
  } as const;
  const reported = known.some((p) => p.path === path && p.reason === "FieldValueTypeInvalid");
  return [...(Math.abs(number) > 2 ** 63 ? [beyond] : []), ...(reported || !schema ? [] : [typeProblem(path, schema)])];
}

function floats(value: Value, schema: Schema | undefined, path: string, segments: readonly string[]): readonly Leaf[] {
  if (value instanceof Float) return [{ number: value.value, schema, path, segments }];
  if (isArray(value)) {
    return value.flatMap((v, i) => floats(v, schema?.items, indexed(path, i), [...segments, String(i)]));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, v]) =>
    floats(v, fieldSchema(schema, key), dotted(path, key), [...segments, key]),
  );
}
const hasFloat = (v: Value): boolean =>
  v instanceof Float || (isArray(v) ? v.some(hasFloat) : isObject(v) && Object.values(v).some(hasFloat));
