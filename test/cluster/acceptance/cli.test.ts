/** The command line beside a cluster: what would happen, what stands there, and the two ways out. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subscriber } from "../../acceptance/declarations.ts";
import { soon } from "../cluster.ts";
import { type Controller, openSite, type Site } from "../site.ts";
import { converges } from "./words.ts";

let site: Site;
let controller: Controller;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

describe("before a controller runs", () => {
  test("`lastmile plan kubernetes` reads declarations and credentials in the cluster, and changes nothing", async () => {
    await site.apply(subscriber("john"));
    const planned = await site.lastmile("plan", "kubernetes");
    expect([planned.code, planned.out]).toEqual([2, expect.stringMatching(/\+ radius-1\/account\/john@/)]);
    const { rows } = await site.radius.query("select from radcheck");
    expect(rows).toEqual([]);
    expect((await site.read("subscribers", "john"))?.metadata.finalizers).toBeUndefined();
  });
  test("what cannot be accepted is named, and the others are planned", async () => {
    await site.apply(subscriber("lost", { planRef: { name: "nonsense" } }));
    const planned = await site.lastmile("plan", "kubernetes");
    expect(planned.text).toMatch(/Subscriber\/isp-acme\/lost spec\.planRef\.name: plan nonsense does not exist/);
    expect(planned.out).toMatch(/\+ radius-1\/account\/john@/);
    const judged = await site.lastmile("validate", "kubernetes");
    expect([judged.code, judged.text]).toEqual([4, expect.stringMatching(/1 problem in kubernetes/)]);
    await site.kubectl("-n", "isp-acme", "delete", "subscriber", "lost");
  });
  test("a context that is not there is said so; applying is the cluster's own", async () => {
    expect((await site.lastmile("plan", "kubernetes:nowhere")).text).toMatch(/no context nowhere/);
    const applied = await site.lastmile("apply", "kubernetes");
    expect([applied.code, applied.text]).toEqual([expect.not.toBeOneOf([0]), expect.stringMatching(/kubectl apply/)]);
  });
});

describe("beside a controller", () => {
  beforeAll(async () => {
    controller = await site.run();
    await converges(site, "john");
  });
  test("the plan is empty once all is in place", async () => {
    const planned = await site.lastmile("plan", "kubernetes");
    expect([planned.code, planned.out]).toEqual([0, expect.stringMatching(/Nothing to do/)]);
  });
  test("status, get and explain ask the cluster alone with --source kubernetes", async () => {
    const [status, got, explained] = [
      await site.lastmile("status", "--source", "kubernetes"),
      await site.lastmile("get", "subscribers", "--source", "kubernetes"),
      await site.lastmile("explain", "john", "--source", "kubernetes"),
    ];
    expect(status.out).toMatch(/acme +1 +1 +0 +0/);
    expect(got.out).toMatch(/isp-acme +john .* True +Converged/);
    expect(explained.out).toMatch(/Subscriber isp-acme\/john/);
  });
});

describe("leaving", () => {
  test("a system that will never answer again is kept until it is abandoned; each history says so", async () => {
    const early = await site.lastmile("abandon", "radius-1", "--yes");
    expect(early.text).toMatch(/ExternalSystem radius-1 is declared; nothing was forgotten/);
    site.door.shut();
    await site.kubectl("delete", "externalsystem", "radius-1", "--wait=false");
    await soon(async () => {
      const { code } = await site.lastmile("abandon", "radius-1", "--yes");
      expect(code).toBe(0);
    });
    await soon(async () => expect(await site.read("externalsystems", "radius-1")).toBeUndefined());
    expect((await site.lastmile("history", "john")).out).toMatch(/abandon/);
  });
  test("without a controller `lastmile release-finalizers` lets everything be deleted", async () => {
    await controller.end("SIGTERM");
    await site.kubectl("-n", "isp-acme", "delete", "subscriber", "john", "--wait=false");
    expect(await site.read("subscribers", "john"), "held by a finalizer that nobody serves").toBeDefined();
    const released = await site.lastmile("release-finalizers", "--yes");
    expect([released.code, released.text]).toEqual([0, expect.stringMatching(/1 of them being deleted/)]);
    await soon(async () => expect(await site.read("subscribers", "john")).toBeUndefined());
    expect((await site.lastmile("release-finalizers", "--yes")).text).toMatch(/No object is held/);
  });
});
