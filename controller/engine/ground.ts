/** The objects that others stand on, such as the group of a plan: which of them are in place, and who waits for one. */
import { type RefKey, refKey, type Subject } from "../core/model.ts";
import { type OwnerKey, ownerKey } from "../core/owner.ts";
import type { Report } from "./run/reconcile.ts";

export const isShared = (key: OwnerKey): boolean => key.split("/", 3)[2] !== "Subscriber";

export class Ground {
  readonly #inPlace = new Set<RefKey>();
  readonly #waiting = new Map<RefKey, Set<OwnerKey>>();
  readonly #seek: () => void;
  readonly #goOn: (waiting: readonly OwnerKey[]) => void;
  /** `seek`: somebody waits for an object whose owner may not have run here yet. `goOn`: what these waited for is there. */
  constructor(seek: () => void, goOn: (waiting: readonly OwnerKey[]) => void) {
    this.#seek = seek;
    this.#goOn = goOn;
  }

  /** Whether all that is wanted of it is in place. */
  holds(subject: Subject): boolean {
    return subject.desired.every((d) => this.#inPlace.has(refKey(d.ref)));
  }
  /** What others stand on is in place, or is not any more. */
  note(subject: Subject, r: Pick<Report, "plan" | "faults">): void {
    if (subject.owner.kind === "Subscriber") return;
    const wanted = new Set(subject.desired.map((d) => refKey(d.ref)));
    for (const c of r.plan.changes) {
      const ref = refKey(c.ref);
      const ready = wanted.has(ref) && c.action === "none" && !c.hold && !r.faults.has(ref);
      if (ready) this.#take(ref);
      else this.#inPlace.delete(ref);
    }
  }
  #take(ref: RefKey): void {
    if (this.#inPlace.has(ref)) return;
    this.#inPlace.add(ref);
    const waiting = this.#waiting.get(ref);
    this.#waiting.delete(ref);
    if (waiting) this.#goOn([...waiting]);
  }

  /** What its objects stand on and is not there yet; from now on it waits for that. */
  missing(subject: Subject): ReadonlyMap<RefKey, readonly RefKey[]> {
    const out = new Map<RefKey, readonly RefKey[]>();
    for (const d of subject.desired) {
      const absent = d.requires?.filter((r) => !this.#inPlace.has(r)) ?? [];
      if (absent.length === 0) continue;
      out.set(refKey(d.ref), absent);
      for (const r of absent) this.#wait(r, subject);
    }
    return out;
  }
  #wait(ref: RefKey, subject: Subject): void {
    const set = this.#waiting.get(ref) ?? new Set();
    if (set.size === 0) this.#seek();
    this.#waiting.set(ref, set.add(ownerKey(subject.owner)));
  }
}
