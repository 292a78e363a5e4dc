/** Who changed what differs, as the systems' own logs tell it. */
import { Fault } from "../../reconcilers/errors.ts";
import type { Author } from "../../reconcilers/system.ts";
import { type Change, type RefKey, refKey } from "../core/model.ts";
import type { Preview } from "../engine/preview.ts";
import type { Ports } from "../engine/run/ports.ts";

/** Each costs a request; whoever looks at more has another trouble. */
const MOST = 50;
const PATIENCE_MS = 10_000;

export async function authorsOf({ subjects }: Preview, ports: Ports): Promise<(ref: RefKey) => Author | undefined> {
  const differing = subjects.flatMap((s) => s.plan.changes.filter((c) => c.action === "update" && c.id !== undefined));
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const found = await Promise.all(differing.slice(0, MOST).map((c) => authorOf(c, ports, signal)));
  const known = new Map(found.flatMap((author, n) => (author ? [[refKey(differing[n]!.ref), author]] : [])));
  return (ref) => known.get(ref);
}

async function authorOf({ ref, id }: Change, ports: Ports, signal: AbortSignal): Promise<Author | undefined> {
  if (!ports.has(ref) || id === undefined) return undefined;
  try {
    return await ports.resource(ref).author?.(id, signal);
  } catch (e) {
    if (e instanceof Fault) return undefined; // the plan stands without it
    throw e;
  }
}
