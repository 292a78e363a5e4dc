/** Keys that need work: each once, never two workers on one, and those that failed again after a growing while. */
import { setTimeout as sleep } from "node:timers/promises";

export interface Backoff {
  /** Milliseconds. */
  readonly first: number;
  readonly last: number;
}

export class Round<K> {
  readonly #dirty = new Set<K>();
  readonly #busy = new Set<K>();
  readonly #failures = new Map<K, number>();
  readonly #backoff: Backoff;
  #wake: (() => void)[] = [];

  constructor(backoff: Backoff) {
    this.#backoff = backoff;
  }

  add(keys: Iterable<K>): void {
    for (const key of keys) this.#dirty.add(key);
    for (const wake of this.#wake.splice(0)) wake();
  }
  /** The same of what nothing new is known of: who failed waits for his turn. */
  remind(keys: Iterable<K>): void {
    this.add([...keys].filter((key) => !this.#failures.has(key)));
  }
  /** Works on whatever comes until the signal. `work` rejects where it is to be tried again. */
  async run(work: (key: K) => Promise<void>, failed: (error: unknown) => void, signal: AbortSignal): Promise<void> {
    const awake = (): void => this.add([]);
    signal.addEventListener("abort", awake, { once: true });
    while (!signal.aborted) {
      const key = this.#next();
      if (key === undefined) await new Promise<void>((wake) => this.#wake.push(wake));
      else await this.#one(key, work, failed, signal);
    }
    signal.removeEventListener("abort", awake);
  }

  #next(): K | undefined {
    for (const key of this.#dirty) {
      if (this.#busy.has(key)) continue;
      this.#dirty.delete(key);
      return key;
    }
    return undefined;
  }
  async #one(key: K, work: (key: K) => Promise<void>, failed: (error: unknown) => void, signal: AbortSignal) {
    this.#busy.add(key);
    try {
      await work(key);
      this.#failures.delete(key);
    } catch (e) {
      if (!signal.aborted) failed(e);
      this.#later(key, signal);
    } finally {
      this.#busy.delete(key); // what came meanwhile is taken by this worker, which looks next
    }
  }
  #later(key: K, signal: AbortSignal): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const { first, last } = this.#backoff;
    // Only after the last of its failures: each look in between would else add a chain of tries of its own.
    const again = (): void => {
      if (this.#failures.get(key) === failures + 1) this.add([key]);
    };
    void sleep(Math.min(first * 2 ** failures, last), undefined, { signal }).then(again, () => undefined);
  }
}
