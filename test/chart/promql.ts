/** Which metrics a query asks for, as far as the controller's own go. */
import { METRICS } from "../../controller/observe/metrics-table.ts";

interface Asked {
  readonly name: string;
  readonly labels: readonly string[];
}
/** Labels that the scrape adds. */
const SCRAPED = new Set(["job", "instance", "namespace", "pod", "le"]);

export function metricsOf(query: string): readonly Asked[] {
  return [...query.matchAll(/\b(lastmile_[a-z_]+)(?:\{([^}]*)\})?/g)].map(([, name = "", braces = ""]) => ({
    name,
    labels: [...braces.matchAll(/(\w+)(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
  }));
}

/** What the controller does not have: a metric, or a label of it, in the braces or behind `by`. */
export function unknownMetrics(query: string): readonly string[] {
  const asked = metricsOf(query);
  const known = asked.flatMap(({ name }) => rowOf(name)?.labels ?? []) as readonly string[];
  const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
    list.split(",").map((l) => l.trim()),
  );
  return [
    ...asked.filter(({ name }) => !rowOf(name)).map(({ name }) => name),
    ...asked.flatMap(({ name, labels }) => labels.filter((l) => isForeign(l, rowOf(name)?.labels ?? []))),
    ...grouped.filter((l) => isForeign(l, known)),
  ];
}
const isForeign = (label: string, labels: readonly string[]): boolean => !SCRAPED.has(label) && !labels.includes(label);

function rowOf(name: string): { readonly type: string; readonly labels: readonly string[] } | undefined {
  const table: Readonly<Record<string, { readonly type: string; readonly labels: readonly string[] }>> = METRICS;
  const [, histogram = ""] = /^(.+)_(?:bucket|count|sum)$/.exec(name) ?? [];
  return table[name] ?? (table[histogram]?.type === "histogram" ? table[histogram] : undefined);
}
