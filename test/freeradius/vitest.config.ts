import { defineConfig } from "vitest/config";

/** Apart from the other projects: it needs Debian's freeradius packages (`make test-freeradius`). */
export default defineConfig({
  test: {
    name: "freeradius",
    root: import.meta.dirname,
    include: ["*.test.ts"],
    globalSetup: ["../lab/postgres.setup.ts"],
    reporters: ["default", "../summary.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
