/** The report of who was found as at the last run: nothing was looked up in the store, nothing was done. */
import { type OwnerKey, parseOwner } from "../../core/owner.ts";
import { knownFrom } from "../../core/plan.ts";
import type { Report } from "./reconcile.ts";

export function asBefore(key: OwnerKey): Report {
  const seen = new Map();
  return {
    plan: { owner: parseOwner(key), changes: [] },
    planId: "",
    settled: true,
    faults: new Map(),
    known: knownFrom(seen, () => undefined),
    seen,
    facts: new Map(),
    placed: () => true,
    adopted: () => false,
    rest: "wanted",
    effects: 0,
  };
}
