/** Fact 18: while a session of a device goes on, the NBI takes back nothing that waits for it (503). */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Desired, Observed } from "../../controller/core/model.ts";
import type { CpeSetting } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import type { Fault } from "../../reconcilers/errors.ts";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import { plugOf } from "./genieacs.rig.ts";
import { cpe, serialOf, wanted } from "./genieacs.subjects.ts";
import { startTown, type Town } from "./genieacs.town.ts";

const INTERVAL = "Device.ManagementServer.PeriodicInformInterval";
const PASSWORD = "Device.PPP.Interface.1.Password";
const enforce = (name: string, value: CpeSetting["value"]): CpeSetting => ({ name, value, management: "Enforce" });
const want = (password: string, interval = 600): Desired =>
  wanted(
    1,
    cpe(serialOf(1), {
      settings: [
        enforce("pppoe.username", "s1@acme"),
        enforce("pppoe.password", new Sensitive(password)),
        enforce("management.informInterval", interval),
      ],
    }),
  );

let town: Town;
let router: Cpe;
beforeEach(async () => {
  town = await startTown();
  router = town.lab.plug(plugOf(1));
  await town.settle(want("first"));
  town.now += 1000;
  town.awaited = true;
});
afterEach(() => town.close());

const takenBack = () => town.lab.requests.filter((r) => r.method === "DELETE" && r.path.startsWith("/tasks/")).length;
/** Begins while its session goes on, which ends when something of it was asked back. */
async function during<T>(work: () => Promise<T>, end: () => void = () => undefined): Promise<T> {
  const before = takenBack();
  router.inSession = true;
  let isOver = false;
  const outcome = work().finally(() => {
    isOver = true;
  });
  while (takenBack() === before && !isOver) await new Promise((go) => setImmediate(go));
  router.inSession = false;
  end();
  return outcome;
}

describe("a new password", () => {
  test("that could not be told goes back as soon as the session ends, and is told soon after; the rest waits there", async () => {
    const outcome = await during(() => town.settle(want("second", 900)));
    expect(outcome).toMatchObject({ code: "InUse", message: expect.stringMatching(/was in a session.*; 2 values/) });
    expect(JSON.stringify(town.lab.tasks())).not.toContain("second");
    town.now += 1000;
    router.inform();
    expect([router.get(PASSWORD), router.get(INTERVAL)]).toEqual(["first", 900]);
    expect(await town.settle(want("second", 900))).toHaveProperty("state");
    expect(router.get(PASSWORD)).toBe("second");
  });
  test("that the session has written is known at once, so that RADIUS follows", async () => {
    router.noConnectionRequest = "silent";
    const outcome = await during(
      () => town.settle(want("second")),
      () => {
        town.now += 1000;
        router.inform();
      },
    );
    expect((outcome as Observed).state["pppoe.password"]).toMatchObject(new Sensitive("second"));
    expect(router.get(PASSWORD)).toBe("second");
  });
  test("that a session threw away, because it came too late, is not taken for written", async () => {
    router.noConnectionRequest = "silent";
    const outcome = await during(
      () => town.settle(want("second")),
      () => {
        town.now += 61_000;
        router.inform();
      },
    );
    expect(outcome).toMatchObject({ code: "InUse" });
    expect(router.get(PASSWORD)).toBe("first");
    expect((await town.plan(want("second"))).fields.map((f) => f.field)).toContain("pppoe.password");
  });
  test("that stays behind in a session without an end is tried again, and never runs by itself for longer than a minute", async () => {
    Object.assign(town.session, { patienceMs: 0 });
    const outcome = await during(() => town.settle(want("second")));
    expect(outcome).toMatchObject({ kind: "Conflict", code: "InUse" });
    const [left] = town.lab.tasks();
    expect(left!.expiry!.getTime() - left!.timestamp.getTime()).toBe(60_000);
    expect(await town.settle(want("second"))).toHaveProperty("state");
    expect([router.get(PASSWORD), town.lab.tasks()]).toEqual(["second", []]);
  });
});

test("a wish is withdrawn, and a router retired, when the session ends", async () => {
  router.online = false;
  await town.settle(want("first", 900));
  const withdrawn = await during(() => town.settle(want("first", 600)));
  expect(withdrawn).toMatchObject({ state: { marking: true } });
  expect(town.lab.tasks()).toEqual([]);
  await town.settle(want("first", 900));
  expect(await during(() => town.end(want("first"), "retire"))).toMatchObject({ retired: true });
});
test("a session that does not end is no lost answer: it is tried again, and nothing has happened", async () => {
  router.online = false;
  await town.settle(want("first", 900));
  Object.assign(town.session, { patienceMs: 0 });
  const outcome = (await during(() => town.end(want("first"), "retire"))) as Fault;
  expect(outcome).toMatchObject({ code: "InUse", message: expect.stringMatching(/in a session/) });
  expect(await town.look(want("first", 900))).toMatchObject({ retired: false });
});
