/** Secrets that people keep change without a word, so those that were used are read again, a few at a time. */
import type { Sensitive } from "../core/sensitive.ts";
import type { SecretSource } from "./secrets.ts";

/** Read at one look: a network of 20,000 own Secrets is gone through in a quarter of an hour, and a small one at each look. */
const AT_ONCE = 200;
/** In place of a digest. */
const MISSING = "";

export class UsedSecrets implements Pick<SecretSource, "read"> {
  readonly #source: SecretSource;
  readonly #digest: (text: string) => string;
  /** By place, what was last handed out; in the order in which they are looked at next. */
  readonly #used = new Map<string, string>();

  constructor(source: SecretSource, digest: (text: string) => string) {
    this.#source = source;
    this.#digest = digest;
  }
  async read(namespace: string, name: string, key: string): Promise<Sensitive | undefined> {
    const value = await this.#source.read(namespace, name, key);
    this.#used.set(placeOf({ namespace, name, key }), this.#of(value));
    return value;
  }
  /** Places that hold something else than what was handed out. */
  async changed(): Promise<ReadonlySet<string>> {
    const next = [...this.#used].slice(0, AT_ONCE);
    const changed = new Set<string>();
    for (const [place, before] of next) {
      const [namespace = "", name = "", key = ""] = place.split("/");
      const now = await this.#source.read(namespace, name, key).then(
        (value) => this.#of(value),
        () => before, // whoever uses it meets the same, and says so
      );
      if (this.#used.get(place) !== before) continue; // handed out meanwhile
      this.#used.delete(place);
      if (now !== before) changed.add(place);
      // One that is gone is forgotten: whoever still uses it is told, and asks again.
      if (now === before || now !== MISSING) this.#used.set(place, now);
    }
    return changed;
  }
  #of(value: Sensitive | undefined): string {
    return value === undefined ? MISSING : this.#digest(value.reveal());
  }
}
/** None of the parts holds a slash. */
export const placeOf = (at: { readonly namespace: string; readonly name: string; readonly key: string }): string =>
  `${at.namespace}/${at.name}/${at.key}`;
