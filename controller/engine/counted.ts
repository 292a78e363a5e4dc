/** What several were asked last; of who does not answer now it is as it was. For metrics, never for decisions. */
export class Counted<T> {
  #known: ReadonlyMap<string, readonly T[]> = new Map();

  all(): readonly T[] {
    return [...this.#known.values()].flat();
  }
  /** By who was asked. @throws what the first of them failed with; the others count all the same. */
  async keep(asked: ReadonlyMap<string, Promise<readonly T[]>>): Promise<void> {
    // All heard at once: one that failed while another was waited for would end the process.
    const answers = await Promise.allSettled(asked.values());
    const found = answers.map((a) => (a.status === "fulfilled" ? a.value : undefined));
    this.#known = new Map([...asked.keys()].map((by, n) => [by, found[n] ?? this.#known.get(by) ?? []]));
    const failure = answers.find((a) => a.status === "rejected");
    if (failure) throw failure.reason;
  }
}
