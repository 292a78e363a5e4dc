import { describe, expect, test } from "vitest";
import type { ResolvedSubscriber, UniService } from "../../controller/core/resolved.ts";
import { configAt, internet, voice } from "../../test/contract/voltha.subjects.ts";
import { refusals } from "./carried.ts";
import { desired } from "./desired.ts";

const single = (one: UniService): UniService => ({ ...one, innerVlan: undefined });
const untagged = (one: UniService): UniService => ({ ...one, uniTag: 4096 });

describe("VGC carries", () => {
  test.each<readonly [string, readonly UniService[]]>([
    ["two tags, and what the customer sends untagged", [internet]],
    ["another tag of the customer's, where there is an inner VLAN", [voice]],
    ["a single tag, where the customer sends none", [single(internet)]],
    ["one single tag beside two tags", [single(internet), voice]],
    ["two services of two inner VLANs, whose S-tags are the same", [internet, { ...voice, serviceVlan: 100 }]],
  ])("%s", (_why, services) => expect(refusals(services)).toEqual([]));
});

describe("VGC does not carry, and says 200 to", () => {
  test.each<readonly [string, readonly UniService[], string, RegExp]>([
    ["a tag that it is to translate into a single one", [internet, single(voice)], "voice", /uniTag 65.*set innerVlan/],
    ["a priority tag, for the same reason", [{ ...single(voice), uniTag: 0 }], "voice", /uniTag 0 /],
    ["two of one inner VLAN", [internet, { ...voice, innerVlan: 1000 }], "voice", /inner VLAN 1000, like internet/],
    ["two without one", [single(internet), untagged(single(voice))], "voice", /no inner VLAN, like internet/],
    [
      "two of one technology profile",
      [internet, { ...voice, technologyProfileId: 64 }],
      "voice",
      /profile 64, like internet/,
    ],
  ])("%s", (_why, services, service, why) =>
    expect(refusals(services)).toEqual([{ service, why: expect.stringMatching(why) }]),
  );
});

describe("a subscriber with such a service", () => {
  const wish = (type: "VGC" | "ONOS", state: ResolvedSubscriber["state"], services: readonly UniService[]) => {
    const config = configAt({ grpc: "v:1", controller: "http://c.example", type });
    const one = {
      scope: "subscriber",
      owner: { installation: "lab", tenant: "acme", kind: "Subscriber", namespace: "isp-acme", name: "john" },
      state,
      plan: { name: "res" },
      onu: { olt: "olt1", serial: "ALCL12345678", unis: [{ uni: 1, services }] },
      option82: {},
    } as unknown as ResolvedSubscriber;
    const port = desired(one, "v", config).find((d) => d.ref.resource === "uni");
    return (port!.spec["services"] as readonly string[]).map((line) => line.split(" ")[0]);
  };
  const both = [internet, single(voice)];
  test("is refused by name before anything is sent, with the field and what to do", () =>
    expect(() => wish("VGC", "Active", both)).toThrow(
      expect.objectContaining({
        kind: "Rejected",
        code: "BadValue",
        message: expect.stringMatching(/service voice on port ALCL12345678-1: .*set innerVlan.*of plan res/),
      }),
    ));
  test("and is suspended is never refused: the rest of his services stays", () =>
    expect(wish("VGC", "Suspended", both)).toEqual(["internet"]));
  test("is no matter of ONOS", () => expect(wish("ONOS", "Active", both)).toEqual(["internet", "voice"]));
});
