/** What the store remembers of one owner, in memory; every verb may be where the process dies. */
import { parseRef, type RefKey } from "../../../controller/core/model.ts";
import type { StoreVerbs } from "../../../controller/engine/run/store-verbs.ts";
import type { Confirmed, Entry, Intent, Row } from "../../../controller/store/inventory.ts";
import type { Guard } from "../faults.ts";

export class Inventory {
  readonly entries = new Map<RefKey, Entry>();
  /** Nothing is owned any more, not even a name. */
  freed = true;

  /** Retention is over for what is out of service. */
  endRetention(): void {
    for (const [ref, e] of this.entries) if (e.shelved) this.entries.set(ref, { ...e, due: true });
  }
  /** Endpoints where an account is in service. */
  accountsAt(): readonly string[] {
    const live = [...this.entries.values()].filter((e) => !e.shelved).map((e) => parseRef(e.ref));
    return live.filter((ref) => ref.resource === "account").map((ref) => ref.system);
  }

  verbs(guard: Guard): StoreVerbs {
    const verb = <I, O>(name: string, one: (input: I) => O) => ({
      ...{ name, limit: 500 },
      run: (items: readonly I[]): Promise<readonly O[]> => guard(name, async () => items.map(one)),
    });
    const set = (ref: RefKey, more: Partial<Entry>): void => {
      const e = this.entries.get(ref);
      if (e) this.entries.set(ref, { ...e, ...more });
    };
    return {
      entries: verb("entries", () => [...this.entries.values()]),
      intend: verb("intend", (i: Intent) => this.#intend(i)),
      confirm: verb("confirm", ({ ref, needs, id, outputs, adopted }: Confirmed) => {
        if (!this.entries.has(ref)) this.#intend({ owner: "", ref, needs });
        const first = this.entries.get(ref)?.outputs;
        const chosen = first && Object.keys(first).length > 0 ? first : outputs;
        set(ref, { id, needs, ...(chosen && { outputs: chosen }), ...(adopted && { adopted: true }) });
      }),
      shelve: verb("shelve", ({ ref }: Row) => set(ref, { shelved: true })),
      unshelve: verb("unshelve", ({ ref }: Row) => set(ref, { shelved: false, due: false })),
      forget: verb("forget", ({ ref }: Row) => void this.entries.delete(ref)),
      free: verb("free", () => {
        this.freed = true;
      }),
      audit: verb("audit", () => undefined),
      bridge: verb("bridge", () => undefined),
    };
  }
  #intend({ ref, needs, adopted }: Intent): void {
    this.freed = false;
    const open = { due: false, id: undefined, shelved: false, intentAt: 0 };
    if (!this.entries.has(ref)) this.entries.set(ref, { ref, needs, adopted: adopted === true, ...open });
  }
}
