/** Making: what is declared is posted, what is not is taken from its pool. */
import type { Order } from "../system.ts";
import { allocate } from "./allocate.ts";
import { type At, bodyOf, type Job } from "./body.ts";
import { declare } from "./declare.ts";
import { guarded, type Verdicts } from "./verdicts.ts";

export async function create(at: At, orders: readonly Order[], out: Verdicts): Promise<void> {
  const jobs: Job[] = [];
  for (const order of orders) {
    await guarded(out, [order], async () => {
      jobs.push({ order, body: await bodyOf(at, order, undefined) });
    });
  }
  const { taking } = at.kind;
  const taken = jobs.filter((j) => taking && (j.order.patch[taking.field] ?? null) === null);
  const declared = jobs.filter((j) => !taken.includes(j));
  if (taken.length > 0) await guarded(out, ordersOf(taken), () => allocate(at, taken, out));
  if (declared.length > 0) await guarded(out, ordersOf(declared), () => declare(at, declared, out));
}
const ordersOf = (jobs: readonly Job[]): readonly Order[] => jobs.map((j) => j.order);
