/** How many tickets the tenants have open, as it was when they were counted last: for metrics, never for decisions. */
import type { Session } from "../../reconcilers/system.ts";
import type { TicketCount } from "../../reconcilers/tickets.ts";

export interface TicketCounting {
  readonly sessions: () => ReadonlyMap<string, Session>;
  /** That this process looks after, with the systems that each has bound. */
  readonly tenants: () => ReadonlyMap<string, ReadonlySet<string>>;
}

export class TicketCounts {
  /** By system: what does not answer now is as it was. */
  #known: ReadonlyMap<string, readonly TicketCount[]> = new Map();
  readonly #o: TicketCounting;
  constructor(o: TicketCounting) {
    this.#o = o;
  }

  all(): readonly TicketCount[] {
    return [...this.#known.values()].flat();
  }
  /** @throws Fault of a system that did not answer; the others are counted all the same. */
  async count(signal: AbortSignal): Promise<void> {
    const next = new Map<string, readonly TicketCount[]>();
    const failures: unknown[] = [];
    for (const [system, { tickets }] of this.#o.sessions()) {
      if (!tickets) continue;
      const bound = [...this.#o.tenants()].filter(([, systems]) => systems.has(system));
      const counting = bound.map(async ([tenant]) => ({
        ...(await tickets.counts(tenant, signal)),
        ...{ tenant, system },
      }));
      const counted = await Promise.all(counting).catch((e: unknown) => {
        failures.push(e);
        return this.#known.get(system) ?? [];
      });
      next.set(system, counted);
    }
    this.#known = next;
    if (failures.length > 0) throw failures[0];
  }
}
