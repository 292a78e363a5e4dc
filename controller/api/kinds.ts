import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kind } from "./schema.ts";

/** The kinds of the API with their schemas, as generated from crds/. */
export const readKinds = (): readonly Kind[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, "kinds.generated.json"), "utf8")) as readonly Kind[];
