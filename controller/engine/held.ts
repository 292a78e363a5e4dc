/** Keeps in the store what of each subject waits for a person: other processes show it, and approve it by name. */
import { type HeldPlan, heldPlan } from "../core/held.ts";
import type { Subject } from "../core/model.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import type { HeldRow } from "../store/held.ts";
import type { Store } from "../store/store.ts";
import type { Verb } from "./run/lane.ts";
import type { Ports } from "./run/ports.ts";
import type { Report } from "./run/reconcile.ts";

const ROWS = 500;

export class HeldSink {
  readonly #store: Pick<Store, "heldPlans">;
  readonly #ports: Ports;
  readonly #write: Verb<HeldRow, void>;
  readonly #drop: Verb<OwnerKey, void>;
  /** What is in the store; undefined: it has not been asked since another process may have written. */
  #known: Promise<Map<OwnerKey, HeldPlan>> | undefined;

  constructor(store: Pick<Store, "heldPlans" | "writeHeld" | "dropHeld">, ports: Ports) {
    this.#store = store;
    this.#ports = ports;
    const verb = <I>(name: string, run: (items: readonly I[]) => Promise<void>): Verb<I, void> => ({
      name,
      limit: ROWS,
      run: async (items) => {
        await run(items);
        return items.map(() => undefined);
      },
    });
    this.#write = verb("hold", (rows) => store.writeHeld(rows));
    this.#drop = verb("unhold", (owners) => store.dropHeld(owners));
  }

  async report(owner: OwnerKey, subject: Subject, report: Report, small: boolean): Promise<void> {
    const { plan, seen } = report;
    const known = await this.#recall();
    const before = known.get(owner);
    const held = heldPlan({ subject, changes: plan.changes, seen: (ref) => seen.has(ref), before });
    if (isSame(held, before)) return;
    const by = { tenant: tenantOf(owner), small, attempts: 0 };
    if (held) await this.#ports.store(this.#write, { ...held, owner, planId: report.planId }, by);
    else await this.#ports.store(this.#drop, owner, by);
    if (held) known.set(owner, held);
    else known.delete(owner);
  }
  /** Also of those whom nobody would ask for otherwise, for nothing else of them is left. */
  async owners(): Promise<Iterable<OwnerKey>> {
    return (await this.#recall()).keys();
  }
  /** Of another process's writing nothing is known: the store is asked again. */
  forgetAll(): void {
    this.#known = undefined;
  }

  #recall(): Promise<Map<OwnerKey, HeldPlan>> {
    const known = this.#known ?? this.#store.heldPlans().then((rows) => new Map(rows.map((r) => [r.owner, r])));
    this.#known = known;
    known.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return known;
  }
}

/** What is said follows from the tuples. */
const isSame = (a: HeldPlan | undefined, b: HeldPlan | undefined): boolean =>
  a?.reason === b?.reason && a?.impact === b?.impact && a?.tuples.join("\n") === b?.tuples.join("\n");
