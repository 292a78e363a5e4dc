const SHOWN = "(secret)";

/** A secret on its way through the program. Printing, logging or serializing it shows nothing; only `reveal` does. */
export class Sensitive {
  readonly #value: string;
  /** Says what it is where its content says nothing, such as a password that Lastmile makes: then plans depend on this. */
  readonly label: string | undefined;
  constructor(value: string, label?: string) {
    this.#value = value;
    this.label = label;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return SHOWN;
  }
  toJSON(): string {
    return SHOWN;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return SHOWN;
  }
}
