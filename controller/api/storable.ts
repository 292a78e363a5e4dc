/**
 * What no database takes is refused object by object: a NUL, or half of a surrogate pair, in any text. The API server lets
 * both through, and one such text would keep everything that comes with it out of the store.
 */
import { isArray, isObject, type Value } from "./json.ts";
import type { Problem } from "./problem.ts";
import type { Validator, Verdict } from "./validate.ts";

export const storable = (validator: Validator): Validator => ({
  validate(object, options) {
    const verdict = validator.validate(object, options);
    return verdict.ok ? checked(verdict) : verdict;
  },
});

function checked(verdict: Extract<Verdict, { ok: true }>): Verdict {
  const problems = [...textsIn(verdict.object as unknown as Value, "")].filter(([, text]) => !isStorable(text));
  return problems.length === 0 ? verdict : { ok: false, problems: problems.map(([path]) => problem(path)) };
}
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
const problem = (path: string): Problem => ({
  ...{ path, reason: "FieldValueInvalid", message: "holds a character that cannot be stored: NUL, or half of a pair" },
  remedy: "remove it",
});

/** Keys too, at the place of what they hold. */
function* textsIn(value: Value, path: string): Generator<readonly [path: string, text: string]> {
  if (typeof value === "string") yield [path, value];
  else if (isArray(value)) for (const [n, one] of value.entries()) yield* textsIn(one, `${path}[${n}]`);
  else if (isObject(value))
    for (const [key, one] of Object.entries(value)) {
      yield [path, key];
      yield* textsIn(one, path === "" ? key : `${path}.${key}`);
    }
}
