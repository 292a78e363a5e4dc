/** Personal data of who has left: on demand and when its retention is over, nothing of it is left in any table of the store. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LastmileObject, SiteSurvey } from "../../controller/api/types.generated.ts";
import { profile } from "../../controller/core/resolve/fixture.ts";
import { openErasing } from "../../controller/store/erasing.ts";
import { annotated, sub } from "./objects.ts";
import { Site } from "./site.ts";

const DAY = 86_400_000;
/** Whatever a person would look for. */
const TRACES = [
  "Erika Mustermann",
  "Mustermann",
  "erika@mail.example",
  "+49 30 1234567",
  "Sonnenallee 12",
  "Hinterhaus",
  "10999",
  "erika.mustermann",
  "10.0.1.77",
  "dog bites",
  "called Rika",
];
const erika = annotated(
  sub("s-4711", {
    customer: {
      id: "c-9",
      name: "Erika Mustermann",
      email: "erika@mail.example",
      phone: "+49 30 1234567",
      language: "de",
    },
    serviceAddress: { line: "Sonnenallee 12", line2: "Hinterhaus", city: "Berlin", postalCode: "10999" },
    radius: { passwordScheme: "Cleartext", rotation: "Force", username: "erika.mustermann@acme.example" },
    networkProfileRef: { name: "p-4711" },
    billing: { account: "A-9", subscriptions: [] },
  }),
  { "crm.example/note": "called Rika" },
);
const own = (() => {
  const made = profile({ staticIPv4: "10.0.1.77", dnsName: "erika.mustermann.acme.example" });
  return { ...made, metadata: { ...made.metadata, name: "p-4711" } };
})();
const survey: SiteSurvey = {
  apiVersion: "lastmile.dev/v1alpha1",
  kind: "SiteSurvey",
  metadata: { name: "v-4711", namespace: "isp-acme" },
  spec: {
    subscriberRef: { name: "s-4711" },
    state: "Completed",
    serviceability: "Serviceable",
    notes: "dog bites",
  } as SiteSurvey["spec"],
};
const KEY = "Subscriber/isp-acme/s-4711";

let site: Site;
let now: number;
beforeEach(async () => {
  now = Date.now();
  site = await Site.open();
  await site.stop();
  site.now = () => now;
  await site.start();
  await site.declare(site.base(erika, own, survey, sub("john")));
});
afterEach(() => site.close());

const traces = async (): Promise<readonly string[]> => {
  const all = await site.dumpStore([]);
  return TRACES.filter((t) => all.includes(t));
};
const owner = () => site.subscriber("s-4711");
const ask = () => openErasing(site.installation.calls).ask({ key: KEY, owner: owner() }, "dpo", now);
async function purge(): Promise<void> {
  await site.controller.purge();
  await site.settle();
}
const withdraw = (...more: readonly LastmileObject[]) => site.declare(site.base(sub("john"), ...more));
const history = () => site.installation.store.history(owner());

describe("on demand", () => {
  it("nothing is left, once the systems are cleared; that something was done, when and by whom stays", async () => {
    expect(await traces()).toEqual(TRACES);
    const before = await history();
    await withdraw();
    expect((await site.installation.objects.archived([KEY])).get(KEY)?.status).toMatchObject({
      addresses: { ipv4: "10.0.1.77" },
    });
    expect(await ask()).toMatchObject({
      keys: [KEY, "NetworkProfile/isp-acme/p-4711", "SiteSurvey/isp-acme/v-4711"].toSorted(),
      left: 1,
    });
    await purge();
    await purge();
    expect(await traces()).toEqual([]);
    expect([...(await site.accounts()).keys()]).toEqual(["john@acme.example"]);
    const after = await history();
    expect(after.map((r) => [r.action, r.outcome, r.by?.author])).toEqual([
      ["erase", "Done", undefined],
      ["destroy", "Done", undefined],
      ["erase", "Asked", "dpo"],
      ["retire", "Done", undefined],
      ["create", "Done", undefined],
    ]);
    const made = after.at(-1);
    expect(made).toMatchObject({ at: before[0]?.at, planId: before[0]?.planId, ref: "radius-1/account/(erased)" });
    expect(made?.changes.map((c) => c.field)).toEqual(before[0]?.changes.map((c) => c.field));
    expect(made?.changes.every((c) => c.after === "(erased)" || c.after === "")).toBe(true);
  });
  it("the numbers by which people file it are kept, and nobody else loses anything", async () => {
    const johns = await site.installation.store.history(site.subscriber("john"));
    await withdraw();
    await ask();
    await purge();
    await purge();
    const { rows } = await site.store.pool.query("select object from lastmile.objects where key = $1", [KEY]);
    expect(rows[0].object).toEqual({
      apiVersion: "lastmile.dev/v1alpha1",
      kind: "Subscriber",
      metadata: { name: "s-4711", namespace: "isp-acme" },
      spec: {
        subscriberNumber: "SUB-s-4711",
        customer: { id: "c-9" },
        planRef: { name: "basic" },
        networkProfileRef: { name: "p-4711" },
        serviceState: "Active",
        billing: { account: "A-9" },
      },
    });
    expect(await site.installation.store.history(site.subscriber("john"))).toEqual(johns);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
  });
  it("who is declared is not erased, nor who comes back before it is done", async () => {
    expect(await ask()).toBeUndefined();
    await withdraw();
    await ask();
    await site.declare(site.base(erika, own, survey, sub("john")));
    await purge();
    await purge();
    expect(await traces()).toEqual(TRACES);
    expect(await site.condition("s-4711", "Ready")).toBe("True Converged");
  });
  it("what is still declared of it stays", async () => {
    await withdraw(own);
    await ask();
    await purge();
    await purge();
    const left = await site.dumpStore([]);
    expect(left).toContain("erika.mustermann.acme.example");
    expect(left).not.toContain("erika@mail.example");
  });
  it("survives the process that was asked, and a restart finds nothing anew", async () => {
    await withdraw();
    await ask();
    await site.restart();
    await purge();
    await site.restart();
    await purge();
    expect(await traces()).toEqual([]);
    await site.restart();
    expect(await traces()).toEqual([]);
    expect([...(await site.accounts()).keys()]).toEqual(["john@acme.example"]);
  });
});

describe("by retention", () => {
  it("is kept until it is over, then erased without a word of anybody", async () => {
    await withdraw();
    now += 179 * DAY;
    await purge();
    await purge();
    expect(await traces(), "what the systems held is gone, what people may ask for is not").toContain(
      "Erika Mustermann",
    );
    now += 2 * DAY;
    await purge();
    expect(await traces()).toEqual([]);
  });
});

describe("the audit", () => {
  it("is changed by nobody otherwise, and in nothing else even then", async () => {
    const change = (what: string) =>
      site.store.pool.query(`begin; set local lastmile.erasing = 'yes'; ${what}; commit`);
    await expect(site.store.pool.query("update lastmile.audit set changes = '[]'")).rejects.toThrow("never changed");
    await expect(site.store.pool.query("delete from lastmile.audit")).rejects.toThrow("never changed");
    for (const what of ["update lastmile.audit set outcome = 'Done', at = now()", "delete from lastmile.audit"])
      await expect(change(what).finally(() => site.store.pool.query("rollback"))).rejects.toThrow("never changed");
  });
});
