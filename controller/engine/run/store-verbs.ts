/** What the engine asks of the store, as verbs for its lane: each takes a set and is one statement. */
import { type OwnerKey, tenantOf } from "../../core/owner.ts";
import type { AuditRow } from "../../store/audit.ts";
import type { Confirmed, Entry, Intent, Row } from "../../store/inventory.ts";
import type { Store } from "../../store/store.ts";
import { bridgeVerb } from "./fallback.ts";
import type { Verb } from "./lane.ts";

export type StoreVerbs = ReturnType<typeof storeVerbs>;

const ROWS = 500;
const OWNERS = 1000;

export function storeVerbs(store: Store, clock: { now(): number }, retentionMs: (tenant: string) => number) {
  const write = <I>(name: string, run: (rows: readonly I[]) => Promise<unknown>): Verb<I, void> => ({
    name,
    limit: ROWS,
    run: async (rows) => {
      await run(rows);
      return rows.map(() => undefined);
    },
  });
  const entries: Verb<OwnerKey, readonly Entry[]> = {
    name: "entries",
    limit: OWNERS,
    run: (owners) => store.entries(owners, clock.now()),
  };
  return {
    entries,
    intend: write<Intent>("intend", (rows) => store.intend(rows, clock.now())),
    confirm: write<Confirmed>("confirm", (rows) => store.confirm(rows)),
    // A call holds rows of one tenant only: the lane sees to it.
    shelve: write<Row>("shelve", (rows) =>
      store.shelve(rows, clock.now(), retentionMs(tenantOf(rows[0]?.owner ?? ""))),
    ),
    unshelve: write<Row>("unshelve", (rows) => store.unshelve(rows)),
    forget: write<Row>("forget", (rows) => store.forget(rows)),
    bridge: bridgeVerb(store),
    free: write<Pick<Row, "owner">>("free", (rows) => store.free(rows)),
    audit: write<AuditRow>("audit", (rows) => store.audit(rows)),
  };
}
