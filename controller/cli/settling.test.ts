import { expect, it } from "vitest";
import { Fault } from "../../reconcilers/errors.ts";
import type { Report } from "../engine/run/reconcile.ts";
import { Endings } from "./settling.ts";

const fault = new Fault("Rejected", "PoolExhausted", "nothing is free", { remedy: "enlarge it" });
const failed = { settled: false, effects: 2, faults: new Map([["a/b/c", fault]]), retryAt: 1 };
const waiting = { settled: false, effects: 0, faults: new Map(), retryAt: 1 };
const held = { settled: false, effects: 0, faults: new Map() };
const done = { settled: true, effects: 1, faults: new Map() };
const WORDS = ["PoolExhausted: nothing is free; enlarge it"];

it.each([
  ["a fault that is tried again stands until then, whenever the time is up", [failed, waiting, waiting], false, WORDS],
  ["one that healed is gone", [failed, waiting, done], true, []],
  ["one that made room for a hold too", [failed, held], false, []],
  ["one that is still to be seen for the first time says nothing", [waiting], false, []],
])("%s", (_, reports, settled, faults) => {
  const endings = new Endings();
  for (const report of reports) endings.note("owner", report as unknown as Report);
  const effects = reports.reduce((n, r) => n + r.effects, 0);
  expect(endings.all.get("owner")).toEqual({ settled, effects, faults });
});

it("what a look before it met stands until something is known", () => {
  const endings = new Endings();
  endings.foresee("a", failed.faults);
  endings.foresee("b", new Map());
  expect([...endings.all.keys()]).toEqual(["a"]);
  endings.note("a", waiting as unknown as Report);
  expect(endings.all.get("a")).toEqual({ settled: false, effects: 0, faults: WORDS });
});
