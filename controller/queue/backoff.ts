/** Per (owner, system): a failing system holds only what depends on it. Jitter is seeded by the key, so a run can be repeated. */
import { createHash } from "node:crypto";

interface Wait {
  readonly attempts: number;
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
  /** Epoch milliseconds before which the key is not tried; 0: at once. */
  until(key: string): number {
    return this.#waits.get(key)?.until ?? 0;
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
    const until = now + Math.max(retryAfterMs ?? 0, wait);
    const before = this.#waits.get(key);
    const refused = isRefusal && (before === undefined || before.until <= now || before.refused);
    this.#waits.set(key, { attempts, until, refused });
    return until;
  }
}
