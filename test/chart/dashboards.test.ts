/** The dashboards: what they ask for is there, in the words of PromQL, and they fit on the page. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { openMetrics } from "../../controller/observe/metrics.ts";
import { METRICS } from "../../controller/observe/metrics-table.ts";
import { metricsOf, unknownMetrics } from "./promql.ts";
import { CHART } from "./tools.ts";

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: Place;
  readonly targets?: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}
const FOLDER = join(CHART, "dashboards");
const dashboards = readdirSync(FOLDER).map(
  (file) => [file, JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Dashboard] as const,
);
const queriesOf = ({ panels, templating }: Dashboard): readonly string[] => [
  ...panels.flatMap((p) => (p.targets ?? []).map((t) => t.expr)),
  ...templating.list.flatMap((v) => v.definition ?? []),
];
const dir = mkdtempSync(join(tmpdir(), "lastmile-dashboards-"));
afterAll(() => rmSync(dir, { recursive: true }));

describe.each(dashboards)("%s", (_file, dashboard) => {
  const queries = queriesOf(dashboard);

  it("asks for metrics and labels that the controller has", () => expect(queries.flatMap(unknownMetrics)).toEqual([]));
  it("shows every metric that there is", () => {
    const shown = new Set(queries.flatMap(metricsOf).map((m) => m.name.replace(/_(bucket|count|sum)$/, "")));
    expect(Object.keys(METRICS).filter((name) => !shown.has(name))).toEqual([]);
  });
  it("asks for metrics of the process that are really scraped", async () => {
    const sources = {
      backlog: () => new Map(),
      reachable: () => new Map(),
      breakers: () => new Map(),
      pools: () => [],
      tickets: () => [],
      silentMs: () => new Map(),
      queue: () => ({ ready: 0, inFlight: 0, waiting: 0 }),
      oldestMs: () => 0,
    };
    const metrics = openMetrics({ ...sources, leasesHeld: () => 0, purgeDue: async () => 0 }, { process: true });
    const { text } = await metrics.scrape();
    const foreign = queries.flatMap((q) => q.match(/\b(?:process|nodejs)_\w+/g) ?? []);
    expect(foreign.length).toBeGreaterThan(0);
    expect(foreign.filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
  });
  it("is written in PromQL", async () => {
    const rules = dashboard.panels
      .flatMap((p) => p.targets ?? [])
      .map(({ expr }, n) => ({
        record: `query:${n}`,
        expr: expr.replaceAll("$__rate_interval", "5m").replaceAll(/\$\w+/g, ".*"),
      }));
    const file = join(dir, "queries.yaml");
    writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    const { stdout } = await execa("promtool", ["check", "rules", "--lint=none", file]);
    expect(stdout).toContain(`${rules.length} rules found`);
  });
  it("uses the variables that it declares", () => {
    const declared = dashboard.templating.list.map((v) => v.name);
    const used = [...JSON.stringify(dashboard.panels).matchAll(/\$\{?(?!__)(\w+)/g)].map(([, name = ""]) => name);
    expect(new Set(used)).toEqual(new Set(declared));
  });
  it("has panels that do not overlap, each with a title, an id of its own, and words on what it means", () => {
    const { panels } = dashboard;
    expect(new Set(panels.map((p) => p.id)).size).toBe(panels.length);
    for (const p of panels) expect([p.title, p.type === "row" || p.description]).not.toContain(undefined);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map((p) => p.gridPos.x + p.gridPos.w))).toBe(24);
  });
});
