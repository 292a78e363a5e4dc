/** One reading for all who ask while it is under way; never one that began before the question. */

export function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> | undefined;
  let next: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    const now = read();
    running = now.then(done, done);
    return now;
  };
  const done = (): void => {
    running = undefined;
  };
  return () => {
    if (!running) return begin();
    next ??= running.then(() => {
      next = undefined;
      return begin();
    });
    return next;
  };
}

/** The same for each key by itself. Keys are few: each is remembered. */
export function sharedBy<K, T>(read: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const readings = new Map<K, () => Promise<T>>();
  return (key) => {
    const reading = readings.get(key) ?? shared(() => read(key));
    readings.set(key, reading);
    return reading();
  };
}
