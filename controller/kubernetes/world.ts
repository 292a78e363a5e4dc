/** All objects of ours that the API server holds, as far as it has told. */
import type { KindName } from "../api/types.generated.ts";
import type { ObjectKey } from "../core/catalog-key.ts";
import type { Kept, Mirror } from "./kept.ts";
import type { Reflection } from "./reflector.ts";

export class World {
  readonly #kept = new Map<ObjectKey, Kept>();
  readonly #mirrors = new Map<ObjectKey, Mirror>();
  readonly #listed = new Set<KindName>();
  /** Whoever reads is putting our finalizer on these: a second hand would be refused, and have to look again. */
  readonly beingHeld = new Set<ObjectKey>();

  get(key: ObjectKey): Kept | undefined {
    return this.#kept.get(key);
  }
  /** What Lastmile made; never read as a declaration. */
  mirror(key: ObjectKey): Mirror | undefined {
    return this.#mirrors.get(key);
  }
  values(): Iterable<Kept> {
    return this.#kept.values();
  }
  /** Whether each of these was listed since `forget`. */
  knows(kinds: readonly KindName[]): boolean {
    return kinds.every((kind) => this.#listed.has(kind));
  }
  forget(): void {
    this.#kept.clear();
    this.#mirrors.clear();
    this.#listed.clear();
    this.beingHeld.clear();
  }

  /** Answers the keys that were told of. */
  take(kind: KindName, reflection: Reflection<Kept | Mirror>): readonly ObjectKey[] {
    if (reflection.type === "all") return this.#replace(kind, reflection.objects);
    const { key } = reflection.object;
    if (reflection.type === "put") this.put(reflection.object);
    else {
      // A later one of the same name may have been read already.
      if (this.#kept.get(key)?.uid === reflection.object.uid) this.#kept.delete(key);
      if (this.#mirrors.get(key)?.uid === reflection.object.uid) this.#mirrors.delete(key);
    }
    return [key];
  }
  /** As it was read by name; undefined: it is surely not there. */
  read(key: ObjectKey, found: Kept | Mirror | undefined): void {
    if (found) this.put(found);
    else this.#kept.delete(key);
  }
  /** The document stays the same one while nothing in it differs, so that it is not judged again. */
  put(object: Kept | Mirror): void {
    const known = this.#kept.get(object.key);
    const mirror = this.#mirrors.get(object.key);
    for (const other of [known, mirror]) if (other && isOlder(object, other)) return; // read by name, ahead of the watch
    if (object.generated) {
      this.#kept.delete(object.key);
      this.#mirrors.set(object.key, object);
      return;
    }
    this.#mirrors.delete(object.key);
    const document = known?.digest === object.digest ? known.document : object.document;
    this.#kept.set(object.key, { ...object, document });
  }
  #replace(kind: KindName, objects: readonly (Kept | Mirror)[]): readonly ObjectKey[] {
    this.#listed.add(kind);
    const here = new Set(objects.map((o) => o.key));
    const known = [...this.#kept.values(), ...this.#mirrors.values()];
    const gone = known.filter((k) => k.kind === kind && !here.has(k.key)).map((k) => k.key);
    for (const key of gone) {
      this.#kept.delete(key);
      this.#mirrors.delete(key);
    }
    for (const object of objects) this.put(object);
    return [...here, ...gone];
  }
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions: those of one server can be compared. */
const isOlder = (a: Kept | Mirror, b: Kept | Mirror): boolean => BigInt(a.resourceVersion) < BigInt(b.resourceVersion);
