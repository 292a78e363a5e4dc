/** What several commands have in common: options, arguments, and how examples are shown. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Exit } from "./exit.ts";
import type { Cx } from "./io.ts";
import { FORMATS, type Format } from "./output.ts";

/** Runs what is loaded, with arguments and options as commander gives them. */
export type Run = <A extends unknown[]>(
  load: () => Promise<(cx: Cx, ...args: A) => Promise<Exit>>,
) => (...args: [...A, Command]) => Promise<void>;

export const output = (): Option =>
  new Option("-o, --output <format>", "how the result is written").choices(FORMATS).default("table" satisfies Format);
export const namespace = (): Option =>
  new Option("-n, --namespace <namespace>", "of the subscriber; needed where a name is in several");
export const SUBSCRIBER = "SUBSCRIBER is a name, namespace/name, number or declared user name.";

export function wholeNumber(text: string): number {
  if (/^[0-9]{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It takes a whole number.");
}
export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((l) => `  ${l}`).join("\n")}`;
