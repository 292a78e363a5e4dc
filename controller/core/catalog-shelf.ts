/** The objects of one kind, by key. */
import type { KindName, LastmileObject } from "../api/types.generated.ts";
import type { ObjectKey } from "./catalog-key.ts";

/** There may be a hundred thousand of these: as text they take a third of the memory, and the collector passes them by. */
const MANY: ReadonlySet<KindName> = new Set(["Subscriber", "NetworkProfile", "SiteSurvey"]);

export class Shelf {
  readonly #objects = new Map<ObjectKey, LastmileObject | string>();
  /** Whoever asks for one asks for it several times in a row. */
  #last: { readonly key: ObjectKey; readonly object: LastmileObject } | undefined;

  get size(): number {
    return this.#objects.size;
  }
  put(key: ObjectKey, object: LastmileObject): void {
    this.#objects.set(key, MANY.has(object.kind) ? JSON.stringify(object) : object);
    this.#last = undefined;
  }
  delete(key: ObjectKey): void {
    this.#objects.delete(key);
    this.#last = undefined;
  }
  has(key: ObjectKey): boolean {
    return this.#objects.has(key);
  }
  get(key: ObjectKey): LastmileObject | undefined {
    if (this.#last?.key === key) return this.#last.object;
    const found = this.#objects.get(key);
    if (typeof found !== "string") return found;
    const object: LastmileObject = JSON.parse(found);
    this.#last = { key, object };
    return object;
  }
  keys(): Iterable<ObjectKey> {
    return this.#objects.keys();
  }
}
