/** How the objects of an owner looked when nothing was left to do: while they look so, and nothing else is declared, nothing is. */
import { hash } from "node:crypto";
import { type Observed, parseRef, type RefKey, refKey, type Seen, type Value } from "../../core/model.ts";
import { type OwnerKey, tenantOf, token } from "../../core/owner.ts";
import { Sensitive } from "../../core/sensitive.ts";
import type { Ports } from "./ports.ts";

export class Verified {
  /** One line for each object, between line feeds: ref, id and digest. One text takes a quarter of the memory of records. */
  readonly #by = new Map<OwnerKey, string>();
  /** Counts what may change the wishes of anybody: what was begun before is not kept after. */
  turn = 0;

  /** `turn`: as it was before anything of the owner was looked up. */
  keep(owner: OwnerKey, seen: Seen, turn: number): void {
    const lines = [...seen.values()].map((o) => (o === null ? undefined : lineOf(o)));
    if (turn !== this.turn || lines.length === 0 || lines.includes(undefined)) this.drop(owner);
    else this.#by.set(owner, `\n${lines.join("\n")}\n`);
  }
  drop(owner: OwnerKey): void {
    this.#by.delete(owner);
  }
  /** Something else may be wanted of them, or may be remembered. */
  forget(owners: Iterable<OwnerKey>): void {
    this.turn++;
    for (const owner of owners) this.drop(owner);
  }
  forgetAll(): void {
    this.turn++;
    this.#by.clear();
  }

  has(owner: OwnerKey): boolean {
    return this.#by.has(owner);
  }
  /** How many objects of the owner there are at an endpoint, of these resources. */
  count(owner: OwnerKey, endpoint: string, resources: ReadonlySet<string>): number {
    const counts = (key: RefKey): boolean => {
      const { system, resource } = parseRef(key);
      return system === endpoint && resources.has(resource);
    };
    return linesOf(this.#by.get(owner)).reduce((n, [ref]) => n + Number(counts(ref)), 0);
  }
  /** False is no verdict: then it is compared with what is declared. */
  same(owner: OwnerKey, found: Observed): boolean {
    return this.#by.get(owner)?.includes(`\n${lineOf(found)}\n`) === true;
  }

  /** Looks at every object of the owner. @throws Fault when one cannot be seen. */
  async look(owner: OwnerKey, ports: Ports, small: boolean): Promise<boolean> {
    const before = this.#by.get(owner);
    const by = { tenant: tenantOf(owner), small, attempts: 0 };
    const look = async ([key, id]: Line): Promise<Observed | null> => {
      const lookup = { ref: parseRef(key), token: token(owner, key), id };
      const found = await ports.observe(lookup, by);
      // Nothing there can hold a marker: that it is ours was proven when it was kept.
      return found && ports.resource(lookup.ref).marker === "store" ? { ...found, token: lookup.token } : found;
    };
    const found = await Promise.all(linesOf(before).map(look));
    // What was declared meanwhile has been forgotten here.
    return this.#by.get(owner) === before && found.length > 0 && found.every((o) => o !== null && this.same(owner, o));
  }
}

type Line = readonly [ref: RefKey, id: string, digest: string];
const linesOf = (text: string | undefined): readonly Line[] =>
  text === undefined
    ? []
    : text
        .slice(1, -1)
        .split("\n")
        .map((line) => JSON.parse(line));

function lineOf({ ref, id, token, retired, state, outputs }: Observed): string {
  const parts: unknown[] = [token, retired, outputs];
  // What was just written and what is read next name the fields in different orders.
  for (const field of Object.keys(state).sort()) parts.push(field, plain(state[field]!));
  return JSON.stringify([refKey(ref), id, hash("sha1", JSON.stringify(parts), "base64")]);
}
const plain = (v: Value): unknown => (v instanceof Sensitive ? v.reveal() : v);
