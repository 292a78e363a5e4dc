/** A router and an ONU for every subscriber, beside the same single requests alone. */
import { type Counts, measure } from "./devices-run.ts";
import type { Calls } from "./field.ts";
import type { Bench } from "./part.ts";
import { memory } from "./resident.ts";
import { type Fact, type Samples, Series } from "./samples.ts";

interface Step {
  /** Names of the series, and of what was counted. */
  readonly own: string;
  readonly floor: string;
  readonly what: string;
  readonly aim?: number;
}
const STEPS: readonly Step[] = [
  { own: "converge", floor: "all told", what: "converge, a router and an ONU each", aim: 2 },
  { own: "scan", floor: "listed", what: "no-op, drift scan", aim: 1.5 },
  { own: "look", floor: "listed", what: "no-op, every key looked at", aim: 1.5 },
  { own: "drift", floor: "mended", what: "1 % changed by hand: found and repaired" },
];

export async function devices(bench: Bench): Promise<Samples> {
  const { count, runs } = bench;
  const s = new Series();
  const counts: Counts = new Map();
  for (let run = 0; run < runs; run++) await measure(bench, s, counts);
  const measures = STEPS.map(({ own, floor, what, ...aim }) => {
    return { what: `devices: ${what}`, count, seconds: s.of(own), floor: s.of(floor), ...aim };
  });
  const facts = STEPS.map(({ own, floor, what }): Fact => {
    const value = `${spell(counts.get(own))}, floor ${spell(counts.get(floor))}`;
    return { what: `requests to NBI + VGC + rw_core for ${count}: ${what}`, value };
  });
  return { measures, facts: [...facts, memory(`${count} with router and ONU, the sender in the same process`)] };
}
const spell = (calls: Calls | undefined): string => [calls?.nbi, calls?.rest, calls?.grpc].join(" + ");
