/** Errors of the command line itself, and how every error looks to people. */
import { errorView } from "../observe/error-view.ts";
import { EXIT, type Exit } from "./exit.ts";

export class CliError extends Error {
  override readonly name = "CliError";
  readonly remedy: string;
  readonly exit: Exit;
  constructor(message: string, remedy: string, exit: Exit = EXIT.invalid) {
    super(message);
    this.remedy = remedy;
    this.exit = exit;
  }
}

interface Coded extends Error {
  readonly code: string;
  readonly remedy: string;
}
/** StoreError and Fault, known by their shape so that `--help` loads neither. */
const isCoded = (e: Error): e is Coded =>
  "code" in e && "remedy" in e && (e.name === "StoreError" || e.name === "Fault");

export interface Told {
  readonly text: string;
  readonly exit: Exit;
}
/** What is wrong, and the remedy on a line of its own. A stack only on request. */
export function tell(e: unknown, debug: boolean): Told {
  const error = e instanceof Error ? e : new Error(String(e));
  const stack = debug && error.stack ? `\n${error.stack}` : "";
  if (error instanceof CliError) return { text: lines(error.message, error.remedy) + stack, exit: error.exit };
  if (isCoded(error))
    return { text: lines(`${error.code}: ${error.message}`, error.remedy) + stack, exit: EXIT.failed };
  const defect = "this is a defect of Lastmile: run it again with LASTMILE_DEBUG=1 and report what it prints";
  const { message, type, code } = errorView(error);
  return { text: lines(message ?? [type, code].filter(Boolean).join(" "), defect) + stack, exit: EXIT.failed };
}
const lines = (message: string, remedy: string): string => `lastmile: ${message}${remedy ? `\n  ${remedy}` : ""}`;
