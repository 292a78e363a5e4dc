/** So many owners or keys go into one statement of the store. */
export const CHUNK = 1000;

/** In order; the last one may be shorter. Takes no more from `items` than it gives out. */
export function* chunks<T>(items: Iterable<T>, size = CHUNK): Generator<readonly T[]> {
  let part: T[] = [];
  for (const item of items) {
    part.push(item);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
