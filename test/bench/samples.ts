/** What a part of the benchmark tells: seconds of several runs, beside a floor that was measured in turn with them. */

export interface Measure {
  readonly what: string;
  /** Subscribers in one run. */
  readonly count: number;
  readonly seconds: readonly number[];
  readonly floor?: readonly number[];
  /** The ratio to the floor that is aimed at. */
  readonly aim?: number;
}
/** A single number, such as megabytes. */
export interface Fact {
  readonly what: string;
  readonly value: string;
  /** Left out: nobody has named one. */
  readonly aim?: Aim;
}
export interface Aim {
  readonly says: string;
  readonly met: boolean;
}
export interface Samples {
  readonly measures: readonly Measure[];
  readonly facts: readonly Fact[];
}

/** Of an even number the lower of the two in the middle. */
export const median = (xs: readonly number[]): number => quantile(xs, 0.5);
/** The least that so large a part does not exceed. */
export const quantile = (xs: readonly number[], part: number): number =>
  xs.toSorted((a, b) => a - b)[Math.ceil(xs.length * part) - 1] ?? Number.NaN;

export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const t = performance.now();
  await work();
  return (performance.now() - t) / 1000;
}

/** Seconds by name, run after run. */
export class Series {
  readonly #by = new Map<string, number[]>();
  async time(name: string, work: () => Promise<unknown>): Promise<void> {
    this.add(name, await seconds(work));
  }
  add(name: string, value: number): void {
    const known = this.#by.get(name);
    if (known) known.push(value);
    else this.#by.set(name, [value]);
  }
  of(name: string): readonly number[] {
    return this.#by.get(name) ?? [];
  }
}
