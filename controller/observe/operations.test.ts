import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fault } from "../../reconcilers/errors.ts";
import { account, input, run } from "../core/status/fixture.ts";
import { REASONS, type Reason } from "../core/status/reasons.ts";
import { subscriberStatus } from "../core/status/subscriber.ts";
import { systemStatus } from "../core/status/system.ts";
import { CHECKS } from "./health.ts";
import { logAction, openLog } from "./log.ts";
import { METRICS } from "./metrics-table.ts";

const FILE = join(import.meta.dirname, "../../docs/operations.md");
const text = readFileSync(FILE, "utf8");

type Row = readonly string[];
const table = (...rows: readonly Row[]): string => rows.map((r) => `| ${r.join(" | ")} |`).join("\n");
const titled = (head: Row, rows: readonly Row[]): string =>
  table(
    head,
    head.map(() => "---"),
    ...rows,
  );

const ENDS: Readonly<Record<Reason["mover"], string>> = {
  nobody: "",
  lastmile: "by itself",
  device: "at the customer's",
  person: "a person",
};
function reasons(group: Reason["group"]): string {
  const rows = Object.entries(REASONS).filter(([, r]) => r.group === group);
  return titled(
    ["reason", "means", "to do", "ends"],
    rows.map(([code, r]) => [`\`${code}\``, r.means, r.remedy, ENDS[r.mover]]),
  );
}
const metrics = (): string =>
  titled(
    ["metric", "type", "labels", "means", "to do"],
    Object.entries(METRICS).map(([name, m]) => [`\`${name}\``, m.type, m.labels.join(", "), m.means, m.todo]),
  );
const checks = (): string =>
  titled(
    ["path", "check", "well", "otherwise"],
    Object.entries(CHECKS).map(([name, c]) => [`\`${c.path}\``, `\`${name}\``, c.means, c.todo]),
  );
function actionLine(): string {
  const lines: string[] = [];
  const log = openLog("info", { write: (one) => void lines.push(one) });
  const ref = "radius-acme/account/john-doe@acme.example";
  const owner = "lastmile/acme/Subscriber/isp-acme/john-doe";
  logAction(log, { owner, ref, action: "update", outcome: "Done", planId: "8f2c1d0b9a7e6f53" });
  const json = lines
    .join("")
    .trim()
    .replace(/"time":"[^"]*"/, '"time":"2026-11-20T12:00:00.000Z"');
  return `\`\`\`json\n${json}\n\`\`\``;
}

const GROUPS = ["state", "work", "hold", "fault", "blocker", "warning"] as const;
const generated: Readonly<Record<string, string>> = {
  ...Object.fromEntries(GROUPS.map((g) => [`reasons of group ${g}`, reasons(g)])),
  metrics: metrics(),
  checks: checks(),
  "action line": actionLine(),
};
/** The page with its generated parts made again. */
const renewed = (): string =>
  text.replace(/<!-- ([\w ]+) -->\n[\s\S]*?<!-- end -->/g, (_all, name: string) => {
    expect(Object.keys(generated)).toContain(name);
    return `<!-- ${name} -->\n${generated[name]}\n<!-- end -->`;
  });

describe("docs/operations.md", () => {
  it("has the tables that the program has (vitest -u writes them again)", () =>
    expect(renewed()).toMatchFileSnapshot(FILE));
  it("has a place for every table", () => {
    for (const name of Object.keys(generated)) expect(text).toContain(`<!-- ${name} -->`);
  });
  it("has every group of reasons", () =>
    expect(new Set(Object.values(REASONS).map((r) => r.group))).toEqual(new Set<string>(GROUPS)));
  it("explains every type of condition", () => {
    const gone = account({ ref: { system: "gone", resource: "account", key: "x" } });
    const subscriber = subscriberStatus(input(run([account(), gone]), { vlanId: 7 }));
    const contact = { ok: false, fault: fault("Denied", "") } as const;
    const spec = { paused: false, mode: "Enforce" } as const;
    const rest = { breaker: "Closed", backlog: 0, drift: 0 } as const;
    const system = systemStatus({ generation: 1, now: 0, previous: undefined, spec, contact, ...rest });
    const types = [...(subscriber.conditions ?? []), ...(system.conditions ?? [])].map((c) => c.type);
    expect(types).toContain("SystemReady");
    expect(types.filter((t) => !text.includes(`| \`${t}\` |`))).toEqual([]);
  });
  it("explains every event that the program logs", () => {
    const root = join(import.meta.dirname, "..");
    const files = globSync("**/*.ts", { cwd: root }).filter((f) => !f.endsWith(".test.ts"));
    const texts = files.map((f) => readFileSync(join(root, f), "utf8"));
    const events = new Set(texts.flatMap((t) => [...t.matchAll(/\bevent: "(\w+)"/g)].map((m) => m[1] ?? "")));
    expect([...events]).toContain("action");
    expect([...events].filter((e) => !text.includes(`| \`${e}\` |`) && !text.includes(`"event":"${e}"`))).toEqual([]);
  });
  it("alerts on metrics that exist, by labels that they have", () => {
    for (const [, name = "", braces = ""] of text.matchAll(/(lastmile_[a-z_]+)(?:\{([^}]*)\})?/g)) {
      const row = METRICS[name as keyof typeof METRICS];
      expect([name, row !== undefined]).toEqual([name, true]);
      for (const [, label] of braces.matchAll(/(\w+)=/g)) expect(row.labels).toContain(label);
    }
  });
});
