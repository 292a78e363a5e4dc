/** What a 200 of the controller is not: services on the ONU. Nobody is called in place, and billed, before they were seen there. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Desired } from "../../controller/core/model.ts";
import type { Order, Outcome } from "../../reconcilers/system.ts";
import { ARRIVING_MS } from "../../reconcilers/voltha/flows.ts";
import { watch } from "../../reconcilers/voltha/watch.ts";
import type { OnuHandle } from "../lab/voltha/lab.ts";
import { signal } from "./hand.ts";
import { good, open, orderOf, rewrite, type Town, town } from "./voltha.site.ts";
import { internet, OLT, onuAndUni, serialOf, voice } from "./voltha.subjects.ts";

let it: Town;
let device: OnuHandle;
const { onu, uni } = onuAndUni(1);
beforeEach(async () => {
  it = await town(0);
  device = it.lab.onu({ serial: serialOf(1), olt: OLT.serial, pon: 3 });
  await it.lab.settled();
  good(await it.apply("create", onu));
  Object.assign(it.site, { patienceMs: 50 });
});
afterEach(async () => {
  it.lab.release();
  it.close();
  await it.lab.close();
});
/** Of what is under way at that time nothing goes on, until it is released. */
const send = async (action: Order["action"], wanted: Desired, patch?: Order["patch"]): Promise<Outcome> => {
  const order = { ...orderOf(action, wanted), ...(patch && { patch }) };
  return (await it.resource("uni").apply([order], signal))[0]!;
};
const WAITS = { kind: "Waiting", code: "AwaitingDevice" };
const NOT_YET = `ONU ${serialOf(1)} has not set up its services yet: initial-mib-downloaded`;
const pushed = { state: { flows: "pushed" } };
const arriving = { state: { flows: "arriving" } };
const pollOnly = () => send("update", uni, { flows: "pushed" });
/** Written, and looked at more than once since. */
async function watching(): Promise<void> {
  const often = { timeout: 60_000, interval: 5 };
  await expect.poll(writes, often).toContainEqual(expect.stringContaining("/services/"));
  const before = it.lab.calls.length;
  await expect.poll(() => it.lab.calls.length, often).toBeGreaterThan(before + 3);
}
const writes = () => it.lab.requests.filter((r) => !r.startsWith("GET"));

describe("a port whose ONU takes its time", () => {
  test("is waited for, and is in place when its services are seen", async () => {
    Object.assign(it.site, { patienceMs: 60_000 });
    it.lab.hold();
    const sent = send("create", uni);
    await watching();
    it.lab.release();
    expect(good([await sent])[0]).toMatchObject({ ...pushed, facts: { flowStatus: "ALL_FLOWS_PROVISIONED" } });
    expect(device.services).toHaveLength(1);
  });
  test("is not in place when patience ends, and the reason is said", async () => {
    it.lab.hold();
    expect(await send("create", uni)).toMatchObject({
      ...WAITS,
      message: NOT_YET,
      facts: { reason: "initial-mib-downloaded", flowStatus: "FLOWS_PROVISIONED_PARTIALLY" },
    });
    expect(await it.look(uni)).toMatchObject(arriving);
  });
  test("of which nothing is to be written is only looked at", async () => {
    it.lab.hold();
    await send("create", uni);
    it.lab.requests.length = 0;
    expect(await pollOnly()).toMatchObject({ ...WAITS, message: NOT_YET });
    expect(writes()).toEqual([]);
    it.lab.release();
    expect(good([await pollOnly()])[0]).toMatchObject(pushed);
    expect(writes()).toEqual([]);
  });
  test("for too long is repaired, and waited for again", async () => {
    it.lab.hold();
    await send("create", uni);
    it.wait(ARRIVING_MS);
    expect(await it.look(uni)).toMatchObject({ state: { flows: "missing" } });
    it.lab.release();
    rewrite(it.site, (d) => (d.root ? d : { ...d, reason: "initial-mib-downloaded" }));
    it.lab.requests.length = 0;
    expect(await pollOnly()).toMatchObject(WAITS);
    expect(writes()).toHaveLength(2);
    expect(await it.look(uni)).toMatchObject(arriving);
  });
  test("for ever is given them twice, then ever more rarely, and the reason is said", async () => {
    good(await it.apply("create", uni));
    let reason = "tech-profile-config-download-failed";
    rewrite(it.site, (d) => (d.root ? d : { ...d, reason }));
    Object.assign(it.site, { patienceMs: 1 });
    await it.look(uni);
    it.lab.requests.length = 0;
    const attempt = async () => {
      it.wait(ARRIVING_MS);
      await it.look(uni);
      return pollOnly();
    };
    for (const _ of ["first", "second"]) expect(await attempt()).toMatchObject(WAITS);
    expect(await attempt()).toMatchObject({
      kind: "Rejected",
      code: "NotConverging",
      message: expect.stringContaining("2 times and does not set them up: tech-profile-config-download-failed"),
    });
    for (let minutes = 0; minutes < 5; minutes += 0.5) await attempt();
    expect(writes().length, "twice, after a minute, and after two more").toBe(2 * 4);
    reason = "tech-profile-config-delete-failed";
    await it.look(uni);
    expect(await attempt(), "another reason").toMatchObject(WAITS);
    expect(writes()).toHaveLength(2 * 5);
  });
  test("is told of when they are there, also when its look is the one of before", async () => {
    good(await it.apply("create", uni));
    const news = watch(it.site);
    news.news(await it.site.plant());
    it.lab.hold();
    const both = onuAndUni(1, { services: [internet, voice] }).uni;
    it.lab.step();
    let isStale = true;
    rewrite(it.site, (d) => (d.root || !isStale ? d : { ...d, reason: "tech-profile-config-download-success" }));
    expect(await send("update", both)).toMatchObject(WAITS);
    isStale = false;
    it.lab.release();
    await it.lab.settled();
    expect(news.news(await it.site.plant())).toEqual([serialOf(1)]);
    expect(await it.look(both)).toMatchObject(pushed);
    expect(news.news(await it.site.plant())).toEqual([]);
  });
  test("ends with its caller", async () => {
    Object.assign(it.site, { patienceMs: 600_000 });
    it.lab.hold();
    const stop = new AbortController();
    const sent = it.resource("uni").apply([orderOf("create", uni)], stop.signal);
    await watching();
    stop.abort();
    await expect(sent).rejects.toMatchObject({ kind: "Transient" });
  });
  test("that had its services, and lost them, is not in place before they are seen again", async () => {
    good(await it.apply("create", uni));
    it.lab.removeFlowsOnDisable(false);
    await it.lab.oltCycle(OLT.serial);
    rewrite(it.site, (d) => (d.root ? d : { ...d, reason: "onu-reenabled" }));
    await it.look(uni);
    it.wait(ARRIVING_MS);
    expect(await it.look(uni)).toMatchObject({ state: { flows: "missing" } });
    expect(await pollOnly()).toMatchObject(WAITS);
  });
  test("and is taken out of service is waited for no longer", async () => {
    it.lab.hold();
    await send("create", uni);
    good([await send("retire", uni)]);
    expect([...it.site.memory.landings.arriving]).toEqual([]);
  });
});

describe("what an ONU says", () => {
  const both = onuAndUni(1, { services: [internet, voice] }).uni;
  const many = [2, 3, 4, 5, 6, 7, 8, 9].map((n) => onuAndUni(n));
  test.each([
    ["alone", []],
    ["in a batch, too", many],
  ])("from before is not of a service that is added beside, whatever VGC says: %s", async (_, others) => {
    for (const n of others.keys()) it.lab.onu({ serial: serialOf(n + 2), olt: OLT.serial, pon: 3 });
    await it.lab.settled();
    if (others.length > 0) good(await it.apply("create", ...others.map((o) => o.onu)));
    good(await it.apply("create", uni, ...others.map((o) => o.uni)));
    Object.assign(it.site, { momentMs: 60_000 });
    it.lab.hold();
    it.lab.requests.length = 0;
    const orders = [both, ...others.map((o) => o.uni)].map((d) => orderOf("update", d));
    const sent = it.resource("uni").apply(orders, signal);
    const often = { timeout: 60_000, interval: 5 };
    await expect.poll(writes, often).toContainEqual(expect.stringContaining("POST /vgc/v1/services/"));
    it.lab.step(); // into rw_core, and VGC has done its work
    expect((await sent)[0]).toMatchObject({ ...WAITS, message: expect.stringContaining("omci-flows-pushed") });
    expect(device.services).toHaveLength(1);
    it.lab.release();
    await it.lab.settled();
    it.wait(60_000);
    expect(await it.look(both)).toMatchObject(pushed);
  });
  test("soon after its services were seen, that they were taken away, is believed: rw_core gave up on them", async () => {
    good(await it.apply("create", uni));
    rewrite(it.site, (d) => (d.root ? d : { ...d, reason: "omci-flows-deleted" }));
    expect(await it.look(uni)).toMatchObject(pushed);
    it.wait(ARRIVING_MS);
    expect(await it.look(uni)).toMatchObject({ state: { flows: "missing" } });
  });
  test("the same, when we took something from it ourselves, is of that", async () => {
    good(await it.apply("create", both));
    good(await it.apply("update", uni));
    rewrite(it.site, (d) => (d.root ? d : { ...d, reason: "omci-flows-deleted" }));
    await it.look(uni);
    it.wait(ARRIVING_MS);
    expect(await it.look(uni)).toMatchObject(pushed);
  });
});

test("ports of a PON are written eight at a time, those of another one beside them, and all arrive", async () => {
  Object.assign(it.site, { patienceMs: 60_000 });
  const crowd = Array.from({ length: 20 }, (_, n) => onuAndUni(n + 2));
  for (const n of crowd.keys()) it.lab.onu({ serial: serialOf(n + 2), olt: OLT.serial, pon: n < 18 ? 3 : 4 });
  await it.lab.settled();
  good(await it.apply("create", ...crowd.map((c) => c.onu)));
  it.lab.hold();
  it.lab.requests.length = 0;
  const orders = crowd.map((c) => orderOf("create", c.uni));
  const sent = it.resource("uni").apply(orders, signal);
  const begun = () => writes().filter((r) => r.startsWith("POST /vgc/v1/services/")).length;
  const often = { timeout: 60_000, interval: 5 };
  await expect.poll(begun, often).toBe(8 + 2);
  const before = it.lab.calls.length;
  await expect.poll(() => it.lab.calls.length, often).toBeGreaterThan(before + 20);
  expect(begun()).toBe(8 + 2);
  it.lab.release();
  expect(good(await sent).map((o) => o?.state["flows"])).toEqual(crowd.map(() => "pushed"));
});

describe("what VGC still takes away loses what comes in its place, so that it is waited for:", () => {
  const moved = onuAndUni(1, { services: [{ ...internet, serviceVlan: 200 }] }).uni;
  const activations = () => writes().filter((r) => r.startsWith("POST /vgc/v1/services/"));
  const listing = async () => {
    const often = { timeout: 60_000, interval: 5 };
    await expect.poll(() => it.lab.requests.filter((r) => r.includes("/flows/")).length, often).toBeGreaterThan(1);
  };
  test.each([
    ["another S-tag, whose flows have the same numbers", "update", moved],
    ["the same service again", "restore", uni],
  ] as const)("%s", async (_why, action, wanted) => {
    Object.assign(it.site, { patienceMs: 60_000 });
    good(await it.apply("create", uni));
    it.lab.hold();
    if (action === "restore") good([await send("retire", uni)]);
    it.lab.requests.length = 0;
    const sent = send(action, wanted);
    await listing();
    expect(activations()).toEqual([]);
    it.lab.release();
    expect(good([await sent])[0]).toMatchObject({ ...pushed, facts: { flowStatus: "ALL_FLOWS_PROVISIONED" } });
    expect(device.services).toHaveLength(1);
  });
});

test("a batch waits by group, and reads the lists of the controller twice, whatever the number of ports", async () => {
  const more = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((n) => onuAndUni(n));
  for (const n of more.keys()) it.lab.onu({ serial: serialOf(n + 2), olt: OLT.serial, pon: 3 });
  await it.lab.settled();
  good(await it.apply("create", ...more.map((m) => m.onu)));
  it.lab.hold();
  it.lab.calls.length = 0;
  it.lab.requests.length = 0;
  const out = await it.resource("uni").apply(
    more.map((m) => orderOf("create", m.uni)),
    signal,
  );
  expect(out.map((o) => (o as { code?: string }).code)).toEqual(more.map(() => "AwaitingDevice"));
  const lists = it.lab.requests.filter((r) => r.endsWith("/programmed-subscribers")).length;
  expect(lists, "before and after the write").toBe(2);
  const all = it.lab.calls.filter((c) => c.startsWith("ListDevices")).length;
  expect(all, "of eight the ONUs are asked").toBe(2);
});

describe("an ONU that is away", () => {
  test("before its services were ever seen: nobody waits here, and nothing is in place", async () => {
    Object.assign(it.site, { patienceMs: 600_000 });
    it.lab.hold();
    device.power(false);
    const out = await send("create", uni);
    expect(out).toMatchObject(WAITS);
    it.wait(ARRIVING_MS);
    it.lab.release();
    await it.lab.settled();
    device.power(true);
    await it.lab.settled();
    await it.look(uni);
    expect(good([await pollOnly()])[0]).toMatchObject(pushed);
  });
  test("before its services were ever seen: a process that starts anew calls nothing in place either", async () => {
    device.power(false);
    await it.lab.settled();
    expect(await send("create", uni)).toMatchObject(WAITS);
    const next = open(it.config);
    const { ref, spec, how } = uni;
    const lookups = [{ ref, spec, how, token: "lm_t", id: undefined }];
    for (const _ of ["first", "second"]) {
      expect([...(await next.resource("uni").observe(lookups, signal)).values()]).toMatchObject([arriving]);
      // The engine orders by the id that was observed, whether or not it was ever confirmed.
      const order = { ...orderOf("update", uni), patch: { flows: "pushed" } };
      expect(await next.resource("uni").apply([order], signal)).toMatchObject([WAITS]);
    }
    next.close();
  });
  test("after they were seen: there is nothing to be done", async () => {
    good(await it.apply("create", uni));
    device.power(false);
    await it.lab.settled();
    expect(await it.look(uni)).toMatchObject(pushed);
  });
});

test("who began ended before he saw them: the next one does not call in place what the inventory does not know", async () => {
  it.lab.hold();
  await send("create", uni);
  it.lab.step(); // into rw_core
  it.lab.step(); // towards the ONU
  const next = open(it.config);
  const { ref, spec, how } = uni;
  const look = async (id: string | undefined) =>
    [...(await next.resource("uni").observe([{ ref, spec, how, token: "lm_t", id }], signal)).values()][0];
  expect((await look(ref.key))?.facts).toMatchObject({ reason: expect.stringMatching(/^tech-profile/) });
  expect(await look(ref.key), "seen once").toMatchObject(pushed);
  expect(await look(undefined)).toMatchObject(arriving);
  it.lab.release();
  await it.lab.settled();
  expect(await look(undefined)).toMatchObject(pushed);
  next.close();
});
