/** What became of each order: made, found, refused with a reason. */
import type { Token } from "../../controller/core/owner.ts";
import { Fault, fault } from "../errors.ts";
import type { Order, Outcome } from "../system.ts";
import { type At, faultOf, type Job } from "./body.ts";
import { byToken } from "./find.ts";
import { observed } from "./kind.ts";
import { type Item, itemOf } from "./list.ts";

export type Verdicts = Map<Order, Outcome>;

/** A Fault is the verdict on those who have none yet; whatever else is thrown is no answer. */
export async function guarded(out: Verdicts, orders: readonly Order[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
    for (const o of orders) if (!out.has(o)) out.set(o, e);
  }
}

export const tokenOf = (at: At, item: Item): Token | undefined => at.kind.marking.read(item).token;

/** Verified one by one: NetBox takes a body and silently leaves out what it does not know. */
export function accepted(at: At, jobs: readonly Job[], body: unknown, out: Verdicts): ReadonlyMap<Job, Item> {
  const items = Array.isArray(body) ? body.map(itemOf) : [];
  const made = new Map<Job, Item>();
  for (const [n, job] of jobs.entries()) {
    const item = items[n];
    if (!item || tokenOf(at, item) !== job.order.token) {
      out.set(job.order, fault("Lost", "NetBox's answer does not show the mark"));
      continue;
    }
    made.set(job, item);
    out.set(job.order, observed(at.kind, job.order.ref, item));
  }
  return made;
}

/** Sets the verdicts of the refused and gives the others. Who is refused because its mark is there already is found by it. */
export async function without(
  at: At,
  jobs: readonly Job[],
  words: ReadonlyMap<number, string>,
  out: Verdicts,
): Promise<readonly Job[]> {
  if (words.size === 0) throw fault("BadValue", "NetBox refuses the list and says no reason");
  const twice = jobs.filter((_, n) => isTwice(words.get(n))).map((j) => j.order.token);
  const marked = await byToken(at.http, at.kind, twice, at.signal);
  for (const [n, { order }] of jobs.entries()) {
    const said = words.get(n);
    if (said === undefined) continue;
    const there = marked.get(order.token);
    if (there) out.set(order, observed(at.kind, order.ref, there));
    else if (isTwice(said)) out.set(order, fault("Denied", "it is in NetBox, and the token may not see it"));
    else out.set(order, faultOf(said, at.names));
  }
  return jobs.filter((_, n) => !words.has(n));
}
const isTwice = (words: string | undefined): boolean => words !== undefined && /must have a unique value/.test(words);
