/** Pure: the secret of an object that is about to be adopted. Whoever uses it goes on with it: it takes the made one's place. */

import { type Plan, refKey } from "./model.ts";
import type { PlanInput } from "./plan.ts";
import { Sensitive } from "./sensitive.ts";

/** Undefined: there is none to be read, or the made secret is in use already. */
export function takenOver(p: Plan, { desired, seen, fields }: Pick<PlanInput, "desired" | "seen" | "fields">) {
  const adopted = new Set(p.changes.flatMap((c) => (c.action === "adopt" && !c.hold ? refKey(c.ref) : [])));
  if (adopted.size === 0) return undefined;
  let found: Sensitive | undefined;
  for (const d of desired) {
    const have = seen.get(refKey(d.ref));
    for (const [field, { rotates, secretIn }] of Object.entries(fields(d.ref))) {
      const [stands, made] = [have?.state[field] ?? null, d.spec[field]];
      if (!rotates || stands === null || !(made instanceof Sensitive) || made.label === undefined) continue;
      if (!rotates(stands, made)) return undefined;
      if (adopted.has(refKey(d.ref))) found ??= secretIn?.(stands);
    }
  }
  return found;
}
