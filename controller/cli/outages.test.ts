import { expect, it } from "vitest";
import { fault } from "../../reconcilers/errors.ts";
import { openLog } from "../observe/log.ts";
import { afterCall, afterPing, type Breaker, closed, probing, THRESHOLD } from "../queue/breaker.ts";
import { outages } from "./outages.ts";

function logged(...states: readonly Breaker[]): readonly Readonly<Record<string, unknown>>[] {
  const lines: string[] = [];
  const told = outages(openLog("info", { write: (one) => void lines.push(one) }));
  for (const b of states) told("radius-1", b);
  return lines.map((l) => JSON.parse(l) as Record<string, unknown>);
}
const down = fault("Unavailable", "radius-1 cannot be reached (ECONNREFUSED)");
const half = (b: Breaker): Breaker => probing(b, Number.POSITIVE_INFINITY);
let suspected: Breaker = closed;
for (let n = 0; n < THRESHOLD; n++) suspected = afterCall(suspected, "Unanswered", 0, 0);
const open = afterPing(half(suspected), down, 0, 0);
const again = afterPing(half(open), down, 0, 0);

it("tells of an outage once, with its cause, however long it lasts, and of its end", () => {
  expect(logged(suspected, half(suspected), open, half(open), again, half(again), closed)).toMatchObject([
    { level: "warn", event: "breaker", system: "radius-1", state: "Open", error: { code: "Unavailable" } },
    { level: "info", event: "breaker", system: "radius-1", state: "Closed" },
  ]);
});
it("says nothing of a suspicion that the first ping clears", () => {
  expect(logged(suspected, half(suspected), afterPing(half(suspected), undefined, 0, 0))).toEqual([]);
});
