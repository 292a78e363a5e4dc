import { defineConfig } from "vitest/config";

/** Apart from the other projects: it needs NetBox from PyPI and Redis (`make test-netbox`). */
export default defineConfig({
  test: {
    name: "netbox",
    root: import.meta.dirname,
    include: ["*.test.ts"],
    globalSetup: ["./setup.ts"],
    reporters: ["default", "../summary.ts"],
    fileParallelism: false, // one NetBox for all
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
