/** `lastmile completion`: a script for the shell. */
import type { Command } from "commander";
import { completionScript, SHELLS, type Shell } from "../completion.ts";
import { readCrds } from "../crds.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";

export async function completion(cx: Cx, shell: Shell, program: Command): Promise<Exit> {
  const kinds = readCrds().flatMap((k) => k.names);
  cx.io.out(completionScript(shell, program, { get: kinds, completion: SHELLS }));
  return EXIT.ok;
}
