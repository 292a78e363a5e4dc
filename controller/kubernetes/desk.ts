/** Brings the API server's objects to what the store says of them: status, events, finalizers. Reads and writes no spec. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ObjectKey } from "../core/catalog-key.ts";
import type { Refusal } from "../core/status/refused.ts";
import { hold, isHeld, letGo, needsHold } from "./finalizer.ts";
import type { Kept } from "./kept.ts";
import { Mirrors } from "./mirrors.ts";
import type { DeskOptions } from "./ports.ts";
import { Round } from "./round.ts";
import { Statuses } from "./statuses.ts";

const LOOK_MS = 500;
const SWEEP_MS = 1_000;
const AT_ONCE = 16;
const BACKOFF = { first: 500, last: 60_000 };

export class Desk {
  readonly #o: DeskOptions;
  readonly #round = new Round<ObjectKey>(BACKOFF);
  readonly #statuses: Statuses;
  readonly #mirrors: Mirrors;
  /** Whether it was told what is refused: until then nobody knows what a status is to say. */
  #isTold = false;
  #wake: () => void = () => {};
  readonly #nudged = (wake: () => void): void => {
    this.#wake = wake;
  };

  constructor(o: DeskOptions) {
    this.#o = o;
    this.#statuses = new Statuses(o);
    this.#mirrors = new Mirrors(o);
  }

  /** Until the signal. Never rejects: whatever goes wrong is told and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    this.#statuses.forget();
    this.#isTold = false;
    let mark = "0";
    const look = async (): Promise<void> => {
      if (!this.#isTold) return;
      const next = await this.#o.ports.mark();
      for await (const rows of this.#o.ports.changedSince(mark)) this.#round.add(this.#statuses.differing(rows));
      // Of these the store does not speak; what the server said before anybody knew what is refused was not looked at.
      if (mark === "0") this.#round.add([...this.#statuses.declaredOnly(), ...this.#mirrors.missing()]);
      mark = next;
    };
    const worker = (): Promise<void> => this.#round.run((key) => this.#work(key, signal), this.#o.trouble, signal);
    await Promise.all([
      repeat(LOOK_MS, look, { ...this.#o, signal, nudged: this.#nudged }),
      repeat(SWEEP_MS, () => this.#sweep(signal), { ...this.#o, signal }),
      ...Array.from({ length: AT_ONCE }, worker),
    ]);
  }
  /** Something in the store may be other than it was: it is looked at without waiting for the next turn. */
  nudge(): void {
    this.#wake();
  }
  /** The server told of these objects. */
  told(keys: readonly ObjectKey[]): void {
    this.#round.add(keys.filter((key) => this.#statuses.concerns(key) || this.#mirrors.concerns(key)));
  }
  /** What is declared there and not accepted. */
  refused(refused: ReadonlyMap<ObjectKey, readonly Refusal[]>): void {
    this.#round.add(this.#statuses.refuse(refused));
    if (!this.#isTold) this.nudge();
    this.#isTold = true;
  }

  /** Lets go of what is out of service everywhere, and holds what is not held yet. */
  async #sweep(signal: AbortSignal): Promise<void> {
    const { world, ports } = this.#o;
    const here = [...world.values()];
    this.#round.remind(here.filter((k) => this.#isLeftUnheld(k)).map((k) => k.key));
    const leaving = here.filter(isLeaving).map((k) => k.key);
    if (leaving.length === 0) return;
    const standing = await ports.standing(leaving);
    if (!signal.aborted) this.#round.remind(leaving.filter((key) => !standing.has(key)));
  }

  #isLeftUnheld(object: Kept): boolean {
    const { world, ports } = this.#o;
    return needsHold(object) && !world.beingHeld.has(object.key) && ports.enforces(object);
  }

  /** @throws KubeError, StoreError: then it is tried again. */
  async #work(key: ObjectKey, signal: AbortSignal): Promise<void> {
    const { api, world, ports } = this.#o;
    const object = world.get(key);
    if (!this.#isTold || !ports.mayWrite()) return;
    await this.#mirrors.write(key, signal);
    if (!object) return;
    // Asked at that moment: it may have been made again since it was looked for.
    if (isLeaving(object) && !(await ports.standing([key])).has(key)) {
      if (ports.mayWrite()) world.read(key, await letGo(api, object, signal));
      return;
    }
    await this.#statuses.write(key, signal);
    this.#round.add(this.#mirrors.declaredBeside(object));
    const now = world.get(key); // the source may have held it meanwhile
    if (now && this.#isLeftUnheld(now)) world.read(key, await hold(api, now, signal));
  }
}
const isLeaving = (object: Kept): boolean => object.deleting && isHeld(object);

interface Repeating {
  readonly signal: AbortSignal;
  readonly trouble: (error: unknown) => void;
  /** Hears how to begin the next turn at once. */
  readonly nudged?: (wake: () => void) => void;
}
async function repeat(ms: number, work: () => Promise<void>, { signal, trouble, nudged }: Repeating): Promise<void> {
  while (!signal.aborted) {
    const next = new AbortController();
    nudged?.(() => next.abort()); // also while the work goes on: what it has read may be old by then
    await work().catch((e: unknown) => {
      if (!signal.aborted) trouble(e);
    });
    await sleep(ms, undefined, { signal: AbortSignal.any([signal, next.signal]) }).catch(() => undefined);
  }
}
