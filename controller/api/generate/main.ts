/** Generates everything that follows from crds/. With `--check` it writes nothing and fails where a file is stale. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generated } from "./outputs.ts";

const root = join(import.meta.dirname, "../../..");
const check = process.argv.includes("--check");
const stale: string[] = [];
for (const { path, text } of await generated(root)) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  stale.push(path);
  if (!check) writeFileSync(file, text);
}
if (stale.length)
  console.error(check ? `stale, run make generate: ${stale.join(", ")}` : `written: ${stale.join(", ")}`);
if (check && stale.length) process.exitCode = 1;
