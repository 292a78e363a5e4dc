/** `make bench-kubernetes` with a handful of subscribers: it comes to its end, and what is to be nothing is nothing. */
import { resolve } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

test("every part of the benchmark on a cluster", async () => {
  // What it installs is installed: this very test runs on it.
  const make = ["--old-file=install", "bench-kubernetes"];
  const { stdout } = await execa("make", make, { cwd: ROOT, env: { SIZES: "3,5,10,20" } });
  expect(stdout).toMatch(/restart with 20: writes to the API server \| 0( \||, beside)/);
  expect(stdout).toContain("| restart with 20: rows of RADIUS written | 0 | 0 met |");
  // What counts subscribers, such as a plan, may be told a moment later; of themselves nothing is asked.
  expect(stdout).toContain("created again, nothing differs");
  expect(stdout).not.toMatch(/nothing (of ours )?differs \|.*subscribers/);
});
