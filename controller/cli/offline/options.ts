/** The options of a comparison, told apart before anything heavy is loaded. */
import { CliError } from "../errors.ts";
import type { Range } from "./revisions.ts";

export interface CompareOptions {
  readonly base?: string;
  readonly head?: string;
  readonly markdown?: boolean;
}

/** undefined: what is declared is compared with what is there. */
export function rangeOf({ base, head, markdown }: CompareOptions): Range | undefined {
  if (base !== undefined && head !== undefined) return { base, head };
  if (base === undefined && head === undefined && !markdown) return undefined;
  throw new CliError("--base and --head go together", "write --base origin/main --head HEAD");
}
