/** `lastmile version`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { API_VERSION } from "../../api/schema.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";

export async function version(cx: Cx, { output }: OutputOption): Promise<Exit> {
  const file = join(import.meta.dirname, "..", "..", "..", "package.json");
  const { version: lastmile } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  const data = { lastmile, api: API_VERSION, node: process.versions.node };
  await print(cx.io, output, data, () => `lastmile ${lastmile}, API ${API_VERSION}, Node ${process.versions.node}`);
  return EXIT.ok;
}
