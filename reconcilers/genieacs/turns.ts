/** Who may speak to devices: as many at a time as there are slots, and never two tasks for one device at the same time. */

/** `isSmall`: goes before the many, for whom one slot less is free: a slow router of theirs is no reason to wait. */
export type Turn = <T>(device: string, isSmall: boolean, work: () => Promise<T>) => Promise<T>;

/** So many objects of one call are a small edit. */
const SMALL = 10;
export const isSmall = (objects: number): boolean => objects <= SMALL;

export function turns(slots: number): Turn {
  let busy = 0;
  const queues: Record<"small" | "bulk", (() => void)[]> = { small: [], bulk: [] };
  const last = new Map<string, Promise<unknown>>();
  const go = (): void => {
    const next =
      busy < slots ? (queues.small.shift() ?? (busy < slots - 1 ? queues.bulk.shift() : undefined)) : undefined;
    if (!next) return;
    busy++;
    next();
    go();
  };
  const enter = (kind: "small" | "bulk"): Promise<void> =>
    new Promise((begin) => {
      queues[kind].push(begin);
      go();
    });
  const leave = (): void => {
    busy--;
    go();
  };
  return async (device, isSmall, work) => {
    const before = last.get(device) ?? Promise.resolve();
    const mine = before
      .catch(() => undefined)
      .then(() => enter(isSmall ? "small" : "bulk"))
      .then(() => work().finally(leave));
    last.set(device, mine);
    return mine.finally(() => {
      if (last.get(device) === mine) last.delete(device);
    });
  };
}
