import { defineConfig } from "vitest/config";

/** Apart from the other projects: it needs the protocol definitions of VOLTHA from PyPI (`make test-voltha`). */
export default defineConfig({
  test: {
    name: "voltha",
    root: import.meta.dirname,
    include: ["*.test.ts"],
    reporters: ["default", "../summary.ts"],
    testTimeout: 240_000, // tells a test that hangs from one on a busy machine
    hookTimeout: 240_000,
  },
});
