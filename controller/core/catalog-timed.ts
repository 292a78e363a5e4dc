/** Objects that time changes: as they were declared, and when the next moment of each comes. */
import type { LastmileObject } from "../api/types.generated.ts";
import type { ObjectKey } from "./catalog-key.ts";
import { Shelf } from "./catalog-shelf.ts";
import { type Timing, timingAt } from "./schedule.ts";

export class Timed {
  readonly #declared = new Shelf();
  readonly #timings = new Map<ObjectKey, Timing>();
  /** Never later than the first moment; asked for all the time, and known anew only when one has come or gone. */
  #first = Number.POSITIVE_INFINITY;

  put(key: ObjectKey, declared: LastmileObject, now: number): void {
    const timing = declared.kind === "Subscriber" ? timingAt(declared.spec, now) : undefined;
    this.delete(key);
    if (!timing) return;
    this.#declared.put(key, declared);
    this.#timings.set(key, timing);
    this.#first = Math.min(this.#first, timing.next?.at ?? Number.POSITIVE_INFINITY);
  }
  delete(key: ObjectKey): void {
    this.#declared.delete(key);
    this.#timings.delete(key);
  }
  declared(key: ObjectKey): LastmileObject | undefined {
    return this.#declared.get(key);
  }
  timing(key: ObjectKey): Timing | undefined {
    return this.#timings.get(key);
  }
  due(now: number): readonly ObjectKey[] {
    if (now < this.#first) return [];
    const due: ObjectKey[] = [];
    this.#first = Number.POSITIVE_INFINITY;
    for (const [key, { next }] of this.#timings) {
      if (!next) continue;
      this.#first = Math.min(this.#first, next.at);
      if (next.at <= now) due.push(key);
    }
    return due;
  }
}
