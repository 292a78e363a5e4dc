/** Time of the stand-in: every change of state takes some steps. A test can await that nothing is on its way, or hold it. */
export interface Clock {
  /** How long one step takes; the real ones take seconds. */
  stepMs: number;
  later(steps: number, run: () => void): void;
  /** Work that takes as long as others take to answer. */
  during(work: Promise<void>): void;
  settled(): Promise<void>;
  /** From now on time passes only with `step`. */
  hold(): void;
  step(): void;
  release(): void;
  stop(): void;
}
interface Due {
  readonly tick: number;
  readonly run: () => void;
}

export function startClock(stepMs: number): Clock {
  const timers = new Set<NodeJS.Timeout>();
  let busy = 0;
  let waiting: (() => void)[] = [];
  let tick = 0;
  let held: Due[] | undefined;
  const done = (): void => {
    busy -= 1;
    if (busy > 0) return;
    for (const tell of waiting) tell();
    waiting = [];
  };
  const start = (steps: number, run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run(); // may start the next one, so that nothing settles in between
      done();
    }, steps * clock.stepMs);
    timers.add(timer);
  };
  const clock: Clock = {
    stepMs,
    later(steps, run) {
      busy += 1;
      if (held) held.push({ tick: tick + steps, run });
      else start(steps, run);
    },
    during(work) {
      busy += 1;
      void work.finally(done);
    },
    settled: () => (busy === 0 ? Promise.resolve() : new Promise((tell) => waiting.push(tell))),
    hold() {
      held ??= [];
    },
    step() {
      tick += 1;
      const now = (held ?? []).filter((d) => d.tick <= tick);
      held = (held ?? []).filter((d) => d.tick > tick);
      for (const { run } of now) {
        run();
        done();
      }
    },
    release() {
      const left = held ?? [];
      held = undefined;
      for (const d of left) start(d.tick - tick, d.run);
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
  return clock;
}
