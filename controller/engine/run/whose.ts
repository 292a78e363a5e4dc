/** Whose an object is, for systems that tell of themselves: their word names an object, and a run is of its owner. */
import type { RefKey, Subject } from "../../core/model.ts";
import { refKey } from "../../core/model.ts";
import { type OwnerKey, ownerKey } from "../../core/owner.ts";

export class Whose {
  readonly #by = new Map<RefKey, OwnerKey>();
  readonly #tells: (system: string) => boolean;

  /** `tells`: whether a system gives hints; what is kept for others would be kept for nobody. */
  constructor(tells: (system: string) => boolean) {
    this.#tells = tells;
  }
  note(subject: Subject): void {
    const owner = ownerKey(subject.owner);
    for (const { ref } of subject.desired) if (this.#tells(ref.system)) this.#by.set(refKey(ref), owner);
  }
  /** Each owner once; what nobody here has asked for is nobody's. */
  of(refs: Iterable<RefKey>): readonly OwnerKey[] {
    return [...new Set([...refs].flatMap((ref) => this.#by.get(ref) ?? []))];
  }
}
