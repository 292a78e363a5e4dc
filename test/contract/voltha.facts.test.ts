/** What VOLTHA and VGC do to those who believe them, fact by fact. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Desired } from "../../controller/core/model.ts";
import type { Outcome } from "../../reconcilers/system.ts";
import { BLINK_MS } from "../../reconcilers/voltha/storms.ts";
import type { OnuHandle } from "../lab/voltha/lab.ts";
import { signal } from "./hand.ts";
import { good, orderOf, type Town, town } from "./voltha.site.ts";
import { ground, internet, OLT, OLT2, onuAndUni, SETTLE_MS, serialOf } from "./voltha.subjects.ts";

let it: Town;
let onus: OnuHandle[];
beforeEach(async () => {
  it = await town(0);
  onus = [1, 2].map((n) => it.lab.onu({ serial: serialOf(n), olt: OLT.serial, pon: 3 }));
  await it.lab.settled();
});
afterEach(async () => {
  it.close();
  await it.lab.close();
});
const fault = ([outcome]: readonly Outcome[]): unknown => outcome;
const make = async (wanted: Desired) => good(await it.apply("create", wanted))[0]!;
const asked = (pattern: RegExp): readonly string[] => it.lab.requests.filter((r) => pattern.test(r));
const serve = async (n: number, services = [internet]): Promise<Desired> => {
  const { onu, uni } = onuAndUni(n, { services });
  await make(onu);
  await make(uni);
  return uni;
};

describe("an OLT", () => {
  const [olt] = ground() as [Desired];
  test("is told to VGC before it is made: what is pushed before is never pushed, and nothing says so", async () => {
    const first = asked(/^POST /)[0];
    expect(first).toBe(`POST /vgc/v1/olt/${OLT.serial}`);
    expect(await it.look(olt)).toMatchObject({ state: { enabled: true, registered: true } });
  });
  test("that was made by somebody else is taken as it is: a second create is refused there", async () => {
    it.lab.olt({ serial: "OTHER", hostAndPort: "127.0.0.1:50069" });
    await it.site.core.createOlt("127.0.0.1:50069", signal);
    await it.site.core.createOlt("127.0.0.1:50069", signal);
    expect(good(await it.apply("create", olt))[0]).toMatchObject({ state: { enabled: true } });
  });
  test("is enabled again, and never disabled or deleted: everything under it would go along", async () => {
    const root = (await it.site.plant()).roots.get(OLT.name)!;
    await it.site.core.disable(root.id, signal);
    expect(await it.look(olt)).toMatchObject({ state: { enabled: false } });
    expect(good(await it.apply("update", olt))[0]).toMatchObject({ state: { enabled: true } });
    it.lab.calls.length = 0;
    expect(await it.apply("retire", olt)).toEqual([null]);
    expect(await it.apply("destroy", olt)).toEqual([null]);
    expect(it.lab.calls.filter((c) => /Disable|Delete/.test(c))).toEqual([]);
    const { ref } = olt;
    const unwanted = { ref, token: "lm_t", id: "x" };
    expect(await it.resource("olt").observe([unwanted], signal), "forgotten").toEqual(new Map());
  });
  test("of another serial or address is not changed", async () => {
    const root = (await it.site.plant()).roots.get(OLT.name)!;
    const other = { ...it.site.config.olts[0]!, address: "10.0.0.1:9191" };
    Object.assign(it.site.config, { olts: [other] });
    expect(fault(await it.apply("update", olt))).toMatchObject({ code: "BadValue" });
    expect((await it.site.core.devices(signal)).find((d) => d.id === root.id)?.adminState).toBe("ENABLED");
  });
});

describe("an ONU", () => {
  test.each([
    ["is not there yet", onuAndUni(9).onu, `ONU ${serialOf(9)} is not on olt1 yet`],
    [
      "is on another OLT",
      onuAndUni(1, { olt: OLT2.name }).onu,
      `ONU ${serialOf(1)} is not on olt2 but on PON port 3 of olt1`,
    ],
  ])("that %s is waited for, and it is said where it is", async (_, wanted, words) => {
    expect(fault(await it.apply("create", wanted))).toMatchObject({
      kind: "Waiting",
      code: "AwaitingDevice",
      message: words,
    });
  });
  test("on another PON port than expected is served, and it is said where it is", async () => {
    expect(await make(onuAndUni(1, { ponPort: 4 }).onu)).toMatchObject({ facts: { ponPort: 3 } });
  });
  describe("that was moved to another PON of its OLT hangs there: its device keeps the place of before", () => {
    const served = onuAndUni(1, { ponPort: 3 });
    const moved = onuAndUni(1, { ponPort: 4 });
    /** As the inventory knows it since it was last in place. */
    const known = { id: `${serialOf(1)}@3` };
    const edit = { ...orderOf("update", moved.onu), ...known };
    const deletions = () => it.lab.calls.filter((c) => c.startsWith("DeleteDevice")).length;
    const edited = async (order = edit) => {
      const [out] = await it.resource("onu").apply([order], signal);
      await it.lab.settled();
      return out;
    };
    const look = async ({ ref, spec, how }: Desired) => {
      const found = await it.resource("onu").observe([{ ref, spec, how, token: "lm_t", ...known }], signal);
      return [...found.values()][0];
    };
    beforeEach(async () => {
      expect(await make(served.onu)).toMatchObject(known);
      await make(served.uni);
      onus[0]!.move(OLT.serial, 4);
      await it.lab.settled();
    });
    const back = async () => {
      expect(await edited()).toMatchObject({
        id: `${serialOf(1)}@4`,
        state: moved.onu.spec,
        facts: { ponPort: 4, operState: "ACTIVE" },
      });
      expect(onus[0]!.services).toHaveLength(1);
    };
    test("with the edit its device is deleted, once, and it is found where it is, with all that it had", async () => {
      expect(await look(served.onu), "nobody said that it was moved").toMatchObject({ state: served.onu.spec });
      expect(await look(moved.onu)).toMatchObject({ state: { expectedPonPort: 3 } });
      await back();
      expect(deletions()).toBe(1);
      expect(await it.look(moved.uni)).toMatchObject({ state: { flows: "pushed" }, facts: { ponPort: 4 } });
      onus[0]!.move(OLT.serial, 3);
      await it.lab.settled();
      const again = { ...orderOf("update", served.onu), id: `${serialOf(1)}@4` };
      expect(await edited(again), "and back").toMatchObject({ facts: { ponPort: 3, operState: "ACTIVE" } });
    });
    test("it is waited for until it is there again", async () => {
      Object.assign(it.site, { patienceMs: 20 });
      it.lab.hold();
      const [out] = await it.resource("onu").apply([edit], signal);
      expect(out).toMatchObject({ kind: "Waiting", code: "AwaitingDevice" });
      it.lab.release();
      await it.lab.settled();
      expect(await edited()).toMatchObject({ state: moved.onu.spec, facts: { ponPort: 4 } });
      expect(deletions()).toBe(1);
    });
    test("a deletion that is refused is tried again", async () => {
      it.lab.trouble.push({ on: /^DeleteDevice/, what: "refuse" });
      expect(await edited()).toMatchObject({ code: "Unavailable" });
      await back();
    });
    test("found again on the same port it is really there: it is not deleted for ever", async () => {
      onus[0]!.move(OLT.serial, 3);
      onus[0]!.power(false);
      await it.lab.settled();
      Object.assign(it.site, { patienceMs: 1 });
      const gone = { code: "AwaitingDevice", message: `ONU ${serialOf(1)} is not on olt1 yet` };
      expect(await edited()).toMatchObject(gone);
      it.lab.hold();
      onus[0]!.power(true);
      for (let n = 0; n < 5; n += 1) it.lab.step();
      const [out] = await it.resource("onu").apply([edit], signal);
      expect(out).toMatchObject({
        state: moved.onu.spec,
        facts: { ponPort: 3, operState: expect.not.stringMatching(/^ACTIVE$/) },
      });
      expect(deletions()).toBe(1);
      it.lab.release();
    });
    test("while another one of that PON is dark it is a cut, and nothing is deleted", async () => {
      onus[1]!.power(false);
      await it.lab.settled();
      const words = { message: expect.stringContaining("when the others of its PON port work again") };
      expect(await edited()).toMatchObject({ code: "AwaitingDevice", ...words });
      expect(deletions()).toBe(0);
      onus[1]!.power(true);
      await it.lab.settled();
      await back();
      expect(deletions()).toBe(1);
    });
    test("one that is out of service by our hand is not dark", async () => {
      await make(onuAndUni(2).onu);
      good(await it.apply("retire", onuAndUni(2).onu));
      await back();
    });
    test("one after the other is sought on a PON", async () => {
      it.site.memory.seeking.add("olt1/3");
      expect(await edited()).toMatchObject({ code: "AwaitingDevice" });
      expect(deletions()).toBe(0);
      it.site.memory.seeking.clear();
      await back();
      expect([...it.site.memory.seeking]).toEqual([]);
    });
    test("under an OLT that is down nobody can tell, and nothing is deleted", async () => {
      it.lab.oltDown(OLT.serial);
      await it.lab.settled();
      expect(await look(moved.onu)).toMatchObject({ state: { expectedPonPort: 3 } });
      expect(await edited()).toMatchObject({ code: "AwaitingDevice" });
      expect(deletions()).toBe(0);
    });
  });
  describe("that works where nobody expected it is not touched", () => {
    const { onu } = onuAndUni(1, { ponPort: 4 });
    const deletions = () => it.lab.calls.filter((c) => c.startsWith("DeleteDevice"));
    const dark = async () => {
      onus[0]!.power(false);
      await it.lab.settled();
    };
    beforeEach(async () => {
      expect(await make(onu)).toMatchObject({ state: onu.spec, facts: { ponPort: 3 } });
    });
    test("however often it is switched off: nobody edited anything since it worked", async () => {
      for (let outage = 0; outage < 2; outage += 1) {
        await dark();
        const order = { ...orderOf("update", onu), id: `${serialOf(1)}@4` };
        expect(await it.resource("onu").apply([order], signal)).toMatchObject([{ state: onu.spec }]);
        onus[0]!.power(true);
        await it.lab.settled();
      }
      expect(deletions()).toEqual([]);
    });
    test("with the edit, either: it is noted while it works, and is no reason any more when it is dark", async () => {
      const other = onuAndUni(1, { ponPort: 5 }).onu;
      const edit = { ...orderOf("update", other), id: `${serialOf(1)}@4` };
      const [noted] = good(await it.resource("onu").apply([edit], signal));
      expect(noted).toMatchObject({ id: `${serialOf(1)}@5`, state: other.spec, facts: { ponPort: 3 } });
      await dark();
      good(await it.resource("onu").apply([{ ...edit, id: `${serialOf(1)}@5` }], signal));
      expect(deletions()).toEqual([]);
    });
    test("nor where nothing is remembered of it, as after the loss of the store", async () => {
      await dark();
      good(await it.resource("onu").apply([{ ...orderOf("create", onu), id: undefined }], signal));
      expect(deletions()).toEqual([]);
    });
    test("what goes out of service keeps what was expected of it", async () => {
      const retire = { ...orderOf("retire", onu), id: `${serialOf(1)}@4` };
      expect(good(await it.resource("onu").apply([retire], signal))).toMatchObject([{ id: `${serialOf(1)}@4` }]);
    });
  });
  test("is claimed by its serial, and nobody's before", async () => {
    const { onu } = onuAndUni(1);
    const unclaimed = { ref: onu.ref, spec: onu.spec, how: onu.how, token: "lm_t", id: undefined };
    expect((await it.resource("onu").observe([unclaimed], signal)).size).toBe(0);
    expect(await make(onu)).toMatchObject({
      id: serialOf(1),
      state: { enabled: true },
      outputs: { serial: serialOf(1) },
    });
    expect(await it.look(onu)).toMatchObject({
      facts: { olt: "olt1", ponPort: 3, operState: "ACTIVE", reason: "initial-mib-downloaded" },
    });
  });
  test("is disabled when it is retired, enabled when it is wanted again, deleted at the end; it comes back with another id, and is nobody's", async () => {
    const { onu } = onuAndUni(1);
    const before = (await make(onu)).facts?.["deviceId"];
    expect(good(await it.apply("retire", onu))).toMatchObject([{ retired: true }]);
    expect(good(await it.apply("restore", onu))).toMatchObject([{ retired: false, state: { enabled: true } }]);
    await it.apply("retire", onu);
    expect(await it.apply("destroy", onu)).toEqual([null]);
    const again = (await it.look(onu))?.facts;
    expect(again).toMatchObject({ adminState: "ENABLED" });
    expect(again?.["deviceId"]).not.toBe(before);
    expect(await it.apply("destroy", onu), "enabled it is nobody's").toEqual([null]);
    expect((await it.look(onu))?.facts).toMatchObject({ deviceId: again?.["deviceId"], adminState: "ENABLED" });
  });
  test("that a hand disabled looks retired, and is enabled", async () => {
    const { onu } = onuAndUni(1);
    const { facts } = await make(onu);
    await it.site.core.disable(String(facts?.["deviceId"]), signal);
    expect(await it.look(onu)).toMatchObject({ retired: true });
  });
  test("under an OLT that is down is not gone because it is not listed", async () => {
    const { onu } = onuAndUni(9);
    const gone = { ref: onu.ref, token: "lm_t", id: onu.ref.key };
    expect((await it.resource("onu").observe([gone], signal)).size, "surely absent").toBe(0);
    it.lab.oltDown(OLT.serial);
    await it.lab.settled();
    await expect(it.resource("onu").observe([gone], signal)).rejects.toMatchObject({ kind: "Transient" });
    expect(await it.look(onu), "nobody is told of his own").toMatchObject({ retired: false, state: onu.spec });
    const placed = onuAndUni(9, { ponPort: 3 }).onu;
    const known = { ...placed, token: "lm_t", id: `${serialOf(9)}@3` };
    const [seen] = (await it.resource("onu").observe([known], signal)).values();
    expect(seen, "nor of its place").toMatchObject({ state: placed.spec });
  });
});

describe("a bandwidth profile", () => {
  const profile = ground().find((d) => d.ref.resource === "profile")!;
  test("in use cannot be deleted (409), and is tried again", async () => {
    await serve(1);
    const used = ground([internet]).find((d) => d.ref.resource === "profile")!;
    expect(fault(await it.apply("retire", used))).toMatchObject({ kind: "Conflict", code: "InUse" });
  });
  test("of other content is deleted and made again: a second POST is ignored", async () => {
    await it.apply("retire", profile);
    await it.site.controller.addProfile(
      { id: profile.ref.key, cir: 1, cbs: 1, eir: 1, ebs: 1, air: 1, pir: 1, pbs: 1, gir: 0 },
      signal,
    );
    expect((await it.look(profile))?.state).not.toEqual(profile.spec);
    expect(good(await it.apply("update", profile))[0]?.state).toEqual(profile.spec);
  });
  test("that nobody has is 409 with nothing in it: absent", async () => {
    await it.apply("retire", profile);
    expect(await it.look(profile)).toBeUndefined();
    expect(await it.apply("destroy", profile)).toEqual([null]);
  });
});

describe("the endpoint", () => {
  test("says that it is not ready without Kafka, and that is no absence", async () => {
    it.lab.kafkaDown();
    await expect(it.look(onuAndUni(1).onu)).rejects.toMatchObject({
      kind: "Transient",
      message: expect.stringContaining("system is not ready"),
    });
    const { ping } = await import("../../reconcilers/voltha/ping.ts");
    await expect(ping(it.site, signal)).rejects.toMatchObject({ kind: "Transient" });
  });
  test("that could not be read gets its rest when it can: nobody saw what happened meanwhile", async () => {
    await serve(1);
    expect(it.site.storms.of("olt1")).toBe("Up");
    it.lab.kafkaDown();
    await expect(it.look(onuAndUni(1).uni)).rejects.toMatchObject({ kind: "Transient" });
    it.lab.kafkaUp();
    it.wait(BLINK_MS);
    expect(await it.look(onuAndUni(1).uni)).toMatchObject({ state: { flows: "pushed" } });
    expect(it.site.storms.of("olt1")).toBe("Settling");
    it.wait(SETTLE_MS);
    expect(it.site.storms.of("olt1")).toBe("Up");
  });
});
