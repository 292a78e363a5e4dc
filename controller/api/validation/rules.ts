/** The CEL rules of a schema, compiled once, and the walk that applies them as the API server does. */
import { compile, type Expression } from "../cel/compile.ts";
import { CelError, escapeName, part, tryToCel } from "../cel/values.ts";
import { isArray, isObject, type JsonObject, type Value } from "../json.ts";
import { dotted, indexed, orWhole, type Problem, type Reason } from "../problem.ts";
import type { Rule, Schema } from "../schema.ts";
import { oldItem, unchanged } from "./correlate.ts";

interface CompiledRule extends Expression {
  readonly rule: Rule;
}
/** A part of the schema with rules at or below it. */
interface RuleNode {
  readonly schema: Schema;
  readonly rules: readonly CompiledRule[];
  readonly properties: ReadonlyMap<string, RuleNode>;
  readonly values: RuleNode | undefined;
  readonly items: RuleNode | undefined;
}

export type CheckRules = (object: JsonObject, old: JsonObject | undefined) => readonly Problem[];

/** Throws where a rule does not compile. */
export function compileRules(schema: Schema): CheckRules {
  const node = compileNode(schema);
  return (object, old) => {
    const problems: Problem[] = [];
    if (node) {
      const at = { now: object, old, self: tryToCel(object, schema), oldSelf: old && tryToCel(old, schema), path: "" };
      walk(node, { ...at, isUnchanged: () => old !== undefined && unchanged(object, old, schema) }, problems);
    }
    return problems;
  };
}

function compileNode(schema: Schema): RuleNode | undefined {
  const rules = (schema["x-kubernetes-validations"] ?? []).map((rule) => ({
    rule,
    ...compile(rule.rule),
  }));
  const properties = new Map<string, RuleNode>();
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    const node = compileNode(child);
    if (node) properties.set(key, node);
  }
  const values = schema.additionalProperties && compileNode(schema.additionalProperties);
  const items = schema.items && compileNode(schema.items);
  return rules.length || properties.size || values || items ? { schema, rules, properties, values, items } : undefined;
}

/** One node of the new object with what corresponds to it in the old one. */
interface Position {
  readonly now: Value;
  readonly old: Value | undefined;
  /** The CEL value, or the error that reading it gives. */
  readonly self: unknown;
  readonly oldSelf: unknown;
  readonly path: string;
  /** Whether the nearest correlated node is as it was: then a failing rule was failing before (ratcheting). */
  readonly isUnchanged: () => boolean;
}

/** A node first, then its children. */
function walk(node: RuleNode, at: Position, problems: Problem[]): void {
  if (at.now === null) return;
  for (const rule of node.rules) {
    const problem = apply(rule, at);
    if (problem) problems.push(problem);
  }
  if (isArray(at.now)) walkItems(node, at, at.now, problems);
  else if (isObject(at.now)) walkFields(node, at, at.now, problems);
}

function walkItems(node: RuleNode, at: Position, list: readonly Value[], problems: Problem[]): void {
  if (!node.items) return;
  for (const [i, now] of list.entries()) {
    const old = oldItem(node.schema, at.old, now);
    const oldIndex = old && isArray(at.old) ? at.old.indexOf(old) : -1;
    walk(
      node.items,
      {
        now,
        old,
        self: part(at.self, i),
        oldSelf: old && part(at.oldSelf, oldIndex),
        path: indexed(at.path, i),
        isUnchanged: old ? () => unchanged(now, old, node.schema.items) : at.isUnchanged,
      },
      problems,
    );
  }
}

function walkFields(node: RuleNode, at: Position, object: JsonObject, problems: Problem[]): void {
  for (const [key, now] of Object.entries(object)) {
    const declared = node.schema.properties !== undefined && Object.hasOwn(node.schema.properties, key);
    const child = declared ? node.properties.get(key) : node.values;
    if (child) walk(child, fieldPosition(at, key, now, child.schema, declared), problems);
  }
}

function fieldPosition(at: Position, key: string, now: Value, schema: Schema, declared: boolean): Position {
  const before = isObject(at.old) && Object.hasOwn(at.old, key) ? at.old[key] : undefined;
  const name = declared ? escapeName(key) : key;
  return {
    now,
    old: before ?? undefined,
    self: part(at.self, name),
    oldSelf: part(before === undefined || before === null ? undefined : at.oldSelf, name),
    path: declared ? dotted(at.path, key) : indexed(at.path, key),
    isUnchanged: before === undefined ? at.isUnchanged : () => unchanged(now, before, schema),
  };
}

function apply(rule: CompiledRule, at: Position): Problem | undefined {
  if (rule.readsOld && at.old === undefined) return undefined;
  const variables = { self: at.self, oldSelf: at.oldSelf };
  try {
    if (at.self instanceof CelError) throw at.self;
    if (at.oldSelf instanceof CelError && rule.readsOld) throw at.oldSelf;
    if (rule.run(variables) === true) return undefined;
  } catch (error) {
    return { path: orWhole(at.path), reason: "FieldValueInvalid", message: unevaluated(rule.rule, error) };
  }
  if (!rule.readsOld && at.isUnchanged()) return undefined;
  return {
    path: orWhole(withFieldPath(at.path, rule.rule.fieldPath)),
    reason: (rule.rule.reason as Reason | undefined) ?? "FieldValueInvalid",
    message: rule.rule.message,
  };
}

/** The error of the evaluation is for authors of rules and may quote the value; people get what the rule wants. */
const unevaluated = ({ message }: Rule, error: unknown): string =>
  `${message} (${error instanceof CelError ? error.message : "the rule could not be evaluated"})`;

/** Field paths in crds/ are plain: `.a.b`. */
const withFieldPath = (path: string, fieldPath: string | undefined): string =>
  fieldPath === undefined ? path : path === "" ? fieldPath.slice(1) : path + fieldPath;
