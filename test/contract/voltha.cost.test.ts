/** What one customer costs a large network: requests are counted, not timed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ARRIVING_MS } from "../../reconcilers/voltha/flows.ts";
import { ping } from "../../reconcilers/voltha/ping.ts";
import { signal } from "./hand.ts";
import { good, orderOf, type Town, town } from "./voltha.site.ts";
import { ground, internet, OLT, onuAndUni } from "./voltha.subjects.ts";

const MANY = 200;
let it: Town;
const ones = Array.from({ length: MANY }, (_, n) => onuAndUni(n + 1));
const edited = onuAndUni(MANY + 1);
beforeAll(async () => {
  it = await town(MANY + 1);
  good(await it.apply("create", ...ones.map(({ onu }) => onu), edited.onu));
  good(await it.apply("create", ...ones.map(({ uni }) => uni), edited.uni));
});
afterAll(async () => {
  it.close();
  await it.lab.close();
});

/** How often what was asked, whatever of: `GET /subscriber-config`, `GetDevice`. */
async function counted(what: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  it.lab.requests.length = it.lab.calls.length = 0;
  await what();
  const rest = it.lab.requests.map((r) => r.replace("/vgc/v1", "").split("/").slice(0, 2).join("/"));
  const all = Map.groupBy([...rest, ...it.lab.calls.map((c) => c.split(" ")[0]!)], (name) => name);
  return Object.fromEntries([...all].map(([name, times]) => [name, times.length]));
}

test("an edit of one customer reads no list of all devices, and his OLT's services four times", async () => {
  const { onu, uni } = onuAndUni(MANY + 1, { services: [{ ...internet, serviceVlan: 200 }] });
  const asked = await counted(async () => {
    await it.look(ground()[0]!);
    await it.look(onu);
    await it.look(uni);
    good(await it.apply("update", uni));
    await it.look(uni);
  });
  expect(asked).not.toHaveProperty("ListDevices");
  expect(asked).toMatchObject({ "GET /subscriber-config": 4, "POST /services": 1 });
  expect(asked["GetDevice"], "the ONU and its OLT at each look").toBeLessThan(20);
});
test("whether all is well costs a question for each OLT", async () => {
  expect(await counted(() => ping(it.site, signal))).toMatchObject({ ListAdapters: 1, GetDevice: 2 });
});
test("a repair costs two writes and a look at its ONU, the whole batch two lists of each kind", async () => {
  it.lab.removeFlowsOnDisable(false);
  await it.lab.oltCycle(OLT.serial);
  await it.site.plant();
  it.wait(ARRIVING_MS);
  const orders = ones.map(({ uni }) => ({ ...orderOf("update", uni), patch: { flows: "pushed" } }));
  const asked = await counted(async () => good(await it.resource("uni").apply(orders, signal)));
  const {
    GetDevice: looks = 0,
    ListDevices: lists = 0,
    "GET /flow-status": last = 0,
    "GET /flows": gone = 0,
    ...rest
  } = asked;
  expect(rest).toEqual({
    "GET /subscriber-config": 2,
    "GET /programmed-subscribers": 2,
    "GET /devices": 2,
    ListLogicalDevicePorts: 2,
    "DELETE /services": MANY,
    "POST /services": MANY,
  });
  expect(looks, "the ONU, and its OLT with others").toBeLessThanOrEqual(2 * MANY);
  expect(gone, "once or twice for each, and one for all who ask at that time").toBeLessThanOrEqual(2 * MANY);
  expect(last, "of each when its ONU says that it has arrived").toBeLessThan(MANY * 1.25);
  expect(lists, "before, after, and once or twice for each group of all PONs").toBeLessThanOrEqual(8);
});
