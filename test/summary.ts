import type { Reporter, TestModule } from "vitest/node";

/** The closing line that scripts read: `N passed, N failed`, and what was skipped. */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 };
    for (const m of modules) {
      for (const t of m.children.allTests()) count[t.result().state]++;
      for (const s of [m, ...m.children.allSuites()]) if (s.errors().length > 0) count.failed++; // its set-up failed
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    process.on("exit", () => process.stdout.write(`${count.passed} passed, ${count.failed} failed${skipped}\n`));
  }
}
