/** What a system that fails, lags or lies may do to others: nothing. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Fault } from "../../reconcilers/errors.ts";
import type { Outcome, Session } from "../../reconcilers/system.ts";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { Scene } from "../../test/lab/scene.ts";
import { HOUR, owner } from "../../test/lab/world.ts";
import { Backoff } from "../queue/backoff.ts";
import { StoreError } from "../store/errors.ts";

let db: FreshDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await freshDatabase();
});
afterEach(() => scene.close());
afterAll(() => db.drop());

describe("a system that is down", () => {
  test("holds its own objects and nothing else; then it catches up", async () => {
    scene = await Scene.open(db.pool);
    scene.faults.refuse.set("pon.observe", 1000);
    await scene.settle(scene.world.subjects(30));
    expect(await scene.world.census()).toMatchObject({ live: "30/30/0", bound: 30 });
    expect(scene.report(1)?.settled).toBe(false);
    expect([...(scene.report(1)?.faults.values() ?? [])].map((f) => f.kind)).toEqual(["Transient"]);
    scene.faults.refuse.clear();
    await scene.engine.settle(3000);
    expect(await scene.world.census()).toMatchObject({ live: "30/30/30" });
    expect(scene.report(1)?.settled).toBe(true);
  });
  test("without a connection its objects are unknown, and the others are served", async () => {
    scene = await Scene.open(db.pool);
    const subject = scene.world.subject(1);
    const cpe = { ref: { system: "acs", resource: "device", key: "s1" }, spec: {} };
    await scene.settle([{ ...subject, desired: [...subject.desired, cpe] }]);
    expect(await scene.world.census()).toMatchObject({ live: "1/1/1" });
    expect(scene.report(1)?.faults.get("acs/device/s1")?.code).toBe("Unavailable");
    expect(scene.report(1)?.settled).toBe(false);
  });
  test("is not asked again before its time, whoever edits the subject; the others are", async () => {
    scene = await Scene.open(db.pool, {}, { backoff: new Backoff(60_000) });
    scene.faults.refuse.set("pon.observe", 1);
    await scene.settle(scene.world.subjects(1));
    await scene.settle(scene.world.subjects(1, { rate: "2M" }));
    expect(scene.faults.log.filter((n) => n === "pon.observe")).toHaveLength(1);
    expect(await scene.world.census()).toMatchObject({ live: "1/1/0", rates: "2M" });
    expect(scene.report(1)?.retryAt).toBeGreaterThan(Date.now() + 40_000);
  });
  test("a failed read is never an absence: nothing is made again, nothing is forgotten", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(5));
    scene.faults.refuse.set("addr.observe", 1);
    await scene.settle(scene.world.subjects(5, { rate: "2M" }));
    expect(await scene.world.census()).toMatchObject({ addresses: 5, inventory: 15 });
    await scene.engine.settle(2000);
    scene.faults.refuse.set("addr.observe", 1);
    await scene.settle([]);
    expect(await scene.world.census()).toMatchObject({ live: "5/0/0", inventory: 15 });
    await scene.engine.settle(2000);
    expect(await scene.world.census()).toMatchObject({ live: "0/0/0", inventory: 15, ledger: 15, addresses: 5 });
  });
  test("a failed read after retention purges nothing of what it could not see, and frees no claim", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(5));
    await scene.settle([], 2000);
    scene.world.clock.offset = 2 * HOUR;
    scene.faults.refuse.set("pon.observe", 1000);
    await scene.engine.purge();
    await scene.engine.settle();
    expect(await scene.world.census()).toMatchObject({ onus: 5, accounts: 0, addresses: 0, claims: 10 });
    scene.faults.refuse.clear();
    await scene.engine.settle(3000);
    expect(await scene.world.census()).toMatchObject({ onus: 0, inventory: 0, ledger: 0, claims: 0 });
  });
});

describe("one subject that fails", () => {
  test("is soon alone in its calls: all others are through after three tries", async () => {
    scene = await Scene.open(db.pool, { limit: 100 });
    scene.world.pon.poison.add("ALCL7");
    await scene.settle(scene.world.subjects(40), 600);
    expect(await scene.world.census()).toMatchObject({ live: "40/40/39" });
    expect([...scene.reports.values()].filter((r) => r.faults.size > 0)).toHaveLength(1);
    expect(scene.report(7)?.faults.size).toBe(1);
    expect(scene.report(8)?.settled).toBe(true);
    scene.world.pon.poison.clear();
    await scene.engine.settle(2000);
    expect(await scene.world.census()).toMatchObject({ live: "40/40/40" });
  });
  test("who answers again starts afresh: the next failure waits no longer than the first", async () => {
    scene = await Scene.open(db.pool);
    scene.faults.refuse.set("pon.observe", 3);
    await scene.settle(scene.world.subjects(1), 2000);
    scene.faults.refuse.set("pon.observe", 1);
    await scene.look();
    const wait = (scene.report(1)?.retryAt ?? 0) - scene.world.clock.now();
    expect(wait).toBeLessThan(8); // base 5 ms and a quarter
    await scene.engine.settle(2000);
  });
});

describe("replies that are lost, late or untrue", () => {
  test("a lost reply on a create, seen through a replica that lags, makes one object", async () => {
    scene = await Scene.open(db.pool, { settleMs: 150 });
    scene.world.addr.lagMs = 100;
    scene.faults.dropReply.set("addr.create", 2);
    await scene.settle(scene.world.subjects(20), 3000);
    expect(await scene.world.census()).toMatchObject({ addresses: 20, distinct: 20, live: "20/20/20", bound: 20 });
  });
  test("a system that answers well and does nothing is found out at the next look, and repaired", async () => {
    scene = await Scene.open(db.pool);
    scene.world.pon.lies = 1;
    await scene.settle(scene.world.subjects(1));
    expect(await scene.world.census()).toMatchObject({ live: "1/1/0" });
    await scene.look();
    expect(await scene.world.census()).toMatchObject({ live: "1/1/1" });
    expect(scene.report(1)?.settled).toBe(true);
  });
  test("a system that takes the change and does not keep it gets NotConverging, not an endless stream of writes", async () => {
    scene = await Scene.open(db.pool);
    const { engine, world, faults } = scene;
    let writes = 0;
    engine.ports.open(
      "pon",
      stubborn(world.pon.session(faults.guard), () => writes++),
    );
    await scene.settle(world.subjects(1));
    expect(writes).toBe(2);
    const fault = scene.report(1)?.faults.get("pon/object/ALCL1");
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ code: "NotConverging", message: "update leaves rate different" });
    expect(scene.report(1)?.settled).toBe(false);
    expect(scene.report(1)?.retryAt).toBeGreaterThan(0);
  });
  test("a value that its maker never gives is a fault, and no placeholder is sent", async () => {
    scene = await Scene.open(db.pool);
    const { world } = scene;
    const subject = world.subject(1);
    const desired = subject.desired.map((d) =>
      d.ref.system === "acct"
        ? { ...d, spec: { ...d.spec, address: { $output: "addr/object/s1-v4", path: "vrf" } } }
        : d,
    );
    await scene.settle([{ ...subject, desired }]);
    expect(await world.census()).toMatchObject({ live: "1/0/1" });
    expect(scene.report(1)?.faults.get("acct/object/s1@acme.example")).toMatchObject({ kind: "Rejected" });
  });
});
function stubborn(session: Session, wrote: () => void): Session {
  const forget = (o: Outcome): Outcome =>
    o === null || o instanceof Fault ? o : { ...o, state: { ...o.state, rate: "1M" } };
  const resources = session.resources.map((r) => ({
    ...r,
    apply: async (...args: Parameters<typeof r.apply>) => {
      wrote();
      return (await r.apply(...args)).map(forget);
    },
  }));
  return { ...session, resources };
}

describe("out of service", () => {
  /** What failed is tried again when the test says so, however slow the machine is. */
  const patient = { backoff: new Backoff(10 * 60_000) };
  const later = async (): Promise<void> => {
    scene.world.clock.offset += HOUR / 2;
    await scene.look([1, 2, 3, 4, 5].map((n) => owner(n)));
  };
  test("what uses an object goes before it: the account before its address", async () => {
    scene = await Scene.open(db.pool, {}, patient);
    await scene.settle(scene.world.subjects(5), 1000);
    scene.faults.dropReply.set("acct.update", 1);
    await scene.settle([]);
    const { log } = scene.faults;
    expect(await scene.world.census()).toMatchObject({ addresses: 5 });
    expect((await scene.world.census()).live).toBe("5/0/0");
    await later();
    expect((await scene.world.census()).live).toBe("0/0/0");
    expect(log.lastIndexOf("addr.update")).toBeGreaterThan(log.lastIndexOf("acct.update"));
  });
  test("and is purged in the same order, without plan or profile", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(5), 1000);
    await scene.settle([], 1000);
    scene.world.clock.offset = 2 * HOUR;
    await scene.restart(patient);
    scene.faults.refuse.set("acct.destroy", 1);
    await scene.engine.purge();
    await scene.engine.settle();
    expect(await scene.world.census()).toMatchObject({ accounts: 5, addresses: 5, onus: 0 });
    await later();
    expect(await scene.world.census()).toMatchObject({ accounts: 0, addresses: 0, claims: 0, inventory: 0 });
  });
  test("retention is kept: nothing is destroyed before its time", async () => {
    scene = await Scene.open(db.pool);
    await scene.settle(scene.world.subjects(2), 1000);
    await scene.settle([], 1000);
    scene.world.clock.offset = HOUR / 2;
    await scene.engine.purge();
    await scene.look([owner(1), owner(2)]);
    expect(await scene.world.census()).toMatchObject({ accounts: 2, addresses: 2, onus: 2, ledger: 6 });
  });
});

describe("a run whose outcome cannot be written down", () => {
  test("is done again until it is, though nothing has changed in the systems", async () => {
    const told: string[] = [];
    let isLost = true;
    const onReport = async (key: string): Promise<void> => {
      if (isLost) throw new StoreError("Unavailable", "no answer");
      told.push(key);
    };
    scene = await Scene.open(db.pool, {}, { onReport, onError: () => "retry", backoff: new Backoff(10) });
    await scene.settle(scene.world.subjects(12)); // more than a small edit
    isLost = false;
    await scene.engine.settle(5000);
    expect(new Set(told)).toEqual(new Set(scene.world.declared.keys()));
  });
});
