/** 200 is no proof (fact 1): what became of each value. */
import type { State, Value } from "../../controller/core/model.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { type Fault, fault } from "../errors.ts";
import type { Order } from "../system.ts";
import { type Device, leafOf } from "./device.ts";
import { unkept, unmapped } from "./faults.ts";
import { again } from "./find.ts";
import type { Session, Wish } from "./session.ts";
import { holds, plain } from "./values.ts";

export interface Telling {
  readonly name: string;
  readonly value: Value;
}
export interface Told {
  /** Surely there. */
  readonly proven: State;
  readonly fault: Fault | undefined;
  /** Whether the router took what it dials with is not known. */
  readonly isOpen: boolean;
}
export const NOTHING = { proven: {}, fault: undefined, isOpen: false } as const satisfies Told;
export interface Placed extends Telling {
  readonly at: readonly string[];
}
export interface Cx {
  readonly s: Session;
  readonly order: Order;
  readonly wish: Wish;
  readonly signal: AbortSignal;
}
/** Each value is looked at, and of a secret that it was written at all. `posted`: when the task was made. */
export async function prove(cx: Cx, device: Device, all: readonly Placed[], posted: string | undefined): Promise<Told> {
  const now = await again(cx.s, device, cx.wish, cx.signal);
  if (!now) throw fault("Lost", "the ACS does not know the router any more");
  const proven: Record<string, Value> = {};
  let first: Fault | undefined;
  for (const p of all) {
    const why = p.at.map((path) => doubt(now, path, p.value, posted)).find((d) => d !== undefined);
    if (why === undefined) proven[p.name] = p.value;
    else first ??= why(now.serial, p.name);
  }
  return { proven, fault: first, isOpen: false };
}
type Doubt = (router: string, name: string) => Fault;
const lacking =
  (words: string): Doubt =>
  (router, name) =>
    unmapped(router, name, words);

function doubt(device: Device, path: string, value: Value, posted: string | undefined): Doubt | undefined {
  const leaf = leafOf(device, path);
  if (leaf === undefined) return lacking("has no such parameter:");
  if (leaf.writable === false) return lacking("does not let write");
  const isWritten = posted === undefined || (leaf.timestamp ?? "") >= posted;
  if (value instanceof Sensitive) return isWritten || leaf.value === plain(value) ? undefined : unkept;
  return holds(leaf, value) ? undefined : unkept;
}
