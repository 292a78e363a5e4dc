/** Ends what is due: what retention kept, and the personal data of those who have left. */
import { personalDataMs } from "../core/policy.ts";
import type { Erasing } from "../store/erasing.ts";
import type { Leases } from "../store/leases.ts";
import type { Store } from "../store/store.ts";
import type { Declared } from "./declared.ts";
import type { Engine } from "./engine.ts";

interface Ending {
  readonly declared: Declared;
  readonly engine: Pick<Engine, "verified" | "enqueue">;
  readonly store: Store;
  readonly leases: Pick<Leases, "tends">;
  /** Left out: nothing is erased here. */
  readonly erasing?: Erasing | undefined;
  /** ms since the epoch. */
  readonly now: number;
}

export async function purgeDue(o: Ending): Promise<void> {
  const { declared, engine, store, now } = o;
  const due = await store.dueOwners(now);
  const entries = await store.entries(due, now);
  due.forEach((owner, n) => {
    if (declared.declares(owner) && entries[n]?.every((e) => e.due)) declared.end(owner);
  });
  engine.verified.forget(due);
  engine.enqueue(due);
  await eraseDue(o);
}

/** When its retention is over or somebody asked, and no system holds anything. */
async function eraseDue({ declared, erasing, leases, now }: Ending): Promise<void> {
  if (!erasing) return;
  const over = [...declared.tenants()].map((t) => ({ tenant: t.metadata.name, before: now - personalDataMs(t) }));
  const found = await erasing.due(over, now - personalDataMs(undefined));
  await erasing.erase(
    found.filter(({ owner }) => leases.tends(owner)),
    now,
  );
}
