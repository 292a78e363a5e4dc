/** The watches of all kinds, and what they have told and nobody has taken in yet. */
import type { KindName } from "../api/types.generated.ts";
import type { ObjectKey } from "../core/catalog-key.ts";
import type { KubeApi, KubeError } from "../kubernetes/api.ts";
import { type Kept, type Mirror, trimmed } from "../kubernetes/kept.ts";
import { collectionOf, KINDS } from "../kubernetes/kinds.ts";
import { openReflector, type Reflection, type Reflector } from "../kubernetes/reflector.ts";
import type { World } from "../kubernetes/world.ts";

export interface WatchesOptions {
  readonly api: KubeApi;
  readonly world: World;
  readonly trouble: (error: KubeError) => void;
  /** Hears of every object that was told of, before it is taken as declared. */
  readonly told?: (keys: readonly ObjectKey[]) => void;
}

export class Watches {
  readonly #o: WatchesOptions;
  readonly #signal: AbortSignal;
  readonly #reflectors: Reflector<Kept | Mirror>[] = [];
  readonly #inbox: { readonly kind: KindName; readonly reflection: Reflection<Kept | Mirror> }[] = [];
  #wake: () => void = () => {};
  constructor(o: WatchesOptions, signal: AbortSignal) {
    this.#o = o;
    this.#signal = signal;
  }

  /** Until the signal. */
  async run(): Promise<void> {
    const running = KINDS.map((kind) => this.#reflect(kind));
    this.#signal.addEventListener("abort", () => this.#wake(), { once: true });
    await Promise.all(running);
  }
  async #reflect(kind: KindName): Promise<void> {
    const { api, trouble } = this.#o;
    const of = collectionOf(kind);
    const signal = this.#signal;
    const reflector = openReflector({ api, of, trim: (object) => trimmed(kind, object), signal, trouble });
    this.#reflectors.push(reflector);
    for await (const reflection of reflector.run()) {
      this.#inbox.push({ kind, reflection });
      this.#wake();
    }
  }

  /** Until there is something to take, or the signal came. */
  async next(): Promise<void> {
    while (this.#inbox.length === 0 && !this.#signal.aborted)
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
  }
  /** Answers the keys that were told of. */
  take(): readonly ObjectKey[] {
    const { world, told = () => {} } = this.#o;
    return this.#inbox.splice(0).flatMap(({ kind, reflection }) => {
      const heard = world.take(kind, reflection);
      told(heard);
      return heard;
    });
  }
  /** Milliseconds since the quietest of them heard anything; undefined: one has heard nothing yet. */
  age(): number | undefined {
    const ages = this.#reflectors.map((r) => r.age());
    return ages.length === 0 || ages.includes(undefined) ? undefined : Math.max(...ages.map((age) => age ?? 0));
  }
}
