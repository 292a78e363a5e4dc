/** When a cron expression of five fields comes true, in a time zone. Nothing is scheduled here. */
import { Cron } from "croner";

/** undefined: an expression or a zone that is not understood. */
export function parseCron(schedule: string, timezone: string): Cron | undefined {
  try {
    // POSIX crontab: where both a date and a weekday are said, either of them is enough.
    const cron = new Cron(schedule, { mode: "5-part", timezone, domAndDow: false, paused: true });
    cron.nextRun(new Date(0)); // a zone that nobody knows is told only now
    return cron;
  } catch {
    return undefined;
  }
}

/** The last time at or before `now`. Epoch milliseconds; undefined: never. */
export function lastRun(cron: Cron, now: number): number | undefined {
  const after = Math.floor(now / 1000) * 1000 + 1000; // croner looks at whole seconds before its reference
  return cron.previousRuns(1, new Date(after))[0]?.getTime();
}
/** The first time after `now`. */
export const nextRun = (cron: Cron, now: number): number | undefined => cron.nextRun(new Date(now))?.getTime();
