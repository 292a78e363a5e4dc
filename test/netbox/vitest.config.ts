import { defineConfig } from "vitest/config";

/** Apart from the other projects: it needs NetBox from PyPI and Redis (`make test-netbox`). */
export default defineConfig({
  test: {
    name: "netbox",
    root: import.meta.dirname,
    include: ["*.test.ts"],
    globalSetup: ["../lab/postgres.setup.ts", "./setup.ts"],
    reporters: ["default", "../summary.ts"],
    fileParallelism: false, // one NetBox for all
    testTimeout: 240_000, // tells a test that hangs from one on a busy machine
    hookTimeout: 240_000,
  },
});
