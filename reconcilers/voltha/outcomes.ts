/** Many orders side by side: each has its own outcome, and a Fault of one leaves the others standing. */
import { Fault } from "../errors.ts";

/** Calls of one batch at the same time; batches themselves run side by side too. */
const AT_ONCE = 8;

/** In the order of the items. Whatever is no Fault ends all. */
export async function each<I, O>(items: readonly I[], work: (item: I) => Promise<O>): Promise<(O | Fault)[]> {
  const out = new Array<O | Fault>(items.length);
  const open = items.entries();
  const worker = async (): Promise<void> => {
    for (const [n, item] of open) out[n] = await work(item).catch(caught);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return out;
}
function caught(e: unknown): Fault {
  if (e instanceof Fault) return e;
  throw e;
}
