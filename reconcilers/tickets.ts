/** What people do with tickets, whatever system keeps them. */
import type { OwnerKey } from "../controller/core/owner.ts";

export interface TicketView {
  readonly number: string;
  readonly key: string;
  /** Undefined: nobody of ours. */
  readonly owner: OwnerKey | undefined;
  readonly tenant: string;
  readonly subscriber: string;
  readonly visit: number;
  readonly state: "Scheduled" | "Completed" | "Cancelled";
  readonly priority: string;
  readonly team: string;
  readonly technician: string | undefined;
  /** RFC 3339. */
  readonly scheduledAt: string;
  readonly slaDue: string;
  readonly overdue: boolean;
  readonly result: string | undefined;
}
/** One ticket in full: also what a technician needs, which is personal. */
export interface TicketDetail extends TicketView {
  readonly timeZone: string;
  readonly skills: readonly string[];
  readonly more: Readonly<Record<string, string>>;
  readonly events: readonly TicketEvent[];
}
export interface TicketEvent {
  readonly at: string;
  readonly what: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly actor: string;
}
export interface TicketFilter {
  readonly tenant?: string;
  readonly technician?: string;
  /** Undefined: open ones. */
  readonly state?: "Scheduled" | "Completed" | "Cancelled" | "All";
  readonly overdue?: boolean;
  readonly unassigned?: boolean;
}
export interface TicketCounts {
  readonly open: number;
  readonly overdue: number;
  readonly unassigned: number;
}
/** As they are told in metrics. */
export interface TicketCount extends TicketCounts {
  readonly tenant: string;
  readonly system: string;
}
/** `by`: who does it, for the events. Each is refused with a Fault that says why. */
export interface TicketDesk {
  list(filter: TicketFilter, signal: AbortSignal): Promise<readonly TicketView[]>;
  /** By number; undefined: there is none. */
  show(number: string, signal: AbortSignal): Promise<TicketDetail | undefined>;
  complete(number: string, result: string | undefined, by: string, signal: AbortSignal): Promise<TicketView>;
  /** @param at `HH:MM`; undefined: the tenant's time of day. */
  reschedule(
    number: string,
    to: { readonly day: string; readonly at: string | undefined },
    by: string,
    signal: AbortSignal,
  ): Promise<TicketView>;
  cancel(number: string, result: string | undefined, by: string, signal: AbortSignal): Promise<TicketView>;
  /** @param technician undefined: whoever is free and can do it. */
  assign(number: string, technician: string | undefined, by: string, signal: AbortSignal): Promise<TicketView>;
  /** Of a tenant. */
  counts(tenant: string, signal: AbortSignal): Promise<TicketCounts>;
}
