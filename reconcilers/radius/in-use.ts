/** Sessions that are waited for, by the name of their account: asked after soon at first, and seldom when it lasts. */

const LOOK_MS = 5_000;
/** A pass over radacct is dear where it is large. */
const SELDOM_MS = 300_000;

export class InUse {
  readonly #waited = new Map<string, { readonly since: number; next: number }>();
  readonly #now: () => number;
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  note(name: string, inUse: boolean): void {
    const now = this.#now();
    if (!inUse) this.#waited.delete(name);
    else if (!this.#waited.has(name)) this.#waited.set(name, { since: now, next: now + LOOK_MS });
  }
  /** Each doubles the time that it has been waited for. */
  due(): readonly string[] {
    const now = this.#now();
    const names = [...this.#waited].flatMap(([name, { next }]) => (next <= now ? [name] : []));
    for (const name of names) {
      const one = this.#waited.get(name)!;
      one.next = now + Math.min(Math.max(now - one.since, LOOK_MS), SELDOM_MS);
    }
    return names;
  }
  isWaited = (name: string): boolean => this.#waited.has(name);
}
