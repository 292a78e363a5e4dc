/** What a ticket system must be able to do for Lastmile. The README says how another than ours would do it. */
import type { Facts, State } from "../../controller/core/model.ts";
import type { OwnerKey, Token } from "../../controller/core/owner.ts";
import type { Fault } from "../errors.ts";
import type { Order } from "../system.ts";
import type { TicketDesk } from "../tickets.ts";

/** One ticket as the system has it. */
export interface Found {
  readonly id: string;
  /** Undefined: nobody of ours owns it. */
  readonly token: Token | undefined;
  readonly retired: boolean;
  readonly state: State;
  readonly facts: Facts;
}
/** An installation that was completed. */
export interface Installed {
  readonly id: string;
  /** The customer left. */
  readonly retired: boolean;
}
/** Of tickets that somebody worked on, and of those that became overdue. */
export interface Happened {
  readonly cursor: Cursor;
  readonly keys: readonly string[];
}
export interface Cursor {
  readonly transaction: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface FieldworkDriver {
  /** By key; not in the map: surely absent. */
  read(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Found>>;
  /** One outcome per order, same order; each is safe to repeat. No technician is given one hour twice, by whomever. */
  apply(orders: readonly Order[], signal: AbortSignal): Promise<readonly (Found | null | Fault)[]>;
  installed(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Installed>>;
  /** Nothing is made: what is not completed yet is waited for. */
  settle(orders: readonly Order[], signal: AbortSignal): Promise<readonly (Installed | null | Fault)[]>;
  /** What a scope (`installation/tenant`) owns, by key: one page after `after`. */
  page(scope: string, after: string, signal: AbortSignal): Promise<readonly Owned[]>;
  happened(since: Cursor | undefined, signal: AbortSignal): Promise<Happened>;
  readonly desk: TicketDesk;
  version(signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}
export interface Owned {
  readonly key: string;
  readonly owner: OwnerKey;
}
