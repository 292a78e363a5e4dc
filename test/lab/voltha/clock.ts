/** Time of the stand-in: every change of state takes some steps, and a test can await that nothing is on its way. */
export interface Clock {
  /** How long one step takes; the real ones take seconds. */
  stepMs: number;
  later(steps: number, run: () => void): void;
  /** Work that takes as long as others take to answer. */
  during(work: Promise<void>): void;
  settled(): Promise<void>;
  stop(): void;
}

export function startClock(stepMs: number): Clock {
  const timers = new Set<NodeJS.Timeout>();
  let busy = 0;
  let waiting: (() => void)[] = [];
  const done = (): void => {
    busy -= 1;
    if (busy > 0) return;
    for (const tell of waiting) tell();
    waiting = [];
  };
  const clock: Clock = {
    stepMs,
    later(steps, run) {
      busy += 1;
      const timer = setTimeout(() => {
        timers.delete(timer);
        run(); // may start the next one, so that nothing settles in between
        done();
      }, steps * clock.stepMs);
      timers.add(timer);
    },
    during(work) {
      busy += 1;
      void work.finally(done);
    },
    settled: () => (busy === 0 ? Promise.resolve() : new Promise((tell) => waiting.push(tell))),
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
  return clock;
}
