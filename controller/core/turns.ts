/** Work of one kind, one after the other: none of it runs beside another, and what fails keeps nothing that comes after it. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }
  /** Until what was asked for so far has ended, well or not. */
  over(): Promise<unknown> {
    return this.#last;
  }
}
