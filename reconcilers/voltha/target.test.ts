import { describe, expect, test } from "vitest";
import { readService, type Service, spellService } from "./service.ts";
import { type Held, look, stepsTo, target } from "./target.ts";

const line = (name: string, more: Partial<Service> = {}): string =>
  spellService({
    name,
    sTag: 100,
    cTag: 1000,
    uniTag: 4096,
    technologyProfileId: 64,
    pbit: 0,
    up: "u",
    down: "d",
    ...more,
  });
const internet = line("internet");
const voice = line("voice", { technologyProfileId: 65, sTag: 444 });
const tv = line("tv", { technologyProfileId: 66, sTag: 555 });
const how = { olt: "olt1", kept: ["internet", "voice"] };
const wanted = (suspended: boolean, services = [internet, voice, tv]) => ({ services, suspended, how });

test("of who is suspended only what RADIUS gates and what must stay is on the line", () => {
  expect(target(wanted(true))).toEqual([internet, voice]);
  expect(target(wanted(false))).toEqual([internet, voice, tv]);
});

describe("a port looks", () => {
  const all = [internet, tv, voice];
  test.each([
    ["as wanted", [internet, tv, voice], false, { services: all, suspended: false }],
    [
      "suspended where all that a suspension takes is gone: a resumption changes nothing else",
      [internet, voice],
      false,
      { services: all, suspended: true },
    ],
    ["suspended as wanted", [internet, voice], true, { services: all, suspended: true }],
    [
      "not suspended while one is there that should be gone",
      [internet, tv, voice],
      true,
      { services: all, suspended: false },
    ],
    [
      "wrong, not suspended, where something else is gone",
      [internet, tv],
      false,
      { services: [internet, tv], suspended: false },
    ],
    [
      "wrong and not suspended where something that stays is gone as well",
      [internet],
      false,
      { services: [internet], suspended: false },
    ],
    ["suspended and wrong", [internet], true, { services: [internet, tv], suspended: true }],
  ] as const)("%s", (_, there, suspended, seen) => {
    expect(look(there, wanted(suspended))).toEqual(seen);
  });
  test.each([true, false])(
    "as is wanted (suspended: %s) where a suspension takes nothing: nobody could see it",
    (suspended) => {
      expect(look([internet], wanted(suspended, [internet])).suspended).toBe(suspended);
    },
  );
  test("as it is where nobody knows what is wanted", () => {
    expect(look([tv], undefined)).toEqual({ services: [tv], suspended: false });
  });
});

describe("steps", () => {
  const held = (l: string, active = true): Held => ({ line: l, service: readService(l)!, active });
  const told = (want: readonly string[], have: readonly Held[]) =>
    stepsTo(want, have).map(({ act, service }) => `${act} ${service.name} ${service.sTag}`);
  const moved = line("internet", { sTag: 200 });
  test.each([
    ["nothing to do", [internet], [held(internet)], []],
    ["a new one goes in before it is activated", [internet], [], ["add internet 100", "activate internet 100"]],
    [
      "deactivated first: two active ones that are deleted leak a flow",
      [],
      [held(internet), held(tv)],
      ["deactivate internet 100", "remove internet 100", "deactivate tv 555", "remove tv 555"],
    ],
    [
      "changed tags on the same technology profile are ignored: the old one goes first, the new one follows at once, others stay",
      [moved, voice],
      [held(internet), held(voice)],
      ["deactivate internet 100", "remove internet 100", "add internet 200", "activate internet 200"],
    ],
    ["one that sleeps is woken", [internet], [held(internet, false)], ["activate internet 100"]],
    ["one that sleeps and is not wanted is only removed", [], [held(tv, false)], ["remove tv 555"]],
  ])("%s", (_, want, have, steps) => expect(told(want, have)).toEqual(steps));
});
