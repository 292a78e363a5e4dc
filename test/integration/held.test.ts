/** What waits for an approval is shown at the tenant, and released there by its name: whoever holds what. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LastmileObject, TenantStatus } from "../../controller/api/types.generated.ts";
import { APPROVE } from "../../controller/core/approval.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { release } from "../../controller/engine/approving.ts";
import { type Installation, openInstallation } from "../../controller/main.ts";
import { annotated, radius, snapshot, subs, suspended, tenant } from "./objects.ts";
import { Site } from "./site.ts";

const DAY = 86_400_000;
const LEASE_MS = 300_000;
const ALL = subs(10);
const budgets = { retire: "10%", suspend: "10%", disrupt: "10%", minimum: 2, window: "24h" };

let site: Site;
beforeEach(async () => {
  site = await Site.open();
  await declare(ALL);
});
afterEach(() => site.close());

/** With the word of a person at the tenant, where there is one. */
async function declare(lines: readonly LastmileObject[], word?: string, author = "anna"): Promise<void> {
  const acme = tenant({}, { budgets });
  const said = word === undefined ? acme : annotated(acme, { [APPROVE]: word });
  const update = snapshot([said, radius(site.radius.url), plan(), ...lines]);
  const upserts = update.upserts.map((u) => ({ ...u, origin: { ...u.origin, author } }));
  await site.submit({ ...update, upserts });
}
const retired = async (): Promise<number> => [...(await site.accounts()).values()].filter((a) => a.retired).length;
const KEY = "test/acme/Tenant/-/acme";
async function status(): Promise<TenantStatus> {
  await site.controller.writeStatuses();
  return (await site.statusOf(KEY)) as TenantStatus;
}
const held = async () => (await status()).held ?? [];
const name = async (): Promise<string> => (await held())[0]?.changeSet ?? "nothing is held";
const warning = async (): Promise<string | undefined> =>
  (await status()).conditions?.find((c) => c.type === "Warnings")?.message;

describe("what waits for an approval", () => {
  it("is shown at the tenant: how much, for whom, and what would be done", async () => {
    await declare(ALL.slice(0, 5));
    const { subscribers, held: sets = [] } = await status();
    expect(subscribers).toMatchObject({ active: 5, held: 5 });
    expect(sets).toEqual([
      {
        ...{ changeSet: expect.stringMatching(/^[0-9a-f]{12}$/), reason: "DestructiveLimit", impact: "Retire" },
        ...{ subscribers: 5, changes: 5, since: expect.stringMatching(/^20.*Z$/), examples: expect.any(Array) },
      },
    ]);
    expect(sets[0]?.examples[0]).toBe("Subscriber s0005: retire radius-1/account/s0005@acme.example");
  });
  it("is apart what it costs, and stays the same from look to look and through a restart", async () => {
    await declare(ALL.slice(0, 7).map((s, n) => (n < 3 ? suspended(s) : s)));
    const before = await held();
    expect(before.map((s) => [s.impact, s.subscribers]).sort()).toEqual([
      ["Retire", 3],
      ["Suspend", 3],
    ]);
    site.controller.engine.retryHeld();
    await site.settle();
    expect(await held()).toEqual(before);
    await site.restart();
    expect(await held()).toEqual(before);
  });
  it("keeps its name while a system is down", async () => {
    await declare(ALL.slice(0, 5));
    const before = await held();
    await site.radius.pool.query("alter table radcheck rename to broken");
    site.controller.engine.retryHeld();
    await site.settle(0);
    expect(site.reports.get(site.subscriber("s0005"))?.faults.size).toBeGreaterThan(0);
    expect(await held()).toEqual(before);
    await site.radius.pool.query("alter table broken rename to radcheck");
  });
  it("is gone when the declarations return", async () => {
    await declare(ALL.slice(0, 5));
    await declare(ALL);
    expect(await status()).not.toHaveProperty("held");
    expect(await site.count("held")).toBe(0);
  });
});

describe("a word at the tenant", () => {
  it("releases what it names, in the name of its author, for a day", async () => {
    await declare(ALL.slice(0, 5));
    const id = await name();
    await declare(ALL.slice(0, 5), id, "kubectl-annotate");
    await site.settle();
    expect(await retired()).toBe(5);
    expect(await held()).toEqual([]);
    const approvals = await site.installation.store.approvals(id);
    expect(approvals).toHaveLength(5);
    expect(approvals[0]).toMatchObject({ by: "kubectl-annotate", why: `annotation ${APPROVE}`, changeSet: id });
    expect((approvals[0]?.expires ?? 0) - (approvals[0]?.at ?? 0)).toBe(DAY);
    const history = await site.installation.store.history(site.subscriber("s0005"));
    expect(history.find((h) => h.action === "approve")).toMatchObject({
      ref: `store/approval/${id}`,
      by: { author: "kubectl-annotate", source: "dir:/test" },
    });
    expect(await warning()).toBeUndefined();
  });
  it("names several, and of those that it does not name nothing goes", async () => {
    const less = (n: number) => ALL.slice(0, 7).map((s, i) => (i < n ? suspended(s) : s));
    await declare(less(3));
    const ids = new Map((await held()).map((s) => [s.impact, s.changeSet]));
    await declare(less(3), ids.get("Retire"));
    await site.settle();
    expect([await retired(), (await held()).map((s) => s.impact)]).toEqual([3, ["Suspend"]]);
    await declare(less(3), `${ids.get("Retire")}, ${ids.get("Suspend")}`);
    await site.settle();
    expect(await held()).toEqual([]);
  });
  it("releases nothing that came since, and the tenant says that it names nothing now", async () => {
    await declare(ALL.slice(0, 5));
    const id = await name();
    await declare(ALL.slice(0, 2));
    await declare(ALL.slice(0, 2), id);
    await site.settle();
    expect([await retired(), (await status()).subscribers?.held]).toEqual([0, 8]);
    expect(await warning()).toContain(`names ${id}`);
    await declare(ALL.slice(0, 2));
    expect(await warning()).toBeUndefined();
  });
  it("that was used and is left standing releases nothing more, not even the same, until it is said anew", async () => {
    await declare(ALL.slice(0, 5));
    const id = await name();
    const { store } = site.installation;
    await declare(ALL.slice(0, 5), id);
    await declare(ALL, id); // they return
    await store.revoke((await store.approvals(id)).map((a) => a.tuple));
    await declare(ALL.slice(0, 5), id);
    await site.restart();
    expect([await name(), await retired(), await warning()]).toEqual([id, 0, undefined]);
    await declare(ALL.slice(0, 5));
    await status();
    await declare(ALL.slice(0, 5), id);
    await site.settle();
    expect(await retired()).toBe(5);
  });
  it("for what was approved elsewhere already is no mistake", async () => {
    await declare(ALL.slice(0, 5));
    const id = await name();
    const { store } = site.installation;
    const at = Date.now();
    const by = { whom: "ops", by: { author: "ops" }, at, expires: at + DAY };
    await release(store, await store.heldIn(id), { changeSet: id, ...by });
    await declare(ALL.slice(0, 5), id);
    await site.settle();
    expect([await retired(), await warning()]).toEqual([5, undefined]);
    expect(new Set((await store.approvals(id)).map((a) => a.by))).toEqual(new Set(["ops"]));
  });
  it("waits no longer than a day for what it names", async () => {
    await declare(ALL.slice(0, 5));
    const id = await name();
    await declare(ALL);
    await declare(ALL, id);
    await site.store.pool.query("update lastmile.requests set since = since - interval '25 h'");
    await declare(ALL.slice(0, 5), id);
    await site.settle();
    expect(await retired()).toBe(0);
    expect(await warning()).toContain(id);
  });
  it("counts for its own tenant only", async () => {
    await declare(ALL.slice(0, 5));
    const id = await name();
    const acme = tenant({}, { budgets });
    const pools = acme.spec.addressPools.map((p) => ({ ...p, vrf: "elsewhere" }));
    const spec = { ...acme.spec, namespace: "isp-rival", realms: ["rival.example"], addressPools: pools };
    const rival = annotated({ ...acme, metadata: { name: "rival" }, spec }, { [APPROVE]: id });
    await site.submit(snapshot([acme, rival, radius(site.radius.url), plan(), ...ALL.slice(0, 5)]));
    await status();
    await site.settle();
    expect([await retired(), await name()]).toEqual([0, id]);
    expect(JSON.stringify(await site.statusOf("test/rival/Tenant/-/rival"))).toContain("ApprovalUnknown");
  });
  it("makes nobody be looked at again, and changes nothing in any system", async () => {
    const before = await site.dumpRadius();
    site.reports.clear();
    await declare(ALL, "3f9a0c11d2e4");
    expect([...site.reports.keys()]).toEqual([]);
    expect(await site.dumpRadius()).toBe(before);
  });
});

describe("two controllers that share the work", () => {
  let other: Installation;
  afterEach(() => other.close());

  it("show what waits at both as one set, and each releases its own", async () => {
    await declare(ALL.slice(0, 5));
    const alone = await held();
    await site.store.pool.query("update lastmile.partitions set until = '-infinity' where partition % 2 = 0");
    other = await openInstallation({ ...site.settings, holder: "other" });
    const second = other.controller({ onError: () => "retry" });
    await second.load();
    await other.leases.acquire(LEASE_MS);
    await site.installation.leases.acquire(LEASE_MS);
    const { leases } = site.installation;
    const waiting = ALL.slice(5).map((s) => site.subscriber(s.metadata.name));
    expect(new Set(waiting.map((key) => leases.holds(key)))).toEqual(new Set([true, false]));
    const both = [site.controller, second];
    const turn = async (): Promise<TenantStatus> => {
      for (const c of both) await c.follow();
      for (const c of both) await c.engine.settle(20_000);
      for (const c of both) await c.writeStatuses();
      return (await site.statusOf(KEY)) as TenantStatus;
    };
    for (const c of both) await c.resume();
    expect((await turn()).held).toEqual(alone);
    const update = snapshot([
      annotated(tenant({}, { budgets }), { [APPROVE]: alone[0]?.changeSet ?? "" }),
      ...[radius(site.radius.url), plan(), ...ALL.slice(0, 5)],
    ]);
    await site.controller.submit(update, { prune: true, source: "own" });
    await turn(); // whoever holds the tenant hears
    expect(await turn()).not.toHaveProperty("held");
    expect(await retired()).toBe(5);
    second.engine.close();
    await second.endpoints.close();
  });
});
