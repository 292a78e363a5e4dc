/** One thing that is wrong with an object, in the API server's terms, for people. */
export interface Problem {
  /** `spec.services[1].vlan`; `<nil>` for the object as a whole. */
  readonly path: string;
  readonly reason: Reason;
  /** What is wrong and what would be right. Never the value of a string: it might be a secret in the wrong place. */
  readonly message: string;
  readonly remedy?: string;
}
export type Reason =
  | "UnknownField"
  | "FieldValueTypeInvalid"
  | "FieldValueNotSupported"
  | "FieldValueRequired"
  | "FieldValueTooLong"
  | "FieldValueTooMany"
  | "FieldValueDuplicate"
  | "FieldValueForbidden"
  | "FieldValueInvalid";

/** After one of these the API server does not evaluate rules. */
const BLOCKING: ReadonlySet<Reason> = new Set<Reason>([
  "FieldValueTypeInvalid",
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
]);
export const blocksRules = (problem: Problem): boolean => BLOCKING.has(problem.reason);

export const WHOLE = "<nil>";
/** Schema errors write a key of a map with a dot, rules and duplicates in brackets. */
export const dotted = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);
export const indexed = (path: string, key: string | number): string => `${path}[${key}]`;
export const orWhole = (path: string): string => (path === "" ? WHOLE : path);
