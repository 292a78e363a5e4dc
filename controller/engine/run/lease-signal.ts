/** A signal that ends with the lease of this process: a renewal gives what is under way more time, a lapse ends it at once. */
export interface LeaseSignal {
  readonly signal: AbortSignal;
  /** What was under way has ended. */
  readonly done: () => void;
}

/** `aliveMs`: milliseconds for which the lease counts from now on. */
export function whileAlive(aliveMs: () => number, stop: AbortSignal): LeaseSignal {
  const lapse = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const check = (): void => {
    const left = aliveMs();
    if (left <= 0) lapse.abort(new Error("the lease of this process ran out"));
    else if (left < Number.POSITIVE_INFINITY) timer = setTimeout(check, Math.max(1, left)).unref();
  };
  check();
  return { signal: AbortSignal.any([stop, lapse.signal]), done: () => clearTimeout(timer) };
}
