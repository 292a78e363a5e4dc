/**
 * The id of an ONU in the inventory outlives the process: its serial, and the PON port on which it was expected when it last was in
 * place. So it is known whether the expectation was edited since.
 */
export const idOf = (serial: string, expected: number | undefined): string =>
  expected === undefined ? serial : `${serial}@${expected}`;

/** Undefined: on none. */
export function expectedIn(id: string): number | undefined {
  const [, expected] = id.split("@");
  return expected === undefined ? undefined : Number(expected);
}
