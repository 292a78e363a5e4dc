/** Hints that anybody's script may send: one look at each owner in ten seconds, and none is lost. */
import type { OwnerKey } from "../core/owner.ts";

const EVERY_MS = 10_000;
/** Above so many, those whose time is over are forgotten. */
const MANY = 10_000;

export class HintPace {
  readonly #last = new Map<OwnerKey, number>();
  readonly #waiting = new Map<OwnerKey, NodeJS.Timeout>();
  readonly #look: (owner: OwnerKey) => void;

  constructor(look: (owner: OwnerKey) => void) {
    this.#look = look;
  }
  /** Of one who waits for his look already a second word says nothing new. */
  tell(owner: OwnerKey): void {
    if (this.#waiting.has(owner)) return;
    const wait = (this.#last.get(owner) ?? Number.NEGATIVE_INFINITY) + EVERY_MS - performance.now();
    if (wait <= 0) this.#now(owner);
    else this.#waiting.set(owner, setTimeout(() => this.#now(owner), wait).unref());
  }
  close(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
  }

  #now(owner: OwnerKey): void {
    this.#waiting.delete(owner);
    if (this.#last.size >= MANY) this.#forget(performance.now() - EVERY_MS);
    this.#last.delete(owner); // so that the oldest stand first
    this.#last.set(owner, performance.now());
    this.#look(owner);
  }
  #forget(before: number): void {
    for (const [owner, at] of this.#last) {
      if (at >= before) return;
      this.#last.delete(owner);
    }
  }
}
