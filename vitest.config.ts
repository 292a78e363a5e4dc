import { defineConfig } from "vitest/config";

// A bare node_modules/.bin/vitest without the Makefile's PATH would run the machine's own Node without a word.
if (!process.version.startsWith("v24."))
  throw new Error(`Node 24 is needed, this is ${process.version}; use make test`);

// Tells a test that hangs from one on a busy machine: no test is judged by its speed.
const shared = { testTimeout: 480_000, hookTimeout: 480_000 };
export default defineConfig({
  test: {
    reporters: ["default", "./test/summary.ts"],
    projects: [
      {
        test: {
          ...shared,
          name: "unit",
          isolate: false,
          include: ["controller/{core,api,queue,observe,kubernetes}/**/*.test.ts", "reconcilers/**/*.test.ts"],
          exclude: ["**/*.pg.test.ts"],
        },
      },
      {
        test: {
          ...shared,
          name: "crash",
          globalSetup: ["./test/lab/postgres.setup.ts"],
          include: ["test/crash/**/*.test.ts"],
        },
      },
      {
        test: {
          ...shared,
          name: "store",
          globalSetup: ["./test/lab/postgres.setup.ts"],
          include: ["controller/{store,engine,sources,cli}/**/*.test.ts", "**/*.pg.test.ts"],
          exclude: ["**/node_modules/**", "test/**"],
        },
      },
      {
        test: {
          ...shared,
          name: "contract",
          globalSetup: ["./test/lab/postgres.setup.ts"],
          include: ["test/contract/**/*.test.ts"],
        },
      },
      {
        test: {
          ...shared,
          name: "e2e",
          globalSetup: ["./test/lab/postgres.setup.ts"],
          include: ["test/{acceptance,cli,docs,integration}/**/*.test.ts"],
        },
      },
    ],
  },
});
