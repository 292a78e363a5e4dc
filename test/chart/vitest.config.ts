import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** The chart with helm on a real API server, its Lua and its alert rules: `make test-chart`. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.test.ts"],
    globalSetup: ["./server.ts", "../lab/postgres.setup.ts"],
    reporters: ["default", join(import.meta.dirname, "../summary.ts")],
    // They share one cluster, and a chart's kinds are there once in a cluster.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
