/** The alert rules by Prometheus's own tool: each fires when it should, is quiet when it should, and says what to do. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type AlertCase, CASES } from "./alert-cases.ts";
import { metricsOf, unknownMetrics } from "./promql.ts";
import { CHART, ROOT } from "./tools.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}
const FILE = join(CHART, "alerts/rules.yaml");
const rules = (
  parse(readFileSync(FILE, "utf8")) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }
).groups.flatMap((g) => g.rules);
const dir = mkdtempSync(join(tmpdir(), "lastmile-alerts-"));
afterAll(() => rmSync(dir, { recursive: true }));

/** One group of promtool's own test format. */
function group({ alert, after, labels }: AlertCase, series: AlertCase["fires"], fires: boolean): object {
  const rule = rules.find((r) => r.alert === alert);
  const said = ([name, text]: readonly [string, string]) => [
    name,
    text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_all, label: string) => labels[label] ?? ""),
  ];
  const expected = {
    exp_labels: { ...labels, ...rule?.labels },
    exp_annotations: Object.fromEntries(Object.entries(rule?.annotations ?? {}).map(said)),
  };
  return {
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [{ eval_time: after, alertname: alert, exp_alerts: fires ? [expected] : [] }],
  };
}
async function judged(...tests: readonly object[]): Promise<string> {
  const file = join(dir, "case.yaml");
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ rule_files: [FILE], evaluation_interval: "1m", tests }));
  const { failed, stdout, stderr } = await execa("promtool", ["test", "rules", file], { reject: false });
  return failed ? stdout + stderr : "ok";
}

describe("the alert rules", () => {
  it("are well formed", async () => {
    const { stdout } = await execa("promtool", ["check", "rules", "--lint=all", "--lint-fatal", FILE]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });
  it("have a case each", () => expect(new Set(CASES.map((c) => c.alert))).toEqual(new Set(rules.map((r) => r.alert))));
  it.each(CASES.map((c) => [c.alert, c] as const))("%s fires", async (_name, c) =>
    expect(await judged(group(c, c.fires, true))).toBe("ok"),
  );
  it.each(CASES.map((c) => [c.alert, c.why, c] as const))("%s is quiet: %s", async (_name, _why, c) =>
    expect(await judged(group(c, c.quiet, false))).toBe("ok"),
  );
  it("ask for metrics and labels that the controller has", () => {
    const metrics = rules.flatMap((r) => metricsOf(r.expr));
    expect(metrics.length).toBeGreaterThanOrEqual(rules.length);
    expect(rules.flatMap((r) => unknownMetrics(r.expr))).toEqual([]);
    expect(CASES.flatMap((c) => [...Object.keys(c.fires), ...Object.keys(c.quiet)]).flatMap(unknownMetrics)).toEqual(
      [],
    );
  });
  it("name a section of the runbook each, and the runbook has no other", () => {
    const text = readFileSync(join(ROOT, "docs/operations.md"), "utf8");
    const [, runbook = ""] = text.split("\n## Runbook\n");
    const sections = [...runbook.split("\n## ")[0]!.matchAll(/^### (\w+)$/gm)].map(([, name = ""]) => name);
    expect(rules.map((r) => r.annotations.runbook_url)).toEqual(
      rules.map((r) => `docs/operations.md#${r.alert.toLowerCase()}`),
    );
    expect(new Set(sections)).toEqual(new Set(rules.map((r) => r.alert)));
  });
});
