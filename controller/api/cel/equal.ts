/** CEL's ==, with the sets and keyed lists of Kubernetes. */
import { Duration } from "@marcbachmann/cel-js/evaluator";
import { Cidr, Ip } from "../go/netip.ts";
import { Quantity } from "../go/quantity.ts";
import { isUnordered } from "./values.ts";

export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === "bigint" && typeof b === "number") return Number(a) === b;
  if (typeof a === "number" && typeof b === "bigint") return a === Number(b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && sameLists(a, b);
  if (a.constructor !== b.constructor) return false;
  return sameObjects(a, b);
}

function sameObjects(a: object, b: object): boolean {
  if (a instanceof Date) return a.getTime() === (b as Date).getTime();
  if (a instanceof Duration) return a.seconds === (b as Duration).seconds && a.nanos === (b as Duration).nanos;
  if (a instanceof Ip || a instanceof Cidr) return String(a) === String(b);
  if (a instanceof Quantity) return a.nanos === (b as Quantity).nanos;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length && keys.every((k) => Object.hasOwn(right, k) && equal(left[k], right[k]))
  );
}

/** Keyed lists need no look at their keys: equal items have equal keys, and no key stands twice. */
function sameLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  if (!isUnordered(a) && !isUnordered(b)) return a.every((x, i) => equal(x, b[i]));
  return a.every((x) => b.some((y) => equal(x, y))) && b.every((y) => a.some((x) => equal(x, y)));
}
