/** The real store on a test database, opened as a controller opens it. */
import type pg from "pg";
import { type Budget, openBudget } from "../../controller/store/budget.ts";
import { openCalls } from "../../controller/store/calls.ts";
import { type Leases, openLeases } from "../../controller/store/leases.ts";
import { openStore, type Store } from "../../controller/store/store.ts";
import type { Guard } from "./faults.ts";

export interface TestStore {
  readonly store: Store;
  readonly budget: Budget;
  readonly leases: Leases;
}
/** `holder` alike: a restart of the same process takes its partitions back at once. */
export async function openTestStore(
  pool: pg.Pool,
  guard: Guard,
  { percent = 0, floor = 1000, holder = "controller", ttlMs = 120_000 } = {},
): Promise<TestStore> {
  const leases = openLeases(openCalls(pool), holder);
  await leases.acquire(ttlMs);
  const budget = openBudget(openCalls(pool, guard), leases, () => ({ percent, floor, windowMs: 86_400_000 }));
  return { store: openStore(pool, { leases, guard }), budget, leases };
}

export async function clearStore(pool: pg.Pool): Promise<void> {
  await pool.query(`truncate lastmile.partitions, lastmile.replicas, lastmile.inventory, lastmile.claims, lastmile.ledger,
    lastmile.reservations, lastmile.budgets, lastmile.approvals, lastmile.held, lastmile.requests,
    lastmile.rollouts, lastmile.rollout_members`);
}
