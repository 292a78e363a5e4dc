/** Sessions that are waited for, by the name of their account: asked after soon at first, and seldom when it lasts. */
import { setTimeout as sleep } from "node:timers/promises";
import { type RefKey, refKey } from "../../controller/core/model.ts";
import type { Query } from "../postgres.ts";
import * as sql from "./sessions-sql.ts";

const LOOK_MS = 5_000;
/** A pass over radacct is dear where it is large. */
const SELDOM_MS = 300_000;

export class InUse {
  readonly #waited = new Map<string, { readonly since: number; next: number }>();
  readonly #now: () => number;
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  note(name: string, inUse: boolean): void {
    const now = this.#now();
    if (!inUse) this.#waited.delete(name);
    else if (!this.#waited.has(name)) this.#waited.set(name, { since: now, next: now + LOOK_MS });
  }
  /** Each doubles the time that it has been waited for. */
  due(): readonly string[] {
    const now = this.#now();
    const names = [...this.#waited].flatMap(([name, { next }]) => (next <= now ? [name] : []));
    for (const name of names) {
      const one = this.#waited.get(name)!;
      one.next = now + Math.min(Math.max(now - one.since, LOOK_MS), SELDOM_MS);
    }
    return names;
  }
  isWaited = (name: string): boolean => this.#waited.has(name);
}

interface Watch {
  readonly query: Query;
  readonly endpoint: string;
  readonly inUse: InUse;
  /** Reads them again, which notes whether they are in use. */
  readonly look: (names: readonly string[]) => Promise<unknown>;
}
/**
 * Of a plan that was edited for all its customers, those who are online, whoever wrote the group; and those whose sessions
 * ended that were waited for. Ends with the signal.
 */
export async function* sessionNews(
  { query, endpoint, inUse, look }: Watch,
  signal: AbortSignal,
  everyMs = LOOK_MS,
): AsyncGenerator<readonly RefKey[]> {
  const clock = async (): Promise<number> => Number((await query(sql.clock, []))[0]?.[0]);
  for (let since = await clock(); ; ) {
    await sleep(everyMs, undefined, { signal, ref: false });
    // What was written then may not have been committed yet: each change is heard of once, or twice.
    const from = since - LOOK_MS;
    since = await clock();
    const changed = (await query(sql.changedSince, [from])).map(([name]) => name!);
    const waited = inUse.due();
    if (waited.length > 0) await look(waited);
    const names = [...changed, ...waited.filter((name) => !inUse.isWaited(name))];
    if (names.length > 0) yield names.map((key) => refKey({ system: endpoint, resource: "session", key }));
  }
}
