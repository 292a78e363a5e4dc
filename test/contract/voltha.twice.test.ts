/** An ONU that two OLTs remember: it works under one, and the other one tells of it as it was. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OnuHandle } from "../lab/voltha/lab.ts";
import { signal } from "./hand.ts";
import { good, orderOf, type Town, town } from "./voltha.site.ts";
import { OLT, OLT2, onuAndUni, serialOf } from "./voltha.subjects.ts";

let it: Town;
let device: OnuHandle;
const first = onuAndUni(1);
const second = onuAndUni(1, { olt: OLT2.name });
beforeEach(async () => {
  it = await town(0);
  device = it.lab.onu({ serial: serialOf(1), olt: OLT.serial, pon: 3 });
  await it.lab.settled();
  good(await it.apply("create", first.onu));
  good(await it.apply("create", first.uni));
  device.move(OLT2.serial, 1);
  await it.lab.settled();
});
afterEach(async () => {
  it.close();
  await it.lab.close();
});
const WHERE = `ONU ${serialOf(1)} is not on olt1 but on PON port 1 of olt2`;
const records = async () => (await it.site.plant()).onus(serialOf(1)).map((o) => `${o.olt} ${o.device.adminState}`);
const writes = () => it.lab.requests.filter((r) => !r.startsWith("GET"));

test("declared at the one where it is not, it is said where it is, and nothing is written", async () => {
  it.lab.requests.length = 0;
  it.lab.calls.length = 0;
  const waits = [{ kind: "Waiting", code: "AwaitingDevice", message: WHERE }];
  expect(await it.look(first.onu)).toBeUndefined();
  expect(await it.apply("create", first.onu)).toMatchObject(waits);
  expect(await it.apply("update", first.uni)).toMatchObject(waits);
  expect(writes()).toEqual([]);
  expect(it.lab.calls.filter((c) => !/^(List|Get)/.test(c))).toEqual([]);
});
test("an OLT that is down is no witness", async () => {
  it.lab.oltDown(OLT2.serial);
  await it.lab.settled();
  expect(await it.look(first.onu)).toMatchObject({ facts: { olt: "olt1" } });
});
test("without its declaration all are read, to find each record; one that is remembered once is read by its id", async () => {
  it.lab.onu({ serial: serialOf(2), olt: OLT.serial, pon: 3 });
  await it.lab.settled();
  const once = onuAndUni(2).onu;
  good(await it.apply("create", once));
  await it.site.plant();
  const listed = async ({ ref }: typeof once) => {
    it.lab.calls.length = 0;
    expect((await it.resource("onu").observe([{ ref, token: "lm_t", id: ref.key }], signal)).size).toBe(1);
    return it.lab.calls.includes("ListDevices");
  };
  expect([await listed(once), await listed(first.onu)]).toEqual([false, true]);
});
test("not wanted any more it leaves both, and works nowhere disabled", async () => {
  good(await it.apply("update", second.onu));
  const { ref } = second.onu;
  const onu = it.resource("onu");
  const look = async () => [...(await onu.observe([{ ref, token: "lm_t", id: ref.key }], signal)).values()][0];
  expect(await look()).toMatchObject({ retired: false });
  expect(await onu.apply([orderOf("retire", second.onu)], signal)).toMatchObject([{ retired: true }]);
  expect((await records()).toSorted()).toEqual(["olt1 DISABLED", "olt2 DISABLED"]);
  expect(await look()).toMatchObject({ retired: true });
  expect(await onu.apply([orderOf("destroy", second.onu)], signal)).toEqual([null]);
  await it.lab.settled();
  expect(await records(), "found anew, and nobody's").toEqual(["olt2 ENABLED"]);
});
