/** A rule's text as a function. cel-js parses and runs it; what Kubernetes means differently is exchanged in its AST. */
import { type ASTNode, type Context, Optional, type ParseResult } from "@marcbachmann/cel-js";
import { matches } from "../re2.ts";
import { equal } from "./equal.ts";
import { createEnvironment, OURS, RENAMED } from "./library.ts";
import { CelError } from "./values.ts";

export interface Expression {
  readonly run: (variables: Context) => unknown;
  /** Whether it reads `oldSelf`: then it holds for updates only. */
  readonly readsOld: boolean;
}

const environment = createEnvironment();

/** Throws cel-js's ParseError or TypeError where the text is no valid rule. */
export function compile(text: string): Expression {
  const parsed: ParseResult = environment.parse(text);
  const seen = new Set<Node>();
  adapt(parsed.ast as ASTNode & Node, seen);
  const typed = parsed.check();
  if (!typed.valid) throw typed.error;
  const readsOld = [...seen].some((n) => n.op === "id" && n.args === "oldSelf");
  return { run: (variables) => parsed(variables), readsOld };
}

/** The parts of cel-js's nodes and evaluator that are used here and that its types leave out; hence the exact version. */
interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly meta: Readonly<Record<string, unknown>>;
  setMeta(key: string, value: unknown): Node;
  handle?(left: unknown, right: unknown, node: Node, evaluator: Evaluator): unknown;
}
interface Evaluator {
  run(node: Node, context: object): unknown;
}
type Evaluate = (evaluator: Evaluator, node: Node, context: object) => unknown;

const isNode = (v: unknown): v is Node =>
  typeof v === "object" && v !== null && "op" in v && "args" in v && "meta" in v;

/** Parts of a comprehension that hold functions or point back. */
const SKIPPED: ReadonlySet<string> = new Set(["result", "condition", "iterCtx"]);

function adapt(value: unknown, seen: Set<Node>): void {
  if (Array.isArray(value)) for (const v of value) adapt(v, seen);
  else if (isNode(value)) adaptNode(value, seen);
  else if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    for (const [key, v] of Object.entries(value)) if (!SKIPPED.has(key)) adapt(v, seen);
  }
}

function adaptNode(node: Node, seen: Set<Node>): void {
  if (seen.has(node)) return;
  seen.add(node);
  adapt(node.meta["alternate"], seen);
  if (node.op !== "value") adapt(node.args, seen);
  if (node.op === "call" || node.op === "rcall") adaptCall(node);
  const evaluate = operators[node.op];
  if (evaluate) node.setMeta("evaluate", evaluate).setMeta("async", false);
}

function adaptCall(node: Node): void {
  const args = node.args as [string, unknown, unknown];
  if (args[0] === "has") replaceHas(node, (args[1] as readonly Node[])[0]);
  else if (RENAMED.has(args[0])) {
    if (args[0] === "matches") checkPattern(args[2]);
    args[0] = OURS + args[0];
  }
}

/** A pattern that Go refuses is an error of the rule, not of the object. */
function checkPattern(args: unknown): void {
  const [pattern] = args as readonly Node[];
  if (pattern?.op === "value" && typeof pattern.args === "string") matches(pattern.args, "");
}

interface Checker {
  check(node: Node, context: object): unknown;
  getType(name: string): unknown;
}
/** `has(a.b)`: whether the object a holds b; reading a part that failed to convert fails here too. */
function replaceHas(node: Node, field: Node | undefined): void {
  if (field?.op !== ".") throw new CelError("invalid argument to has() macro");
  const [object, name] = field.args as [Node, string];
  node.setMeta("async", false).setMeta("macro", {
    typeCheck: (checker: Checker, _: unknown, context: object) => {
      checker.check(object, context);
      return checker.getType("bool");
    },
    evaluate: (evaluator: Evaluator, _: unknown, context: object) => holds(evaluator.run(object, context), name),
  });
}
function holds(value: unknown, name: string): boolean {
  if (value instanceof Optional) return value.hasValue() && holds(value.value(), name);
  if (!isPlainObject(value)) throw new CelError(`no such key: ${name}`);
  return Object.hasOwn(value, name) && value[name] !== undefined;
}
const isPlainObject = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === "object" && v !== null && !Array.isArray(v) && [Object, undefined].includes(v.constructor as never);

const both = (evaluator: Evaluator, node: Node, context: object): [unknown, unknown] => {
  const [left, right] = node.args as [Node, Node];
  return [evaluator.run(left, context), evaluator.run(right, context)];
};
/** Go compares strings by their UTF-8 bytes. */
const ordered =
  (holdsFor: (order: number) => boolean): Evaluate =>
  (evaluator, node, context) => {
    const [left, right] = both(evaluator, node, context);
    if (typeof left !== "string" || typeof right !== "string") return node.handle?.(left, right, node, evaluator);
    return holdsFor(Buffer.compare(Buffer.from(left), Buffer.from(right)));
  };
const contains: Evaluate = (evaluator, node, context) => {
  const [item, container] = both(evaluator, node, context);
  if (Array.isArray(container)) return container.some((x) => equal(item, x));
  if (isPlainObject(container)) return typeof item === "string" && holds(container, item);
  return node.handle?.(item, container, node, evaluator);
};

const operators: Readonly<Record<string, Evaluate>> = {
  "==": (...at) => equal(...both(...at)),
  "!=": (...at) => !equal(...both(...at)),
  in: contains,
  "<": ordered((order) => order < 0),
  "<=": ordered((order) => order <= 0),
  ">": ordered((order) => order > 0),
  ">=": ordered((order) => order >= 0),
};
