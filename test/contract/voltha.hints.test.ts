/** Who is to be looked at again, and how soon. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hints } from "../../reconcilers/voltha/hints.ts";
import type { OnuHandle } from "../lab/voltha/lab.ts";
import { good, orderOf, type Town, town } from "./voltha.site.ts";
import { ENDPOINT, OLT, onuAndUni, portOf, serialOf } from "./voltha.subjects.ts";

const NEVER = 3_600_000;
/** Awaited, not timed: a busy machine takes its time. */
const soon = <T>(what: () => T) => expect.poll(what, { timeout: 120_000, interval: 5 });
let it: Town;
let onu: OnuHandle;
let stop: AbortController;
let seen: string[];
let ended: Promise<void>;
beforeEach(async () => {
  it = await town(0);
  onu = it.lab.onu({ serial: serialOf(1), olt: OLT.serial, pon: 0 });
  await it.lab.settled();
  const { onu: first, uni } = onuAndUni(1);
  good(await it.apply("create", first));
  good(await it.apply("create", uni));
  stop = new AbortController();
  seen = [];
});
afterEach(async () => {
  stop.abort();
  await ended;
  it.close();
  await it.lab.close();
});
const listen = (everyMs: number): void => {
  ended = (async () => {
    for await (const keys of hints(it.site, stop.signal, { everyMs, backoffMs: 5 })) seen.push(...keys);
  })();
};
const listening = () => soon(() => it.lab.calls.some((c) => c.startsWith("ReceiveChangeEvents"))).toBe(true);
const first = [`${ENDPOINT}/onu/${serialOf(1)}`, `${ENDPOINT}/uni/${portOf(1)}`];

describe("without another reading", () => {
  test("an event of a port names its ONU and what is wanted on it", async () => {
    listen(NEVER);
    await listening();
    onu.power(false);
    await soon(() => seen).toEqual(expect.arrayContaining(first));
  });
  test("one that is waited for is told of when it is plugged in", async () => {
    listen(NEVER);
    await listening();
    await it.look(onuAndUni(2).uni);
    it.lab.onu({ serial: serialOf(2), olt: OLT.serial, pon: 1 });
    await soon(() => seen).toEqual(
      expect.arrayContaining([`${ENDPOINT}/onu/${serialOf(2)}`, `${ENDPOINT}/uni/${portOf(2)}`]),
    );
  });
  test("a stream that broke is opened again, and what was missed meanwhile is read", async () => {
    listen(NEVER);
    await listening();
    const events = () => it.lab.calls.filter((c) => c.startsWith("ReceiveChangeEvents")).length;
    const before = events();
    it.lab.kafkaDown();
    onu.power(false);
    it.lab.kafkaUp();
    await soon(events).toBeGreaterThan(before);
    await soon(() => seen).toEqual(expect.arrayContaining(first));
  });
  test("an OLT that was away between two readings gets its rest", async () => {
    listen(NEVER);
    await listening();
    await soon(() => it.site.storms.of(OLT.name)).toBe("Up");
    const between = await it.site.core.devices(stop.signal);
    Object.assign(it.site.core, { devices: async () => between });
    await it.lab.oltCycle(OLT.serial);
    await soon(() => it.site.storms.of(OLT.name)).toBe("Settling");
  });
});

test("what changes without an event is found by a reading: flows that never came", async () => {
  it.lab.removeFlowsOnDisable(false);
  await it.lab.oltCycle(OLT.serial);
  await it.site.plant();
  it.wait(NEVER);
  listen(10);
  await soon(() => seen).toEqual(expect.arrayContaining(first));
});
test("services that arrive after their apply gave up are told of", async () => {
  Object.assign(it.site, { patienceMs: 20 });
  const late = it.lab.onu({ serial: serialOf(2), olt: OLT.serial, pon: 1 });
  await it.lab.settled();
  const { onu: its, uni } = onuAndUni(2);
  good(await it.apply("create", its));
  it.lab.hold();
  expect(await it.resource("uni").apply([orderOf("create", uni)], stop.signal)).toMatchObject([{ kind: "Waiting" }]);
  listen(10);
  await listening();
  it.lab.release();
  await soon(() => seen).toContain(`${ENDPOINT}/uni/${portOf(2)}`);
  await it.lab.settled();
  expect(await it.look(uni)).toMatchObject({ state: { flows: "pushed" } });
  expect(late.services).toHaveLength(1);
});
test("ends with its signal", async () => {
  listen(NEVER);
  await listening();
  stop.abort();
  await ended;
  expect(seen).toEqual([]);
});
