/** The end of a customer of all five systems: what goes at once, what waits for what, and for how long. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Away, Ending, HOME, USER } from "./ending.site.ts";
import { radius } from "./objects.ts";
import { staying } from "./staying.ts";

let e: Ending;
beforeEach(async () => {
  e = await Ending.open();
});
afterEach(() => e.close());

const TERMINATED = { ...HOME, standing: "Terminated" } as const;
const WAYS = [
  ["Terminated", TERMINATED],
  ["deleted", undefined],
] as const;

describe.each(WAYS)("who is %s", (_way, declared) => {
  it("goes in order: rejected and billed no more at once, his address when his session is seen gone", async () => {
    e.nas.accounting.lost = true;
    e.town.acs.latencyMs = 30;
    await e.declare(declared);
    expect([await e.isRejected(), await e.isBilled(), e.isConnected(), e.isRouterOurs()]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(e.called.toSorted()).toEqual(["Disconnect", "ONU", "router"]);
    expect(await e.wasTime("ONU"), "a router without its ONU can be told nothing").toBe(true);
    expect(await e.wasTime("Disconnect"), "the rows reject before the session ends").toBe(true);
    expect(await e.addresses()).toEqual([expect.stringMatching(/active$/)]);
    expect(await e.standing(), "keeps the object").toEqual(["netbox-1/address"]);
    expect(await e.town.site.condition(HOME.name, "NetBoxReady")).toBe("False SessionsOpen");
    await e.again();
    expect(await e.addresses()).toEqual([expect.stringMatching(/active$/)]);
    expect((await e.town.site.status(HOME.name))?.phase).toBe("Terminating");

    await e.town.site.radius.pool.query("update radacct set acctstoptime = now()");
    await e.again();
    expect(await e.addresses()).toEqual([expect.stringMatching(/deprecated$/)]);
    expect(await e.wasTime("address"), "no session is open when the address goes").toBe(true);
    expect(await e.standing()).toEqual([]);
    expect((await e.town.site.status(HOME.name))?.phase).toBe("Terminated");
    expect(await e.town.site.condition(HOME.name, "Ready")).toBe("True Terminated");
  });
});

/** What goes while one system is away: everything but what depends on it. */
const GOES: Readonly<Record<Away, Partial<Record<"rejected" | "unbilled" | "router" | "ONU" | "address", boolean>>>> = {
  "radius-1": { unbilled: true, router: true, ONU: true, address: false },
  "netbox-1": { rejected: true, unbilled: true, router: true, ONU: true },
  "billing-1": { rejected: true, router: true, ONU: true, address: true },
  "acs-1": { rejected: true, unbilled: true, ONU: false, address: true },
  "voltha-1": { rejected: true, unbilled: true, router: true, address: true },
};
const LOOKS = {
  rejected: () => e.isRejected(),
  unbilled: async () => !(await e.isBilled()),
  router: async () => !e.isRouterOurs(),
  ONU: async () => !e.isConnected(),
  address: async () => (await e.addresses()).join().endsWith("deprecated"),
} as const;

describe.each(Object.entries(GOES) as [Away, (typeof GOES)[Away]][])("while %s is away", (away, goes) => {
  it("all else goes at once, and the rest when it is back", async () => {
    await e.away(away, true);
    await e.declare(undefined);
    const entries = Object.keys(goes) as (keyof typeof LOOKS)[];
    await e.town.site.until(async () => (await e.standing()).length <= MOST[away]);
    const found = await Promise.all(entries.map(async (what) => [what, await LOOKS[what]()]));
    expect(Object.fromEntries(found)).toEqual(goes);
    await e.away(away, false);
    await e.town.site.until(async () => {
      await e.again();
      return (await e.standing()).length === 0;
    });
    expect((await e.town.site.status(HOME.name))?.phase).toBe("Terminated");
    expect(await e.isRejected()).toBe(true);
    expect(await e.isOnline()).toBe(false);
  });
});
/** Objects that cannot go meanwhile. */
const MOST: Readonly<Record<Away, number>> = {
  "radius-1": 3, // account, session, address
  "netbox-1": 1,
  "billing-1": 4,
  "acs-1": 3, // router, ONU, port
  "voltha-1": 2,
};

it("an ACS that does not come back keeps the ONU for ten minutes, and no longer", async () => {
  await e.away("acs-1", true);
  await e.declare(TERMINATED);
  await e.town.site.until(async () => (await e.standing()).length <= MOST["acs-1"]);
  await e.again();
  expect(e.isConnected()).toBe(true);
  expect(await e.town.site.message(HOME.name, "VOLTHAReady")).toContain("waits for acs-1/device/");
  const { now } = e.town.site;
  e.town.site.now = () => now() + 601_000;
  await e.again();
  expect(e.isConnected()).toBe(false);
  expect(await e.standing()).toEqual(["acs-1/device"]);
});

it("a router that is switched off holds nothing up", async () => {
  e.town.cpe(HOME).online = false;
  await e.declare(TERMINATED);
  expect(await e.standing()).toEqual([]);
  expect(e.isConnected()).toBe(false);
});

it("a NAS that does not do it keeps the address as long as the session may live, and no longer", async () => {
  e.nas.trouble.of = 506;
  await e.declare(TERMINATED);
  expect(await e.town.site.condition(HOME.name, "SessionsUpdated")).toBe("False NASRefused");
  expect(await e.addresses()).toEqual([expect.stringMatching(/active$/)]);
  expect(await e.town.site.condition(HOME.name, "NetBoxReady")).toBe("False SessionsOpen");
  await e.town.site.radius.pool.query("update radacct set acctupdatetime = now() - interval '32 minutes'");
  await e.town.site.until(async () => (await e.standing()).length === 0);
  expect(await e.addresses()).toEqual([expect.stringMatching(/deprecated$/)]);
});

it("an address that is another one from now on: the former is kept until the session that has it is seen gone", async () => {
  const [former] = await e.addresses();
  e.nas.accounting.lost = true;
  await e.declare({ ...HOME, pinned: 7 });
  expect(await e.addresses()).toEqual([former, "10.0.4.7/32 active"]);
  expect(await e.town.site.condition(HOME.name, "NetBoxReady")).toBe("False SessionsOpen");
  await e.town.site.radius.pool.query("update radacct set acctstoptime = now()");
  await e.again();
  expect(await e.addresses()).toEqual([former?.replace("active", "deprecated"), "10.0.4.7/32 active"]);
  expect(await e.town.site.condition(HOME.name, "Ready")).toBe("True Converged");
});

it("where nobody looks at sessions, no address waits for any, and status says so", async () => {
  e.town.radius = radius(e.town.site.radius.url); // no secretRef any more
  await e.declare(HOME);
  await e.declare(TERMINATED);
  expect(await e.standing()).toEqual([]);
  expect(e.called).not.toContain("Disconnect");
  expect(await e.town.site.condition(HOME.name, "SessionsUpdated")).toBe("Unknown SessionsNotTold");
  expect(await e.town.site.message(HOME.name, "SessionsUpdated")).toContain("addresses wait for none");
});

it("a controller that stays hears of the Stop by itself", async () => {
  const stop = new AbortController();
  const { site } = e.town;
  const { engine } = site.controller;
  const heard = vi.spyOn(engine, "heard");
  const every = { scan: HOUR, await: HOUR, refresh: HOUR };
  const served = staying(site.installation, site.controller, { signal: stop.signal, source: undefined, every });
  e.nas.accounting.lost = true;
  await e.town.declare([TERMINATED]);
  await site.until(async () => (await site.condition(HOME.name, "NetBoxReady")) === "False SessionsOpen");
  await site.settle(30_000);
  heard.mockClear(); // other systems tell of other things
  await site.radius.pool.query("update radacct set acctstoptime = now()");
  await site.until(async () => heard.mock.calls.flat(2).includes(`radius-1/session/${USER}`));
  await site.until(async () => (await e.standing()).length === 0);
  stop.abort();
  await served;
});
const HOUR = 3_600_000;
