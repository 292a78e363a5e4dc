import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** Against a real API server: `make test-cluster`. The first run builds the server. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    globalSetup: ["./server.ts", "../lab/postgres.setup.ts"],
    // A controller sees the whole cluster, so each file has it for itself.
    fileParallelism: false,
    reporters: ["default", join(import.meta.dirname, "../summary.ts")],
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
