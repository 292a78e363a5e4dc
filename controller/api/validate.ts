/** Offline validation with the API server's verdict: strict fields, defaults, schema, list identity, CEL, ratcheting. */
import { isObject, type JsonObject, plain } from "./json.ts";
import { readKinds } from "./kinds.ts";
import { blocksRules, type Problem, WHOLE } from "./problem.ts";
import type { Kind } from "./schema.ts";
import { API_VERSION, type LastmileObject } from "./types.generated.ts";
import { duplicates } from "./validation/duplicates.ts";
import { checkMetadata, unknown, unknownMetadata } from "./validation/metadata.ts";
import { nearest } from "./validation/nearest.ts";
import { unknownFields, withDefaults } from "./validation/prepare.ts";
import { type CheckRules, compileRules } from "./validation/rules.ts";
import { type CheckStructure, compileStructure } from "./validation/structure.ts";

export type Verdict =
  | { readonly ok: true; readonly object: LastmileObject }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface Validator {
  /**
   * The object with its defaults, or everything that is wrong with it. `old` makes it an update.
   * Numbers come as `numberFromSource` of json.ts gives them; ordinary numbers are fine where 100.0 need not be told from 100.
   */
  validate(object: unknown, options?: { readonly old?: unknown }): Verdict;
}

interface Checks {
  readonly structure: CheckStructure;
  readonly rules: CheckRules;
}

/** Compiles a kind when it is first seen. */
export function createValidator(kinds: readonly Kind[] = readKinds()): Validator {
  const byName = new Map(kinds.map((k) => [k.kind, k]));
  const compiled = new Map<Kind, Checks>();
  const checksOf = (kind: Kind): Checks => {
    const checks = compiled.get(kind) ?? { structure: compileStructure(kind.schema), rules: compileRules(kind.schema) };
    compiled.set(kind, checks);
    return checks;
  };
  return {
    validate(object, { old } = {}) {
      if (!isObject(object))
        return refused(problem(WHOLE, "must be an object with apiVersion, kind, metadata and spec"));
      const kind = typeof object["kind"] === "string" ? byName.get(object["kind"]) : undefined;
      if (object["apiVersion"] !== API_VERSION) return refused(problem("apiVersion", `must be ${API_VERSION}`));
      if (!kind) return refused(unknownKind(object["kind"], [...byName.keys()]));
      return judge(object, isObject(old) ? old : undefined, kind, checksOf(kind));
    },
  };
}

function judge(given: JsonObject, givenOld: JsonObject | undefined, kind: Kind, checks: Checks): Verdict {
  const strange = strangeFields(given, kind);
  if (strange.length) return refused(...strange);
  const object = withDefaults(given, kind.schema);
  const old = givenOld && withDefaults(givenOld, kind.schema);
  const problems = [
    ...checkMetadata(object, kind),
    ...checks.structure(object, old),
    ...duplicates(object, old, kind.schema),
  ];
  if (problems.some(blocksRules)) return refused(...problems, problem(WHOLE, UNCHECKED));
  problems.push(...checks.rules(object, old));
  // The schema has just proven the shape that the generated types describe.
  return problems.length ? refused(...problems) : { ok: true, object: plain(object) as JsonObject & LastmileObject };
}
const UNCHECKED =
  "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";

/** Like the server's strict decoding: when there are any, nothing else is checked. */
const strangeFields = (object: JsonObject, { schema }: Kind): readonly Problem[] => [
  ...unknownMetadata(object),
  ...unknownFields({ ...object, metadata: {} }, schema).map((f) => unknown(f.path, f.key, f.known)),
];

const refused = (...problems: readonly Problem[]): Verdict => ({ ok: false, problems });
const problem = (path: string, message: string): Problem => ({ path, reason: "FieldValueInvalid", message });
function unknownKind(kind: unknown, known: readonly string[]): Problem {
  const meant = typeof kind === "string" ? nearest(kind, known) : undefined;
  return {
    path: "kind",
    reason: "FieldValueNotSupported",
    message: `must be one of ${known.join(", ")}`,
    ...(meant && { remedy: `did you mean ${meant}?` }),
  };
}
