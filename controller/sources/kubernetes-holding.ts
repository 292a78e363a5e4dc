/** New objects are held by our finalizer before they are told of: what is served may not vanish unseen. */
import { kindOfKey, type ObjectKey } from "../core/catalog-key.ts";
import { type KubeApi, KubeError } from "../kubernetes/api.ts";
import { hold, needsHold } from "../kubernetes/finalizer.ts";
import type { Kept } from "../kubernetes/kept.ts";
import { sideBySide } from "../kubernetes/side-by-side.ts";
import type { World } from "../kubernetes/world.ts";

export interface HoldingOptions {
  readonly api: KubeApi;
  readonly world: World;
  readonly trouble: (error: KubeError) => void;
  /** Whether an object is to be held by our finalizer: where Lastmile only looks, none is. */
  readonly holds: (object: Kept) => boolean;
}
/** Requests, as many as the connection has room for: what waits longer than that would run out of its time. */
const AT_ONCE = 16;
const TRIES = 5;

export class Holding {
  readonly #o: HoldingOptions;
  readonly #signal: AbortSignal;
  constructor(o: HoldingOptions, signal: AbortSignal) {
    this.#o = o;
    this.#signal = signal;
  }

  /** undefined: it is held, or need not be. */
  unheld(key: ObjectKey): Kept | undefined {
    const object = this.#o.world.get(key);
    return object && needsHold(object) && this.#o.holds(object) ? object : undefined;
  }
  /** Answers which of these are to be held; from now on nobody else does that. Subscribers last: what they name comes before them. */
  claim(keys: readonly ObjectKey[]): readonly ObjectKey[] {
    const { beingHeld } = this.#o.world;
    const unheld = keys.filter((key) => this.unheld(key));
    beingHeld.clear();
    for (const key of unheld) beingHeld.add(key);
    return unheld.toSorted((a, b) => Number(isSubscriber(a)) - Number(isSubscriber(b)));
  }
  async hold(keys: readonly ObjectKey[]): Promise<void> {
    const unheld = keys.flatMap((key) => this.unheld(key) ?? []);
    await sideBySide(unheld, AT_ONCE, (object) => this.#holdOne(object));
  }

  /** Who else writes the object at that moment makes it fail, so it is tried on what they left. */
  async #holdOne(object: Kept): Promise<void> {
    const { api, world, trouble } = this.#o;
    try {
      for (let now: Kept | undefined = object, tries = 0; now && needsHold(now) && tries < TRIES; tries++) {
        now = await hold(api, now, this.#signal);
        world.read(object.key, now);
      }
    } catch (e) {
      if (!(e instanceof KubeError)) throw e;
      if (!this.#signal.aborted) trouble(e); // it is served all the same, and held as soon as that can be done
    } finally {
      world.beingHeld.delete(object.key);
    }
  }
}
const isSubscriber = (key: ObjectKey): boolean => kindOfKey(key) === "Subscriber";
