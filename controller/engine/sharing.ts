/** One of several replicas: takes up what becomes its own, and hands over what is beyond its share once nothing of it is under way. */
import { type OwnerKey, partition } from "../core/owner.ts";
import type { Leases } from "../store/leases.ts";

/** What it needs of a controller. */
interface Worker {
  /** @param isNew whose partition was not held before, or was somebody else's meanwhile. */
  resume(isNew: (key: OwnerKey) => boolean): Promise<void>;
  /** Until nothing that began before, runs aside, can still write. */
  quiet(): Promise<void>;
  readonly engine: { readonly queue: { running(): Iterable<OwnerKey> } };
}
interface SharingOptions {
  readonly worker: Worker;
  readonly leases: Leases;
  readonly onHeld: (held: number) => void;
}

export class Sharing {
  readonly #o: SharingOptions;
  /** Partitions with their tokens, as far as they are taken up. */
  #done: ReadonlyMap<number, string> = new Map();
  #told = 0;
  constructor(o: SharingOptions) {
    this.#o = o;
  }

  async renew(): Promise<void> {
    await this.#o.leases.share();
    this.#tell();
  }
  /** One after the other: what is being taken up is not handed over in the middle. */
  async turn(): Promise<void> {
    await this.#takeUp();
    await this.#handOver();
  }

  /** What is newly ours was somebody else's: it is looked at from the start, and that is tried until it has worked. */
  async #takeUp(): Promise<void> {
    const { worker, leases } = this.#o;
    const now = leases.tokens();
    const gained = new Set([...now].flatMap(([p, token]) => (this.#done.get(p) === token ? [] : [p])));
    if (gained.size > 0) await worker.resume((key) => gained.has(partition(key)));
    this.#done = now;
  }
  /** The rest goes in a later turn: a slow run keeps nothing else. */
  async #handOver(): Promise<void> {
    const { worker, leases } = this.#o;
    const leaving = leases.leaving();
    if (leaving.size === 0) return;
    await worker.quiet();
    const idle = leaving.difference(new Set(Iterator.from(worker.engine.queue.running()).map(partition)));
    if (idle.size === 0) return;
    await leases.release(idle);
    this.#tell();
  }

  #tell(): void {
    const held = this.#o.leases.held();
    if (held !== this.#told) this.#o.onHeld(held);
    this.#told = held;
  }
}
