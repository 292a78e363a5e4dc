/** Keeps inventory, ledger and audit in step with what one run saw and did. */

import type { Fault } from "../../../reconcilers/errors.ts";
import {
  type Change,
  type Desired,
  isDone,
  type Observed,
  type Plan,
  type RefKey,
  refKey,
  type Subject,
} from "../../core/model.ts";
import { needs } from "../../core/plan.ts";
import type { Intent } from "../../store/inventory.ts";
import type { Knowledge, Means } from "./knowledge.ts";
import type { StoreVerbs } from "./store-verbs.ts";

/** What there still is of a subject: something that nobody wants, exactly what is wanted, nothing. */
export type Rest = "left" | "wanted" | "gone";

export class Books {
  effects = 0;
  readonly #known: Knowledge;
  readonly #confirmed = new Set<RefKey>();
  readonly #means: Means;
  constructor(known: Knowledge, means: Means) {
    this.#known = known;
    this.#means = means;
  }

  /** One audit row for one effect, done or refused by the system. */
  async record(c: Change, planId: string, outcome: "Done" | Fault): Promise<void> {
    const { ports, verbs, clock } = this.#means;
    if (outcome === "Done") this.effects++;
    const by = this.#means.by(this.#known.owner);
    const row = {
      ...(by && { by }),
      owner: this.#known.owner,
      ref: refKey(c.ref),
      action: c.action,
      changes: c.fields,
      planId,
      outcome: outcome === "Done" ? "Done" : outcome.code,
      at: clock.now(),
      ...(outcome !== "Done" && outcome.kind === "Waiting" && { once: true }),
    };
    await ports.store(verbs.audit, row, this.#known.by());
  }

  /** Only what the system chose is remembered: what else it tells may change from day to day. */
  async confirm(row: Intent, { ref, id, outputs }: Observed): Promise<void> {
    const { ports, verbs } = this.#means;
    const rules = ports.fields(ref);
    const chosen = Object.entries(outputs).filter(([field]) => rules[field]?.authority === "allocated");
    this.#confirmed.add(row.ref);
    await ports.store(verbs.confirm, { ...row, id, outputs: Object.fromEntries(chosen) }, this.#known.by());
  }

  /** Also for a run that died between an effect and its entry, and for a store that was lost. */
  async tidy(p: Plan, { desired, blocked }: Subject): Promise<Rest> {
    const { ports, verbs } = this.#means;
    const { entries, owner } = this.#known;
    const wanted = new Set(desired.map((d) => refKey(d.ref)));
    if (entries.size > 0) await Promise.all(p.changes.map((c) => this.#tidyOne(refKey(c.ref), wanted)));
    const done = new Set(p.changes.filter(isDone).map((c) => refKey(c.ref)));
    const strangers = desired.filter((d) => this.#unremembered(refKey(d.ref), done));
    await Promise.all(strangers.map((d) => this.#remember(d)));
    if (blocked.length > 0 || this.#left(wanted)) return "left";
    if (wanted.size > 0) return "wanted";
    // Claims go in a statement of their own, after the last object behind them is surely gone.
    await ports.store(verbs.free, { owner }, this.#known.by());
    return "gone";
  }
  #left(wanted: ReadonlySet<RefKey>): boolean {
    return [...this.#known.entries.keys()].some((key) => !wanted.has(key) && !this.#isGone(key));
  }
  /** What stands there without our mark is somebody else's. */
  #isGone(ref: RefKey): boolean {
    const { seen, token } = this.#known;
    const have = seen.get(ref);
    return have === null || (have !== undefined && have.token !== token(ref));
  }

  /** It is there and ours, and nothing says so here: it would be left behind when its owner goes. */
  #unremembered(ref: RefKey, done: ReadonlySet<RefKey>): boolean {
    const { entries, seen, token } = this.#known;
    const entry = entries.get(ref);
    if (this.#confirmed.has(ref) || seen.get(ref)?.token !== token(ref) || entry?.id !== undefined) return false;
    // An intent that has not come true yet stays one: its id says that it was once as it should be.
    return entry === undefined || done.has(ref);
  }
  async #remember({ ref, spec }: Desired): Promise<void> {
    const { ports, verbs } = this.#means;
    const { entries, seen, owner } = this.#known;
    const key = refKey(ref);
    const have = seen.get(key);
    const row = { owner, ref: key, needs: needs(spec) };
    if (!entries.has(key)) {
      await ports.store(verbs.intend, { ...row, adopted: true as const }, this.#known.by());
      this.#known.taken(key);
    }
    if (have) await this.confirm(row, have);
  }

  async #tidyOne(ref: RefKey, wanted: ReadonlySet<RefKey>): Promise<void> {
    const { entries, seen } = this.#known;
    const [entry, have] = [entries.get(ref), seen.get(ref)];
    if (!entry || have === undefined) return;
    if (wanted.has(ref)) {
      if (entry.shelved && have && !have.retired) await this.#write("unshelve", ref);
    } else if (this.#isGone(ref)) await this.#write("forget", ref);
    else if (have?.retired && !entry.shelved) await this.#write("shelve", ref);
  }

  #write(verb: "shelve" | "unshelve" | "forget", ref: RefKey): Promise<void> {
    const { ports, verbs } = this.#means;
    const write: StoreVerbs["forget"] = verbs[verb];
    return ports.store(write, { owner: this.#known.owner, ref }, this.#known.by());
  }
}
