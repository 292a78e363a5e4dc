/** Turns many single asks into few bulk calls. The subject is a coroutine; the batch is a property of the lane. */
import { Fault } from "../../../reconcilers/errors.ts";

/** One kind of call at one endpoint. Compared by identity: items of different verbs never share a call. */
export interface Verb<I, O> {
  readonly name: string;
  readonly limit: number;
  run(items: readonly I[]): Promise<readonly (O | Fault)[]>;
}
export interface Asking {
  readonly tenant: string;
  /** Part of a small edit: may use the reserved slot. */
  readonly small: boolean;
  /** How often this subject failed here: suspects travel in ever smaller calls, so one bad item is soon alone. */
  readonly attempts: number;
}
interface Item {
  readonly input: unknown;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}
interface Group {
  readonly verb: Verb<unknown, unknown>;
  readonly width: number;
  readonly items: Item[];
}

const SMALL = 10;
function width(limit: number, by: Asking): number {
  if (by.attempts > 1) return 1;
  return by.small || by.attempts === 1 ? Math.min(limit, SMALL) : limit;
}

export class Lane {
  readonly #slots: number;
  #running = 0;
  #bulkRunning = 0;
  #armed = false;
  readonly #small = new Map<string, Group>();
  readonly #bulk = new Map<string, Group>();
  readonly #names = new Map<object, number>();
  /** Calls and items so far, for tests and metrics. */
  readonly count = { calls: 0, items: 0 };

  constructor(slots: number) {
    if (slots < 2) throw new RangeError("a lane needs two slots: one is reserved for small edits");
    this.#slots = slots;
  }

  /** Resolves to the answer for this one item; rejects with its Fault, or with what the whole call threw. */
  ask<I, O>(verb: Verb<I, O>, input: I, by: Asking): Promise<O> {
    const size = width(verb.limit, by);
    const queue = by.small ? this.#small : this.#bulk;
    const key = `${this.#nameOf(verb)}|${by.tenant}|${size}`;
    return new Promise<O>((resolve, reject) => {
      const item = { input, resolve: resolve as Item["resolve"], reject };
      const group = queue.get(key);
      if (group) group.items.push(item);
      else queue.set(key, { verb: verb as unknown as Group["verb"], width: size, items: [item] });
      this.#arm();
    });
  }

  /** Items that wait for a call, now. */
  backlog(): number {
    let n = 0;
    for (const queue of [this.#small, this.#bulk]) for (const g of queue.values()) n += g.items.length;
    return n;
  }

  /** All that becomes ready in one turn of the event loop travels together. */
  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    setImmediate(() => {
      this.#armed = false;
      while (this.#running < this.#slots && this.#start(this.#small, false));
      while (this.#running < this.#slots && this.#bulkRunning < this.#slots - 1 && this.#start(this.#bulk, true));
    });
  }

  /** Round robin over verbs and tenants: what is left of a group goes to the end. */
  #start(queue: Map<string, Group>, bulk: boolean): boolean {
    const next = queue.entries().next().value;
    if (!next) return false;
    const [key, group] = next;
    queue.delete(key);
    const items = group.items.splice(0, group.width);
    if (group.items.length) queue.set(key, group);
    this.#running++;
    if (bulk) this.#bulkRunning++;
    void this.#call(group.verb, items).finally(() => {
      this.#running--;
      if (bulk) this.#bulkRunning--;
      this.#arm();
    });
    return true;
  }

  async #call(verb: Verb<unknown, unknown>, items: readonly Item[]): Promise<void> {
    this.count.calls++;
    this.count.items += items.length;
    try {
      const results = await verb.run(items.map((i) => i.input));
      items.forEach((item, n) => {
        const r = results[n];
        if (r instanceof Fault) item.reject(r);
        else item.resolve(r);
      });
    } catch (e) {
      for (const item of items) item.reject(e);
    }
  }

  #nameOf(verb: object): number {
    const known = this.#names.get(verb) ?? this.#names.size;
    this.#names.set(verb, known);
    return known;
  }
}
