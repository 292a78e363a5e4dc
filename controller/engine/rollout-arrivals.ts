/** Takes down who has arrived on the revision that he was released to, and who was refused there. */
import type { Fault } from "../../reconcilers/errors.ts";
import { type Change, isDone, refKey } from "../core/model.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import type { Revisions } from "../core/revisions.ts";
import type { Progress } from "../core/rollout.ts";
import type { Arrival } from "../store/rollouts.ts";
import type { Store } from "../store/store.ts";
import type { Declared, Declaring } from "./declared.ts";
import type { Verb } from "./run/lane.ts";
import type { Ports } from "./run/ports.ts";
import type { Report } from "./run/reconcile.ts";

interface ArrivalsOptions {
  readonly declared: Declared;
  readonly store: Pick<Store, "arrive">;
  readonly ports: Ports;
}
const ROWS = 500;

export class Arrivals {
  readonly #o: ArrivalsOptions;
  /** What was written of each step: most runs have nothing new to say. */
  readonly #written = new WeakMap<Progress, Set<string>>();
  readonly #arrive: Verb<Arrival, void>;

  constructor(o: ArrivalsOptions) {
    this.#o = o;
    this.#arrive = {
      name: "arrive",
      limit: ROWS,
      run: async (rows) => {
        await o.store.arrive(rows);
        return rows.map(() => undefined);
      },
    };
  }

  async report(key: OwnerKey, subject: Declaring, report: Report, small: boolean): Promise<void> {
    for (const [plan, revisions] of this.#o.declared.catalog.unsettled()) {
      if (revisions.member(key)?.place !== "Released") continue;
      const arrived = outcomeOf(subject, plan, revisions, report);
      if (arrived !== undefined) await this.#write(key, plan, revisions.progress, arrived, small);
    }
  }
  async #write(owner: OwnerKey, plan: string, progress: Progress, arrived: boolean, small: boolean): Promise<void> {
    const written = this.#written.get(progress) ?? new Set();
    this.#written.set(progress, written);
    const word = `${arrived} ${owner}`;
    if (written.has(word)) return;
    const tenant = tenantOf(owner);
    const [installation] = owner.split("/", 1);
    const row = { plan: `${installation}/${tenant}/${plan}`, owner, target: progress.rollout.target, arrived };
    await this.#o.ports.store(this.#arrive, row, { tenant, small, attempts: 0 });
    written.add(word);
  }
}

/** True: nothing of what it stood on before is used any more. False: it was refused. Undefined: it may still come. */
function outcomeOf(subject: Declaring, plan: string, { progress }: Revisions, r: Report): boolean | undefined {
  const { resolution } = subject;
  const on = resolution?.ok ? resolution.subject.plan : undefined;
  const isOn = on !== undefined && `ServicePlan/${on.namespace}/${on.name}` === plan;
  // A run that began before the step went by what counted then.
  if (isOn && (on.revision ?? 1) !== progress.rollout.target) return undefined;
  if (r.settled || stands(subject, r)) return true;
  return [...r.faults.values()].some(isRefusal) ? false : undefined;
}
const REFUSALS: ReadonlySet<string> = new Set(["Rejected", "Forbidden", "Conflict"]);
/** Who is told when to come again was not refused: a NAS that takes the sessions one after the other, or says nothing. */
const isRefusal = ({ kind, retryAfterMs }: Fault): boolean => REFUSALS.has(kind) && retryAfterMs === undefined;

/** A device that has not reported keeps nobody on the old revision: what stands on shared objects is in place. */
function stands({ blocked, desired }: Declaring, { faults, plan }: Report): boolean {
  const shared = new Set(desired.flatMap((d) => (d.requires ? refKey(d.ref) : [])));
  const inPlace = (c: Change): boolean => isDone(c) || (!c.hold && (c.action === "none" || !shared.has(refKey(c.ref))));
  return blocked.length === 0 && [...faults.values()].every((f) => f.kind === "Waiting") && plan.changes.every(inPlace);
}
