/** Per (owner, system): a failing system holds only what depends on it. Jitter is seeded by the key, so a run can be repeated. */
import { createHash } from "node:crypto";

/** A server's clock may be wrong, or a proxy's: nobody is forgotten for longer on its word. */
const LONGEST_WISH_MS = 3_600_000;

interface Wait {
  readonly attempts: number;
  readonly since: number;
  readonly until: number;
  /** It answered, and refused what was asked: another question may be put at once. */
  readonly refused: boolean;
}

export class Backoff {
  readonly #waits = new Map<string, Wait>();
  readonly #baseMs: number;
  readonly #maxMs: number;
  constructor(baseMs = 500, maxMs = 300_000) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
  }

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
    if (wait?.refused) this.#waits.set(key, { ...wait, until: 0 });
  }
  clear(key: string): void {
    this.#waits.delete(key);
  }

  fail(key: string, retryAfterMs: number | undefined, now: number, isRefusal = false): number {
    const attempts = this.attempts(key) + 1;
    const jitter = createHash("sha256").update(`${key}|${attempts}`).digest().readUInt8(0) / 255;
    const wait = Math.min(this.#maxMs, this.#baseMs * 2 ** Math.min(attempts - 1, 20)) * (0.75 + jitter / 2);
    const until = now + Math.max(Math.min(retryAfterMs ?? 0, LONGEST_WISH_MS), wait);
    const before = this.#waits.get(key);
    const refused = isRefusal && (before === undefined || before.until <= now || before.refused);
    this.#waits.set(key, { attempts, since: now, until, refused });
    return until;
  }
}
