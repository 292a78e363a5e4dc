/** Pure: how the partitions are shared, as evenly as they can be and so that as few as possible change hands. */

/** How many each of the replicas is due, by what each holds now. Whoever holds most keeps the odd ones: what is even stays. */
function dues(held: ReadonlyMap<string, number>, total: number): ReadonlyMap<string, number> {
  const least = Math.floor(total / held.size);
  const odd = total % held.size;
  const byHeld = [...held].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return new Map(byHeld.map(([name], n) => [name, n < odd ? least + 1 : least]));
}

interface Balance {
  /** What it holds beyond its share. */
  readonly surplus: number;
  /** What it may still take. */
  readonly room: number;
}
/** @param held by all that are there, also by those that hold nothing. */
export function balance(name: string, held: ReadonlyMap<string, number>, total: number): Balance {
  const more = (held.get(name) ?? 0) - (dues(held, total).get(name) ?? 0);
  return { surplus: Math.max(0, more), room: Math.max(0, -more) };
}
