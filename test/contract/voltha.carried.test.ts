/** What VGC takes and does not carry, as it looks there: `desired` refuses it before anything is sent (carried.ts). */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Desired } from "../../controller/core/model.ts";
import type { OnuHandle } from "../lab/voltha/lab.ts";
import { signal } from "./hand.ts";
import { good, type Town, town } from "./voltha.site.ts";
import { internet, OLT, onuAndUni, portOf, serialOf, tv, voice } from "./voltha.subjects.ts";

let it: Town;
let device: OnuHandle;
beforeEach(async () => {
  it = await town(0);
  device = it.lab.onu({ serial: serialOf(1), olt: OLT.serial, pon: 3 });
  await it.lab.settled();
  good(await it.apply("create", onuAndUni(1).onu));
  Object.assign(it.site, { patienceMs: 100 });
});
afterEach(async () => {
  it.close();
  await it.lab.close();
});
/** As if nobody had refused it. */
const unrefused = (wanted: Desired, from: RegExp, to: string): Desired => {
  const lines = wanted.spec["services"] as readonly string[];
  return { ...wanted, spec: { ...wanted.spec, services: lines.map((l) => l.replace(from, to)) } };
};
const status = () => it.site.controller.flowStatus(portOf(1), signal);
const sTags = () => device.services.map((s) => s.ponSTag);

test("a tag of the customer's without an inner VLAN: all is provisioned, the ONU has nothing, and takes nothing more", async () => {
  const bare = unrefused(onuAndUni(1, { services: [voice] }).uni, / c444 /, " c4096 ");
  expect(await it.apply("create", bare)).toMatchObject([{ code: "AwaitingDevice" }]);
  expect([await status(), sTags()]).toEqual(["ALL_FLOWS_PROVISIONED", []]);
  const beside = unrefused(onuAndUni(1, { services: [internet, voice] }).uni, / c444 /, " c4096 ");
  expect(await it.apply("update", beside)).toMatchObject([{ code: "AwaitingDevice" }]);
  expect(sTags()).toEqual([]);
});
test.each([
  ["of one inner VLAN", / c555 /, " c1001 "],
  ["without one", / c(555|1001) u\d+/, " c4096 u4096"],
])(
  "two services %s: the second gets nothing towards the customer, and the ONU says that all is well",
  async (_, from, to) => {
    const both = unrefused(onuAndUni(1, { services: [internet, tv] }).uni, from, to);
    await it.apply("create", both);
    expect([await status(), sTags()]).toEqual(["ALL_FLOWS_PROVISIONED", [100]]);
    expect((await it.look(both))?.facts).toMatchObject({ reason: "omci-flows-pushed" });
  },
);
