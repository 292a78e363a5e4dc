/** How many tickets the tenants have open, as it was when they were counted last: for metrics, never for decisions. */
import type { Session } from "../../reconcilers/system.ts";
import type { TicketCount, TicketDesk } from "../../reconcilers/tickets.ts";
import { Counted } from "./counted.ts";

export interface TicketCounting {
  readonly sessions: () => ReadonlyMap<string, Session>;
  /** That this process looks after, with the systems that each has bound. */
  readonly tenants: () => ReadonlyMap<string, ReadonlySet<string>>;
}

export class TicketCounts {
  readonly #counted = new Counted<TicketCount>();
  readonly #o: TicketCounting;
  constructor(o: TicketCounting) {
    this.#o = o;
  }

  all(): readonly TicketCount[] {
    return this.#counted.all();
  }
  /** @throws Fault of a system that did not answer; the others are counted all the same. */
  count(signal: AbortSignal): Promise<void> {
    const asked = new Map<string, Promise<readonly TicketCount[]>>();
    for (const [system, { tickets }] of this.#o.sessions())
      if (tickets) asked.set(system, this.#of(system, tickets, signal));
    return this.#counted.keep(asked);
  }
  #of(system: string, tickets: TicketDesk, signal: AbortSignal): Promise<readonly TicketCount[]> {
    const bound = [...this.#o.tenants()].filter(([, systems]) => systems.has(system));
    return Promise.all(
      bound.map(async ([tenant]) => ({ ...(await tickets.counts(tenant, signal)), ...{ tenant, system } })),
    );
  }
}
