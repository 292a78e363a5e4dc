/** Per (owner, system): a failing system holds only what depends on it. Jitter is seeded by the key, so a run can be repeated. */
import { createHash } from "node:crypto";

/** A server's clock may be wrong, or a proxy's: nobody is forgotten for longer on its word. */
const LONGEST_WISH_MS = 3_600_000;

interface Wait {
  readonly attempts: number;
  readonly since: number;
  readonly until: number;
  readonly why: Why;
  /** Tries that were not made, for the system did not answer others. */
  readonly spared: number;
}
/**
 * Refused: it answered, and another question may be put at once. Down: it did not answer, and may be asked as soon as it is
 * back; NotAsked: the same, and it was not even asked. Failed: neither ends the wait before its time.
 */
export type Why = "Refused" | "Down" | "NotAsked" | "Failed";
/** Of several troubles in one wait, the graver one decides. */
const GRAVITY: Readonly<Record<Why, number>> = { Refused: 0, NotAsked: 1, Down: 1, Failed: 2 };

export class Backoff {
  readonly #waits = new Map<string, Wait>();
  readonly #baseMs: number;
  readonly #maxMs: number;
  constructor(baseMs = 500, maxMs = 300_000) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
  }

  /** Only those that were made. */
  attempts(key: string): number {
    return this.#waits.get(key)?.attempts ?? 0;
  }
  /** Epoch milliseconds before which the key is not tried; 0: at once, also where the clock was set back meanwhile. */
  until(key: string, now: number): number {
    const wait = this.#waits.get(key);
    return wait === undefined || now < wait.since ? 0 : wait.until;
  }
  /** Something else is asked of it than what it refused; where that fails too the wait goes on to grow. */
  hurry(key: string): void {
    const wait = this.#waits.get(key);
    if (wait?.why === "Refused") this.#waits.set(key, { ...wait, until: 0 });
  }
  /** A system answers again: these keys, as far as they waited for it, need wait no longer. Answers which. */
  release(isIts: (key: string) => boolean): readonly string[] {
    const released = [...this.#waits].filter(([key, w]) => GRAVITY[w.why] === GRAVITY.Down && isIts(key));
    for (const [key, wait] of released) this.#waits.set(key, { ...wait, until: 0, spared: 0 });
    return released.map(([key]) => key);
  }
  clear(key: string): void {
    this.#waits.delete(key);
  }

  fail(key: string, retryAfterMs: number | undefined, now: number, why: Why = "Failed"): number {
    const before = this.#waits.get(key);
    const attempts = this.attempts(key) + Number(why !== "NotAsked");
    const spared = (before?.spared ?? 0) + Number(why === "NotAsked");
    const tries = attempts + spared;
    const jitter = createHash("sha256").update(`${key}|${tries}`).digest().readUInt8(0) / 255;
    const wait = Math.min(this.#maxMs, this.#baseMs * 2 ** Math.min(tries - 1, 20)) * (0.75 + jitter / 2);
    const until = now + Math.max(Math.min(retryAfterMs ?? 0, LONGEST_WISH_MS), wait);
    const gravest = before && before.until > now && GRAVITY[before.why] > GRAVITY[why] ? before.why : why;
    this.#waits.set(key, { attempts, since: now, until, why: gravest, spared });
    return until;
  }
}
