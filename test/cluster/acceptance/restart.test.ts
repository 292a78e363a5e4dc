/** "Restart (no write, no stampede)", the API server's restart, and the end of a namespace. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, profile, subscriber } from "../../acceptance/declarations.ts";
import { soon } from "../cluster.ts";
import { type Controller, condition, NAMESPACE, openSite, type Site } from "../site.ts";
import { COLLECTING, type Running, startServer } from "../up.ts";
import { ACTIVE, becomes, checks, converges, everything, groups, REJECTED } from "./words.ts";

let site: Site;
let api: Running;
let controller: Controller;

const KINDS = ["tenants", "externalsystems", "serviceplans", "networkprofiles", "subscribers"];
async function versions(): Promise<Readonly<Record<string, string>>> {
  const objects = (await Promise.all(KINDS.map(site.list))).flat();
  return Object.fromEntries(objects.map((o) => [`${o.kind}/${o.metadata.name}`, o.metadata.resourceVersion]));
}
const event = async (): Promise<number> =>
  (await site.kubectl("get", "events", "-A", "-o", "name")).out.split("\n").filter(Boolean).length;
const fetched = async (path: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${controller.logged("listening")[0]?.["port"]}${path}`);
const standing = (name: string) => async () => expect((await fetched(name)).status).toBe(200);

beforeAll(async () => {
  api = await startServer(COLLECTING);
  site = await openSite({
    server: api.server,
    more: [plan("fast", { speed: { down: "1Gbps", up: "500Mbps" } })],
    policies: { budgets: { minimum: 1000 } },
  });
  controller = await site.run();
  await site.apply(
    ...["anna", "bert", "carl"].map((name) => subscriber(name)),
    profile("dora", { staticIPv4: "10.0.1.8", serviceVlan: 100, innerVlan: 1008 }),
    subscriber("dora", { networkProfileRef: { name: "dora" } }),
    subscriber("emil", { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } }),
    subscriber("fred", { planRef: { name: "no-such-plan" } }),
    subscriber("gert", { radius: { username: "anna@acme.example" } }),
  );
  await converges(site, "anna", "bert", "carl", "dora");
  await becomes(site, "emil", /^True/);
  for (const name of ["fred", "gert"]) await becomes(site, name, /^False/);
});
afterAll(async () => {
  await site?.close();
  await api?.stop();
});

describe("restart of the controller", () => {
  it.each(["SIGTERM", "SIGKILL"] as const)("no write at all when nothing changed (%s)", async (signal) => {
    await quiet();
    const [before, events, rows] = [await versions(), await event(), await everything(site)];
    await controller.end(signal);
    controller = await site.run();
    await soon(() => expect(controller.logged("leases").at(-1)).toMatchObject({ held: 65 }));
    await quiet();
    expect(await versions()).toEqual(before);
    expect(await event()).toBe(events);
    expect(await everything(site)).toBe(rows);
    expect(controller.logged("action")).toEqual([]);
  });
  it("an edit that was made meanwhile is carried out, and no other subscriber is written", async () => {
    const before = await versions();
    await controller.end("SIGKILL");
    await site.apply(subscriber("anna", { planRef: { name: "fast" } }));
    controller = await site.run();
    await soon(async () => expect(await groups(site, "anna@acme.example")).toEqual(["acme:fast:mikrotik"]));
    await converges(site, "anna");
    await quiet();
    const now = await versions();
    const touched = Object.keys(now).filter((name) => now[name] !== before[name]);
    expect(touched.filter((name) => /^(Subscriber|NetworkProfile)/.test(name) && !/anna/.test(name))).toEqual([]);
  });
});

describe("restart of the API server", () => {
  it("nothing is lost or withdrawn; edits go on afterwards; readiness tells of the gap", async () => {
    const rows = await everything(site);
    await api.restart(async () => {
      await soon(async () => expect((await fetched("/healthz")).status).toBe(200));
      expect(controller.process.exitCode).toBeNull();
      expect(await everything(site)).toBe(rows);
    });
    await site.apply(subscriber("bert", { planRef: { name: "fast" } }));
    await soon(async () => expect(await groups(site, "bert@acme.example")).toEqual(["acme:fast:mikrotik"]));
    await converges(site, "anna", "bert", "carl");
    expect(controller.process.exitCode).toBeNull();
    await soon(standing("/readyz"));
    expect(await checks(site, "carl@acme.example")).toEqual(ACTIVE);
  });
  it("a controller that is started while nobody answers takes nothing for gone: it says so, and waits", async () => {
    const rows = await everything(site);
    await controller.end("SIGTERM");
    await api.restart(async () => {
      controller = await site.run({}, "kubernetes");
      expect(controller.log()).toMatch(/cannot read namespaces kube-system: no answer from .*; check the address/);
      expect(await everything(site)).toBe(rows);
    });
    await soon(() => expect(controller.logged("listening")).not.toEqual([]));
    await soon(standing("/readyz"));
    await site.apply(subscriber("carl", { planRef: { name: "fast" } }));
    await soon(async () => expect(await groups(site, "carl@acme.example")).toEqual(["acme:fast:mikrotik"]));
    await converges(site, "carl");
  });
});

describe("the end of a namespace", () => {
  it("namespace deletion with everything in it ends: accounts retired, no object left behind", async () => {
    await site.kubectl("delete", "namespace", NAMESPACE, "--wait=false");
    await soon(async () => expect((await site.list("subscribers")).map((s) => s.metadata.name)).toEqual([]));
    await soon(async () => expect((await site.kubectl("get", "namespace", NAMESPACE)).text).toContain("NotFound"));
    for (const name of ["anna", "bert", "carl", "dora"])
      expect(await checks(site, `${name}@acme.example`)).toEqual(REJECTED);
    expect(condition(await site.read("tenants", "acme"), "Ready")).not.toBe("absent");
    expect(controller.logged("broken")).toEqual([]);
  });
});

/** All was taken in, nothing is under way, and what is renewed by the clock has had its turn: 15 s without a write. */
async function quiet(): Promise<void> {
  await soon(standing("/readyz"));
  let [before, since] = ["", 0];
  await soon(async () => {
    const metrics = await (await fetched("/metrics")).text();
    expect(metrics).toMatch(/^lastmile_queue_subjects\{state="ready"\} 0$/m);
    expect(metrics).toMatch(/^lastmile_queue_subjects\{state="inFlight"\} 0$/m);
    const now = JSON.stringify([await versions(), await event()]);
    if (now !== before) [before, since] = [now, Date.now()];
    expect(Date.now() - since).toBeGreaterThan(15_000);
  }, 180);
}
