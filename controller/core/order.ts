/** Pure: makers before users, otherwise by name; so that the same set always gives the same list. */
import { type Change, type RefKey, refKey } from "./model.ts";

export function inOrder(changes: readonly Change[]): readonly Change[] {
  if (changes.length < 2) return changes;
  const waiting = new Map(changes.map((c) => [refKey(c.ref), c] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
  const out: Change[] = [];
  for (let moved = true; moved; ) {
    moved = false;
    for (const [key, c] of waiting) {
      if (c.after.some((r) => r !== key && waiting.has(r))) continue;
      out.push(c);
      waiting.delete(key);
      moved = true;
    }
  }
  const cycle: RefKey[] = [...waiting.keys()];
  const hold = { code: "Blocked", message: `cycle: ${cycle.join(" → ")}` } as const;
  return [...out, ...[...waiting.values()].map((c): Change => ({ ...c, hold }))];
}
