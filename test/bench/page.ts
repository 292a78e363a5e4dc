/** The measured part of docs/performance.md, between two marks; the words around it are written by people. */
import { readFile, writeFile } from "node:fs/promises";
import type { Machine } from "./machine.ts";
import { type Aim, type Fact, type Measure, median, type Samples } from "./samples.ts";

export interface Part {
  readonly samples: Samples;
  /** Before and after it was measured. */
  readonly load: readonly [before: number, after: number];
}
const FILE = new URL("../../docs/performance.md", import.meta.url);

export const tablesOf = (parts: readonly Part[], machine: Machine): string =>
  [environment(machine), "", ...measures(parts), "", ...facts(parts.flatMap((p) => p.samples.facts))].join("\n");

/** Puts the tables into their place on the page. */
export async function writePage(place: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- ${place}: begin -->`, `<!-- ${place}: end -->`];
  const page = await readFile(FILE, "utf8");
  const [before, after] = [page.indexOf(begin), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${FILE.pathname} has lost its marks ${begin} and ${end}`);
  await writeFile(FILE, `${page.slice(0, before + begin.length)}\n\n${text}\n\n${page.slice(after)}`);
}

const environment = (m: Machine): string =>
  [
    `Measured ${new Date().toISOString().slice(0, 10)} on ${m.cpu}, ${m.memory}; Node ${m.node}, PostgreSQL ${m.postgres}`,
    `(embedded, on the same machine: ${m.settings}).`,
  ].join("\n");

function measures(parts: readonly Part[]): readonly string[] {
  const rows = parts.flatMap(({ samples, load }) => samples.measures.map((m) => row(m, load)));
  return [
    "| what | subscribers | median | min – max | µs each | floor | ratio | aim | load |",
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ...rows,
  ];
}
function row({ what, count, seconds, floor, aim }: Measure, load: Part["load"]): string {
  const middle = median(seconds);
  const ratio = floor && middle / median(floor);
  const cells = [
    what,
    count.toLocaleString("en"),
    spell(middle),
    `${spell(Math.min(...seconds))} – ${spell(Math.max(...seconds))}`,
    Math.round((middle / count) * 1e6).toLocaleString("en"),
    floor ? spell(median(floor)) : "",
    ratio === undefined ? "" : `${ratio.toFixed(1)} ×`,
    ratio === undefined || aim === undefined ? "" : verdict({ says: `≤ ${aim} ×`, met: ratio <= aim }),
    load.map((n) => n.toFixed(1)).join(" – "),
  ];
  return `| ${cells.join(" | ")} |`;
}
const facts = (all: readonly Fact[]): readonly string[] => [
  "| what | value | aim |",
  "|---|--:|--:|",
  ...all.map(({ what, value, aim }) => `| ${what} | ${value} | ${aim ? verdict(aim) : ""} |`),
];
const verdict = ({ says, met }: Aim): string => `${says} ${met ? "met" : "**missed**"}`;
const spell = (s: number): string => (s < 1 ? `${(s * 1000).toFixed(s < 0.1 ? 1 : 0)} ms` : `${s.toFixed(2)} s`);
