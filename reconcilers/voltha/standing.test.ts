import { describe, expect, test } from "vitest";
import { type SadisSubscriber, subscriberOf } from "./sadis.ts";
import type { Service } from "./service.ts";
import { withHeld } from "./standing.ts";

const PORT = "ALCL12345678-1";
const internet: Service = {
  name: "internet",
  sTag: 100,
  cTag: 1000,
  uniTag: 4096,
  technologyProfileId: 64,
  pbit: 0,
  up: "up_1",
  down: "down_1",
};
const tv: Service = { ...internet, name: "tv", sTag: 555, technologyProfileId: 66 };
const declaredAs = (...services: readonly Service[]): SadisSubscriber =>
  subscriberOf(PORT, services, { circuitId: "olt1/1", remoteId: "home" });
/** As `programmed-subscribers` shows it: with fields that SADIS never named. */
const held = (s: Service) => ({
  ...declaredAs(s).uniTagList[0],
  upstreamOltBandwidthProfile: null,
  enableMacLearning: false,
});
const named = (answer: Readonly<Record<string, unknown>>) =>
  (answer["uniTagList"] as SadisSubscriber["uniTagList"]).map((t) => [
    t.serviceName,
    t.ponSTag,
    t.upstreamBandwidthProfile,
  ]);

describe("while ONOS holds a service", () => {
  test.each<readonly [string, SadisSubscriber | undefined, readonly Service[], readonly unknown[]]>([
    ["it is named, though nobody declares it any more", undefined, [internet], [["internet", 100, "up_1"]]],
    [
      "it keeps its words: ONOS ends only what is equal",
      declaredAs({ ...internet, up: "up_2" }),
      [internet],
      [["internet", 100, "up_1"]],
    ],
    [
      "of other tags both are named: the old ends before the new begins",
      declaredAs({ ...tv, sTag: 556 }),
      [tv],
      [
        ["tv", 555, "up_1"],
        ["tv", 556, "up_1"],
      ],
    ],
    [
      "what it does not hold yet is named as it is declared",
      declaredAs(internet, tv),
      [internet],
      [
        ["internet", 100, "up_1"],
        ["tv", 555, "up_1"],
      ],
    ],
  ])("%s", (_why, declared, there, lines) => expect(named(withHeld(PORT, declared, there.map(held)))).toEqual(lines));

  test("the customer's circuit id is the declared one; an unset field is left out, for ONOS cannot read it", () => {
    const answer = withHeld(PORT, declaredAs(internet), [held(internet)]);
    expect(answer).toMatchObject({ id: PORT, nasPortId: PORT, circuitId: "olt1/1", remoteId: "home" });
    expect(JSON.stringify(answer)).not.toContain("null");
    expect(answer["uniTagList"]).toEqual([expect.objectContaining({ enableMacLearning: false })]);
  });
});
