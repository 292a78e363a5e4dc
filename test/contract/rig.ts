/** What a system brings to the contract suite: one resource, and the other hands on its endpoint. */
import type { Desired } from "../../controller/core/model.ts";
import type { Owner } from "../../controller/core/owner.ts";
import type { Resource } from "../../reconcilers/system.ts";
import type { Faults } from "../lab/faults.ts";

export interface Rig {
  /** Every external call of it passes `faults.guard`, under the names `read` and `write` among others. */
  readonly resource: Resource;
  /** Names for which `faults` refuses a read, and loses the reply of a write. */
  readonly calls: { readonly read: string; readonly write: string };
  readonly owner: (n: number) => Owner;
  /** The n-th object as its owner wants it; `edited`: at least one field other, at least one field gone. */
  readonly desired: (n: number, edited?: boolean) => Desired;
  /** The same resource on endpoints that answer a read with an error, half an answer or nothing. */
  readonly broken: readonly { readonly what: string; readonly resource: Resource }[];
  readonly byHand: {
    /** The n-th object as somebody else makes it: its key, no marker. */
    readonly make: (n: number) => Promise<void>;
    /** Writes into the n-th object what nobody of us manages. */
    readonly annotate: (n: number) => Promise<void>;
    readonly annotated: (n: number) => Promise<boolean>;
    /** Each changes a managed field of the n-th object in a way of its own. */
    readonly spoil: Readonly<Record<string, (n: number) => Promise<void>>>;
    /** How many objects stand under the n-th key. */
    readonly count: (n: number) => Promise<number>;
  };
  /** Texts that only the endpoint may hold. */
  readonly secrets: readonly string[];
  /** Empties the endpoint. */
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
}
/**
 * What an endpoint has not, by its nature. `marks`: nothing there holds one, and the claim in the store keeps others away.
 * `keys`: every create makes a new object, and the engine looks before it makes one again. `names`: the endpoint chooses
 * what an object is, so it has no name but its mark, and nobody else can hold it. `scan`: nothing lists what is ours.
 * `time`: it is slow, and what costs many calls is tried on others of its kinds, which are written by the same code.
 */
export type Lack = "marks" | "keys" | "names" | "scan" | "time";
export type MakeRig = (faults: Faults) => Promise<Rig>;
