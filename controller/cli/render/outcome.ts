/** What became of an apply. Pure. */
import type { Paint, Style } from "../io.ts";
import { count } from "./problems.ts";
import { table } from "./table.ts";

export interface Outcome {
  /** `Subscriber isp-acme/john-doe`. */
  readonly subject: string;
  /** Waiting: for a device at a customer's, while everything else is in place. */
  readonly result: (typeof RESULTS)[number];
  /** undefined: a controller does the work, and tells of each effect in its log and in the history. */
  readonly effects?: number;
  readonly words: readonly string[];
}
const RESULTS = ["in place", "waiting", "held", "failed"] as const;
const STYLES: Readonly<Record<Outcome["result"], Style>> = {
  "in place": "green",
  waiting: "cyan",
  held: "yellow",
  failed: "red",
};

export function outcomeText(outcomes: readonly Outcome[], wide: boolean, paint: Paint): string {
  if (outcomes.length === 0) return "Nothing to do: what is there is what is declared.";
  // A plan that was only looked at, because its subscriber stands on it, is no news.
  const news = outcomes.filter((o) => wide || o.effects !== 0 || o.result !== "in place");
  const rows = news.map((o) => [
    o.subject,
    paint(STYLES[o.result], o.result),
    String(o.effects ?? ""),
    wide ? o.words.join("; ") : (o.words[0] ?? ""),
  ]);
  const effects = outcomes.reduce((sum, o) => sum + (o.effects ?? 0), 0);
  const made = outcomes.some((o) => o.effects !== undefined) ? `${count(effects, "change")} made: ` : "";
  const by = Map.groupBy(news.length > 0 ? news : outcomes, (o) => o.result);
  const parts = RESULTS.flatMap((r) => {
    const many = by.get(r)?.length ?? 0;
    return many > 0 ? [`${many} ${r}`] : [];
  });
  const summary = `${made}${parts.join(", ")}.`;
  return rows.length > 0 ? `${table(["subject", "result", "changes", "message"], rows)}\n\n${summary}` : summary;
}
