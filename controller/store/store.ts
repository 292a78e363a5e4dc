/** The store as the engine sees it: all verbs over one pool, fenced by one set of leases. */
import type pg from "pg";
import { type Approvals, openApprovals } from "./approvals.ts";
import { type Audit, openAudit } from "./audit.ts";
import { type Guard, openCalls } from "./calls.ts";
import { type Claims, openClaims } from "./claims.ts";
import { type HeldPlans, openHeld } from "./held.ts";
import { type Inventory, openInventory } from "./inventory.ts";
import type { Leases } from "./leases.ts";
import { type Outbox, openOutbox } from "./outbox.ts";
import { openRequests, type Requests } from "./requests.ts";
import { openRollouts, type Rollouts } from "./rollouts.ts";
import { openStatuses, type Statuses } from "./status.ts";

export type Store = Inventory & Claims & Approvals & Audit & Statuses & HeldPlans & Requests & Outbox & Rollouts;

export function openStore(pool: pg.Pool, { leases, guard }: { leases: Leases; guard?: Guard }): Store {
  const calls = openCalls(pool, guard);
  return {
    ...openInventory(calls, leases),
    ...openClaims(calls, leases),
    ...openStatuses(calls, leases),
    ...openOutbox(calls, leases),
    ...openHeld(calls, leases),
    ...openRequests(calls, leases),
    ...openRollouts(calls, leases),
    ...openApprovals(calls),
    ...openAudit(calls),
  };
}
