/** What carries our marker, and nobody declares or remembers. Reads only. */
import { refKey } from "../../core/model.ts";
import type { OwnerKey } from "../../core/owner.ts";
import type { Store } from "../../store/store.ts";
import { chunks } from "../chunks.ts";
import type { Declared } from "../declared.ts";
import type { Marked } from "./marked.ts";

export interface Orphan extends Marked {
  /** Its owner is declared, and wants no such object. */
  readonly declared: boolean;
}

export async function orphansOf(
  marked: readonly Marked[],
  declared: Declared,
  store: Pick<Store, "entries">,
  now: number,
): Promise<readonly Orphan[]> {
  const found: Orphan[] = [];
  for (const owners of chunks(Map.groupBy(marked, (m) => m.owner))) {
    const entries = await store.entries(
      owners.map(([owner]) => owner),
      now,
    );
    owners.forEach(([owner, of], n) => {
      const remembered = new Set(entries[n]?.map((e) => e.ref));
      const loose = of.filter((m) => !remembered.has(refKey(m.observed.ref)) && !isWanted(m, owner, declared));
      found.push(...loose.map((m) => ({ ...m, declared: declared.declares(owner) })));
    });
  }
  return found;
}

/** Of what is blocked nothing can be told: its objects are its own. */
function isWanted({ observed }: Marked, owner: OwnerKey, declared: Declared): boolean {
  if (!declared.declares(owner)) return false;
  const { desired, blocked } = declared.outline(owner);
  return blocked.length > 0 || desired.some((d) => refKey(d.ref) === refKey(observed.ref));
}
