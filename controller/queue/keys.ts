/** Keys that are ready, in flight, waiting, or to be run again. No key is in flight twice. */

/** A change of at most so many subjects is an edit that somebody waits for. */
export const SMALL_EDIT = 10;

export class KeyQueue {
  readonly #window: number;
  readonly #run: (key: string, small: boolean) => Promise<void>;
  readonly #isShared: (key: string) => boolean;
  readonly #groupOf: (key: string) => string;
  readonly #shared = new Set<string>();
  readonly #small = new Set<string>();
  readonly #bulk = new Set<string>();
  readonly #inFlight = new Map<string, { readonly since: number; readonly small: boolean }>();
  readonly #dirty = new Map<string, boolean>();
  readonly #timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly small: boolean }>();
  #changed: () => void = () => {};
  #pumping = false;
  #failure: { readonly cause: unknown } | undefined;
  #closed = false;

  /**
   * `window`: keys in flight at once; it bounds memory, not calls. Small edits do not wait for it.
   * `shared`: keys that others stand on, such as a plan; bulk keys of the same group begin when none of those is ready or
   * in flight. `group`: such as a tenant, so that the slow plan of one holds up nobody else.
   */
  constructor(
    window: number,
    run: (key: string, small: boolean) => Promise<void>,
    shared: (key: string) => boolean = () => false,
    group: (key: string) => string = () => "",
  ) {
    this.#groupOf = group;
    this.#window = window;
    this.#run = run;
    this.#isShared = shared;
  }

  /** What is in flight becomes dirty and runs again when it is through: an edit is never lost, and never runs beside itself. */
  add(keys: readonly string[], small = keys.length <= SMALL_EDIT): void {
    if (this.#closed) return;
    for (const key of keys) {
      clearTimeout(this.#timers.get(key)?.timer);
      this.#timers.delete(key);
      if (this.#isShared(key)) this.#shared.add(key);
      if (this.#inFlight.has(key)) this.#dirty.set(key, small || this.#dirty.get(key) === true);
      else if (small) {
        this.#bulk.delete(key);
        this.#small.add(key);
      } else if (!this.#small.has(key)) this.#bulk.add(key);
    }
    this.#pump();
  }

  later(key: string, ms: number, small: boolean): void {
    if (this.#closed) return;
    clearTimeout(this.#timers.get(key)?.timer);
    this.#timers.set(key, { timer: setTimeout(() => this.add([key], small), Math.max(1, ms)), small });
  }
  /** What they wait for has come before its time. Each goes on as the edit, or as one of the many, that it was. */
  wake(keys: readonly string[]): void {
    const found = keys.flatMap((key) => {
      const was = this.#timers.get(key) ?? this.#inFlight.get(key);
      return was ? [{ key, small: was.small }] : [];
    });
    for (const small of [true, false])
      this.add(
        found.filter((f) => f.small === small).map((f) => f.key),
        small,
      );
  }

  /** Nothing runs and nothing is ready; keys that wait for their time do not count. */
  idle(): boolean {
    return this.#inFlight.size + this.#small.size + this.#bulk.size === 0;
  }
  counts(): { readonly ready: number; readonly inFlight: number; readonly waiting: number } {
    return { ready: this.#small.size + this.#bulk.size, inFlight: this.#inFlight.size, waiting: this.#timers.size };
  }
  /** What is in flight. */
  running(): Iterable<string> {
    return this.#inFlight.keys();
  }
  /** Milliseconds that the oldest key has been in flight. */
  oldest(): number {
    const first = this.#inFlight.values().next();
    return first.done ? 0 : performance.now() - first.value.since;
  }

  /**
   * Until nothing runs and nothing is ready; with `patience` (ms), also until nothing waits that is worth it. Throws what a
   * run threw.
   */
  async settle(patience = 0, isWorthIt: (key: string) => boolean = () => true): Promise<void> {
    const end = performance.now() + patience;
    for (;;) {
      if (this.#failure) throw this.#failure.cause;
      if (this.idle() && (performance.now() > end || ![...this.#timers.keys()].some(isWorthIt))) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Takes nothing new; what is in flight ends in its own time. */
  close(): void {
    this.#closed = true;
    this.#small.clear();
    this.#bulk.clear();
    this.#dirty.clear();
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #pump(): void {
    if (this.#closed) {
      this.#changed();
      return;
    }
    for (const key of this.#small) this.#begin(this.#small, key);
    const busy = new Set([...this.#shared].map(this.#groupOf));
    for (const key of this.#bulk) {
      if (this.#inFlight.size >= this.#window) break;
      if (busy.size > 0 && !this.#shared.has(key) && busy.has(this.#groupOf(key))) continue;
      this.#begin(this.#bulk, key);
    }
    if (this.#inFlight.size === 0 || this.#failure) this.#changed();
  }

  #begin(from: Set<string>, key: string): void {
    from.delete(key);
    const small = from === this.#small;
    this.#inFlight.set(key, { since: performance.now(), small });
    this.#run(key, small)
      .catch((cause: unknown) => {
        this.#failure ??= { cause };
      })
      .finally(() => {
        this.#inFlight.delete(key);
        this.#shared.delete(key);
        const again = this.#dirty.get(key);
        this.#dirty.delete(key);
        if (again === undefined || this.#failure || this.#closed) this.#pumpSoon();
        else this.add([key], again);
      });
  }

  /** Runs end by the hundred, with one bulk answer: what they make room for is looked at once. */
  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }
}
