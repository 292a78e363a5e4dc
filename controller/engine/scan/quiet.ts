/** Spares a whole reading of an endpoint whose own log says that nobody else wrote since one that found nothing. */
import type { Session } from "../../../reconcilers/system.ts";
import type { Scan } from "./drift.ts";

interface Reading {
  readonly cursor: string;
  readonly at: number;
  readonly scan: Scan;
}
export type Read = (session: Session, signal: AbortSignal, whole: () => Promise<Scan>) => Promise<Scan>;

/** What is written past the application, as into its database, is in no log: so often everything is read all the same. */
const WHOLE_MS = 3_600_000;

/** A session that is opened anew is read as a whole. */
export function unlessQuiet(now: () => number): Read {
  const readings = new WeakMap<Session, Reading>();
  return async (session, signal, whole) => {
    const last = readings.get(session);
    const changes = await session.changes?.(last?.cursor, signal); // before it is read: what comes meanwhile is asked for again
    const spared = changes && !changes.changed && last && last.at + WHOLE_MS > now();
    const scan = spared ? last.scan : await whole();
    readings.delete(session);
    if (changes && scan.drifted.length === 0)
      readings.set(session, { cursor: changes.cursor, at: spared ? last.at : now(), scan });
    return scan;
  };
}
