/** Which repairs were in vain: each interrupts what does work on the port, so that they become rare. */
import { ARRIVING_MS } from "./flows.ts";

/** What is wrong; with another one it is counted anew. */
export interface Wrong {
  readonly look: string;
  /** Attempts before it is in vain. */
  readonly free: number;
}
export interface Repairs {
  /** How often it was repaired in vain; undefined: it may be repaired now. */
  vain(port: string, wrong: Wrong): number | undefined;
  made(port: string, wrong: Wrong): void;
  forget(port: string): void;
}
interface Made {
  readonly look: string;
  readonly times: number;
  readonly dueAt: number;
}
const DAY_MS = 86_400_000;

export function repairs(now: () => number): Repairs {
  const made = new Map<string, Made>();
  const same = (port: string, look: string): Made | undefined => {
    const last = made.get(port);
    return last?.look === look ? last : undefined;
  };
  return {
    vain(port, { look, free }) {
      const last = same(port, look);
      return last && last.times >= free && now() < last.dueAt ? last.times : undefined;
    },
    made(port, { look, free }) {
      const times = (same(port, look)?.times ?? 0) + 1;
      const waitMs = Math.min(DAY_MS, ARRIVING_MS * 2 ** (times - free + 1));
      made.set(port, { look, times, dueAt: now() + waitMs });
    },
    forget: (port) => void made.delete(port),
  };
}
