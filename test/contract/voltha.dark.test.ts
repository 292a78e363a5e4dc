/** rw_core that was restarted: its ONUs work, and it holds their ports down for ever. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Desired } from "../../controller/core/model.ts";
import { darkIn } from "../../reconcilers/voltha/dark.ts";
import { ARRIVING_MS } from "../../reconcilers/voltha/flows.ts";
import { ping } from "../../reconcilers/voltha/ping.ts";
import { BLINK_MS } from "../../reconcilers/voltha/storms.ts";
import { watch } from "../../reconcilers/voltha/watch.ts";
import { signal } from "./hand.ts";
import { good, orderOf, rewrite, type Town, town } from "./voltha.site.ts";
import { internet, OLT, onuAndUni, SETTLE_MS, serialOf, voice } from "./voltha.subjects.ts";

const ONUS = 10;
let it: Town;
const all = Array.from({ length: ONUS }, (_, n) => onuAndUni(n + 1, { services: [internet, voice] }));
const unis = all.map(({ uni }) => uni);
beforeEach(async () => {
  it = await town(ONUS);
  good(await it.apply("create", ...all.map(({ onu }) => onu)));
  good(await it.apply("create", ...unis));
  it.lab.coreRestarts();
  await it.lab.settled();
});
afterEach(async () => {
  it.close();
  await it.lab.close();
});
const repair = (...wanted: readonly Desired[]) =>
  it.resource("uni").apply(
    wanted.map((d) => ({ ...orderOf("update", d), patch: { flows: "pushed" } })),
    signal,
  );
const flows = async (...wanted: readonly Desired[]) => {
  const lookups = wanted.map(({ ref, spec, how }) => ({ ref, spec, how, token: "lm_t", id: ref.key }));
  const seen = await it.resource("uni").observe(lookups, signal);
  return [...new Set([...seen.values()].map((o) => o.state["flows"]))];
};
const served = () => it.onus.filter((o) => o.services.length === 2).length;
const switched = () => it.lab.calls.filter((c) => /^(Dis|En)ableDevice/.test(c)).map((c) => c.split(" ")[0]);
const later = async (ms: number) => {
  await it.site.plant();
  it.wait(ms);
};

test("nobody is served, and whoever looks sees it, at one port and at many; what is wrong is said", async () => {
  expect(served()).toBe(0);
  await later(ARRIVING_MS);
  expect([await flows(unis[0]!), await flows(...unis)]).toEqual([["missing"], ["missing"]]);
  expect((await it.look(unis[0]!))?.facts).toMatchObject({ reason: "logical-port-down", operState: "ACTIVE" });
});
test("each ONU is disabled and enabled once, and its services come back by themselves", async () => {
  await later(ARRIVING_MS);
  await flows(...unis);
  it.lab.requests.length = it.lab.calls.length = 0;
  good(await repair(...unis));
  await it.lab.settled();
  expect(served()).toBe(ONUS);
  expect(switched().sort()).toEqual([
    ...Array.from({ length: ONUS }, () => "DisableDevice"),
    ...Array.from({ length: ONUS }, () => "EnableDevice"),
  ]);
  expect(it.lab.requests.filter((r) => !r.startsWith("GET"))).toEqual([]);
  expect(await flows(...unis)).toEqual(["pushed"]);
});
test("what the controller is told does not help", async () => {
  const [first] = unis;
  const { services } = first!.spec as { services: readonly string[] };
  expect(services).toHaveLength(2);
  for (const method of ["POST", "DELETE", "POST"])
    await fetch(`${it.lab.vgc}/vgc/v1/services/${first!.ref.key}`, { method });
  await it.lab.settled();
  expect(served()).toBe(0);
});
test("one whose port stays down is not switched off again and again, and it is said which", async () => {
  const [first] = unis as [Desired];
  const { enable } = it.site.core;
  Object.assign(it.site, { patienceMs: 50 });
  Object.assign(it.site.core, {
    enable: async (id: string, s: AbortSignal) => {
      await enable(id, s);
      await it.lab.settled();
      it.lab.coreRestarts();
      await it.lab.settled();
    },
  });
  await later(ARRIVING_MS);
  it.lab.calls.length = 0;
  await flows(first);
  expect(await repair(first)).toMatchObject([{ code: "AwaitingDevice" }]);
  await later(ARRIVING_MS);
  await flows(first);
  expect(await repair(first)).toMatchObject([
    { code: "NotConverging", message: expect.stringMatching(`${serialOf(1)}.*still holds its port .*-1 down`) },
  ]);
  expect(switched()).toEqual(["DisableDevice", "EnableDevice"]);
});
test("one that does not answer when it is enabled is enabled again", async () => {
  const [first] = unis as [Desired];
  Object.assign(it.site, { patienceMs: 50 });
  await later(ARRIVING_MS);
  await flows(first);
  it.lab.calls.length = 0;
  const times = () => switched().filter((call) => call === "EnableDevice").length;
  rewrite(it.site, (d) =>
    d.serialNumber === serialOf(1) && times() === 1 ? { ...d, operStatus: "UNKNOWN", reason: "omci-admin-lock" } : d,
  );
  expect(await repair(first)).toMatchObject([{ message: expect.stringContaining("omci-admin-lock") }]);
  await later(2 * ARRIVING_MS);
  expect([await flows(first), await flows(...unis)]).toEqual([["missing"], ["missing"]]);
  Object.assign(it.site, { patienceMs: 60_000 });
  expect(good(await repair(first))).toMatchObject([{ state: { flows: "pushed" } }]);
  expect(times()).toBe(2);
});
test("within the settle window nobody is touched; then everybody is looked at, and the endpoint says what is wrong", async () => {
  const news = watch(it.site);
  const told = async () => {
    const plant = await it.site.plant();
    return news.news(plant, await darkIn(it.site, plant, new Set([OLT.name])));
  };
  await told();
  it.site.storms.blind();
  it.wait(BLINK_MS);
  await told();
  it.wait(SETTLE_MS - ARRIVING_MS);
  expect([await told(), await flows(...unis)]).toEqual([[], ["pushed"]]);
  it.wait(ARRIVING_MS);
  expect(await told()).toHaveLength(ONUS);
  expect((await ping(it.site, signal)).troubles).toMatchObject([
    { reason: "PortsDown", message: expect.stringContaining(`${ONUS} ONUs`) },
  ]);
});
