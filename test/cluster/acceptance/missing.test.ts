/** "Suspension, termination and deletion are never blocked by a missing profile, plan or tenant", and soft-delete "in order". */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, profile, subscriber, tenant } from "../../acceptance/declarations.ts";
import { soon } from "../cluster.ts";
import { type Controller, NAMESPACE, openSite, type Site } from "../site.ts";
import { ACTIVE, becomes, checks, converges, everything, REJECTED } from "./words.ts";

const doomed = { planRef: { name: "doomed" } };
const policies = { budgets: { minimum: 1000 } };
let site: Site;
let controller: Controller;
const here = (...args: readonly string[]) => site.kubectl("-n", NAMESPACE, ...args);
const removed = async (...args: readonly string[]): Promise<void> => {
  const gone = await here("delete", ...args, "--timeout=60s");
  expect(gone.code, gone.text).toBe(0);
};

beforeAll(async () => {
  site = await openSite({ policies, more: [plan("doomed")] });
  controller = await site.run();
  await site.apply(
    ...["anna", "bert", "gina", "hugo"].map((name) => subscriber(name, doomed)),
    profile("dora", { staticIPv4: "10.0.1.8" }),
    subscriber("dora", { networkProfileRef: { name: "dora" } }),
    ...["carl", "emil", "fred"].map((name) => subscriber(name)),
  );
  await converges(site, "anna", "bert", "gina", "hugo", "carl", "dora", "emil", "fred");
});
afterAll(() => site?.close());

describe("a plan that is gone", () => {
  it("takes no service away: the subscriber says so, and the account stays as it is", async () => {
    const before = await everything(site);
    await here("delete", "serviceplan", "doomed", "--wait=false");
    await becomes(site, "anna", /^False (PlanUnknown|Refused)/);
    expect(await everything(site)).toBe(before);
  });
  it("blocks no suspension by the annotation", async () => {
    await here("annotate", "subscriber", "anna", "lastmile.dev/suspend=Fraud");
    await soon(async () => expect(await checks(site, "anna@acme.example")).toEqual(REJECTED));
  });
  it("blocks no suspension in spec", async () => {
    const suspension = { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } };
    await site.apply(subscriber("gina", { ...doomed, ...suspension }));
    await soon(async () => expect(await checks(site, "gina@acme.example")).toEqual(REJECTED));
  });
  it("blocks no termination in spec", async () => {
    await site.apply(subscriber("hugo", { ...doomed, serviceState: "Terminated" }));
    await soon(async () => expect(await checks(site, "hugo@acme.example")).toEqual(REJECTED));
  });
  it("blocks no deletion", async () => {
    await removed("subscriber", "bert");
    expect(await checks(site, "bert@acme.example")).toEqual(REJECTED);
  });
});

describe("a profile that is gone", () => {
  it("takes no service away, and blocks no deletion", async () => {
    await here("delete", "networkprofile", "dora", "--wait=false");
    await becomes(site, "dora", /^False (ProfileUnknown|Refused)/);
    expect(await checks(site, "dora@acme.example")).toEqual(ACTIVE);
    await removed("subscriber", "dora");
    expect(await checks(site, "dora@acme.example")).toEqual(REJECTED);
    await soon(async () => expect(await site.read("networkprofiles", "dora")).toBeUndefined());
  });
});

describe("a tenant that is gone", () => {
  it("takes no service away: its subscribers say so", async () => {
    const before = await everything(site);
    await here("delete", "tenant", "acme", "--wait=false");
    await soon(async () => {
      const acme = await site.read("tenants", "acme");
      if (acme) expect(acme.metadata.deletionTimestamp).toBeDefined();
      else await becomes(site, "carl", /^False (TenantUnknown|Refused)/);
    });
    expect(await everything(site)).toBe(before);
  });
  it("blocks no deletion", async () => {
    await removed("subscriber", "carl");
    expect(await checks(site, "carl@acme.example")).toEqual(REJECTED);
  });
  it("declared again: everything goes on", async () => {
    if (await site.read("tenants", "acme")) return; // it is kept until nothing of it is left
    await site.apply(tenant({ policies }));
    await converges(site, "emil", "fred");
  });
});

describe("kubectl delete of everything at once", () => {
  it("soft-deletes in order: no object is left, nobody keeps a service", async () => {
    const kinds = "subscribers,networkprofiles,serviceplans";
    const all = await Promise.all([
      here("delete", kinds, "--all", "--timeout=60s"),
      site.kubectl("delete", "tenants,externalsystems", "--all", "--wait=false"),
    ]);
    expect(all[0].code, all[0].text).toBe(0);
    await soon(async () => expect((await site.list("tenants")).map((t) => t.metadata.name)).toEqual([]));
    for (const name of ["emil", "fred"]) expect(await checks(site, `${name}@acme.example`)).toEqual(REJECTED);
    expect(controller.logged("broken")).toEqual([]);
  });
});
