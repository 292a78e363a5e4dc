/** Runs an engine until nothing more can be done: the same loop that `run` keeps going. */
import type { OwnerKey } from "../core/owner.ts";
import type { Controller } from "../engine/controller.ts";
import type { Report } from "../engine/run/reconcile.ts";
import type { Installation } from "../main.ts";
import { LEASE_MS } from "../store/leases.ts";
import type { Io } from "./io.ts";

/** What became of one subject. */
export interface Ending {
  readonly settled: boolean;
  readonly effects: number;
  /** `code: message; remedy` of what went wrong. */
  readonly faults: readonly string[];
}

/** Collects the last word on each subject. */
export class Endings {
  readonly all = new Map<OwnerKey, Ending>();
  /** What a look has met before any run: its retry is still to come, too. */
  foresee(key: OwnerKey, faults: Report["faults"]): void {
    if (faults.size > 0) this.all.set(key, { settled: false, effects: 0, faults: wordsOf(faults) });
  }
  note = (key: OwnerKey, { settled, effects, faults, retryAt }: Report): void => {
    const before = this.all.get(key);
    const words = wordsOf(faults);
    // While its retry is still to come nothing new is known, and what was wrong stands.
    const waits = words.length === 0 && !settled && retryAt !== undefined;
    this.all.set(key, {
      settled,
      effects: (before?.effects ?? 0) + effects,
      faults: waits ? (before?.faults ?? []) : words,
    });
  };
}

const wordsOf = (faults: Report["faults"]): readonly string[] =>
  [...faults.values()].map((f) => `${f.code}: ${f.message}; ${f.remedy}`);

/** Keeps the leases while `work` goes on. A renewal that fails lets the fenced writes fail, and they say why. */
export async function holdingLeases<T>({ leases }: Installation, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void leases.acquire().catch(() => undefined), LEASE_MS / 3);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

const TICK_MS = 100;
/** @param patience milliseconds for what is tried again. */
export async function settle(
  { engine }: Controller,
  endings: Endings,
  { keys, patience, io, signal }: { keys: readonly OwnerKey[]; patience: number; io: Io; signal: AbortSignal },
): Promise<void> {
  const started = performance.now();
  const draw = (): void => {
    const done = keys.filter((key) => endings.all.get(key)?.settled).length;
    const { waiting } = engine.queue.counts();
    const again = waiting > 0 ? `, ${waiting} tried again` : "";
    io.progress(
      `applying: ${done} of ${keys.length} in place${again}, ${Math.round((performance.now() - started) / 1000)} s`,
    );
  };
  const timer = setInterval(draw, TICK_MS);
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    signal.throwIfAborted();
    const mayChange = (key: OwnerKey): boolean => engine.standing.get(key)?.refused !== true;
    await Promise.race([engine.settle(patience, mayChange), aborted]);
  } finally {
    clearInterval(timer);
    io.progress(undefined);
  }
}
