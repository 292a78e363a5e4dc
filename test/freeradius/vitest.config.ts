import { defineConfig } from "vitest/config";

/** Apart from the other projects: it needs Debian's freeradius packages (`make test-freeradius`). */
export default defineConfig({
  test: {
    name: "freeradius",
    root: import.meta.dirname,
    include: ["*.test.ts"],
    globalSetup: ["../lab/postgres.setup.ts"],
    reporters: ["default", "../summary.ts"],
    // Tells a test that hangs from one on a busy machine: no test is judged by its speed.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
