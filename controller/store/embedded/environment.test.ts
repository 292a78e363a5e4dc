import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openDatabase, stopDatabase } from "../embedded.ts";
import { placeOf } from "./place.ts";

test.runIf(process.platform === "linux")("the server sees nothing of our environment", async ({ onTestFinished }) => {
  const home = await mkdtemp(join(tmpdir(), `lastmile-test-${process.pid}-`));
  const state = join(home, "state");
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await stopDatabase({ home, state });
    await rm(home, { recursive: true, force: true });
  });
  await chmod(home, 0o711);
  vi.stubEnv("LASTMILE_TEST_SECRET", "S3CRET");
  await openDatabase({ home, state, settings: { fsync: "off" } });
  const pid = (await readFile(join(placeOf(home, state).data, "postmaster.pid"), "utf8")).split("\n")[0];
  const environment = (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0").map((v) => v.split("=")[0]);
  expect(environment).toContain("PATH");
  expect(environment).not.toContain("LASTMILE_TEST_SECRET");
  expect(environment).not.toContain("HOME");
});
