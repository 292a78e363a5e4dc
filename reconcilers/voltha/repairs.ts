/** Which repairs were in vain: each interrupts what does work on the port, so that they become rare. */
import { ARRIVING_MS } from "./flows.ts";

export interface Repairs {
  /** How often it was repaired in vain; undefined: it may be repaired now. `look`: with another one it is another trouble. */
  vain(port: string, look: string): number | undefined;
  made(port: string, look: string): void;
  forget(port: string): void;
}
interface Made {
  readonly look: string;
  readonly times: number;
  readonly dueAt: number;
}
/** A vendor's ONU may take its services at the second attempt. */
const FREE = 2;
const DAY_MS = 86_400_000;

export function repairs(now: () => number): Repairs {
  const made = new Map<string, Made>();
  const same = (port: string, look: string): Made | undefined => {
    const last = made.get(port);
    return last?.look === look ? last : undefined;
  };
  return {
    vain(port, look) {
      const last = same(port, look);
      return last && last.times >= FREE && now() < last.dueAt ? last.times : undefined;
    },
    made(port, look) {
      const times = (same(port, look)?.times ?? 0) + 1;
      made.set(port, { look, times, dueAt: now() + Math.min(DAY_MS, ARRIVING_MS * 2 ** (times - 1)) });
    },
    forget: (port) => void made.delete(port),
  };
}
