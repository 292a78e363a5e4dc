/** Ranges of VLAN tags as the API writes them: `100` or `100-109`, both ends included. */
export type Range = readonly [first: number, last: number];

export function parseRange(text: string): Range {
  const [first = "", last = first] = text.split("-");
  return [Number(first), Number(last)];
}
