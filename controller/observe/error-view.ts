/** What of an error may be written down. Drivers quote rows and addresses in their texts, and rows hold passwords. */

export interface ErrorView {
  readonly type: string;
  readonly code?: string;
  readonly kind?: string;
  readonly message?: string;
  readonly remedy?: string;
  /** Where it was thrown; never the message again. */
  readonly stack?: string;
}

export function errorView(error: unknown): ErrorView {
  if (!(error instanceof Error)) return { type: typeof error };
  const [code, kind, remedy] = (["code", "kind", "remedy"] as const).map((name) => text(error, name));
  const view = { type: error.name, ...(code && { code }) };
  // A Fault's words are written for people. A bug has no code. Anything else with a code comes from a driver.
  if (kind) return { ...view, kind, message: scrubbed(error.message), ...(remedy && { remedy }) };
  return { ...view, ...(!code && { message: scrubbed(error.message) }), ...(error.stack && { stack: frames(error) }) };
}

function text(error: Error, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}
/** Credentials in an address, such as `postgresql://user:password@host`. */
const scrubbed = (words: string): string => words.replace(/:\/\/[^/\s@]*@/g, "://(secret)@");
const frames = ({ stack = "" }: Error): string =>
  stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .join("\n");
