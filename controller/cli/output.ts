/** The same result for people and for programs. */
import type { Io } from "./io.ts";

export const FORMATS = ["table", "wide", "json", "yaml"] as const;
export type Format = (typeof FORMATS)[number];
export interface OutputOption {
  readonly output: Format;
}

/** `text` is asked for only where people read. */
export async function print(io: Io, format: Format, data: unknown, text: (wide: boolean) => string): Promise<void> {
  if (format === "json") io.out(JSON.stringify(data, undefined, 2));
  else if (format === "yaml") io.out((await import("yaml")).stringify(JSON.parse(JSON.stringify(data))).trimEnd());
  else io.out(text(format === "wide"));
}
