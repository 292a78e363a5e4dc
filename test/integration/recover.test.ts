/** The store is lost: everything comes back by its marks, and no row of any system changes. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LastmileObject, Subscriber, TenantAddressPool } from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { models } from "../lab/netbox/models.ts";
import { type Standin, startStandin } from "../lab/netbox/server.ts";
import { NETBOX, NetboxSite } from "./netbox.site.ts";
import { PER_SUBSCRIBER, SYSTEM, snapshot, sub, suspended, tenant } from "./objects.ts";
import type { Site } from "./site.ts";
import { dump } from "./tables.ts";

const BILLING = "billing-1";
let standin: Standin;
let box: NetboxSite;
let site: Site;
let books: FreshDatabase;
beforeEach(async () => {
  [standin, books] = await Promise.all([startStandin(), freshDatabase("template1")]);
  box = await NetboxSite.open({ url: standin.url, token: standin.token, readOnly: standin.token });
  site = box.site;
  await site.credentials(books.url, BILLING);
  await site.controller.endpoints.prepare(billing(), AbortSignal.timeout(120_000));
});
afterEach(async () => {
  await box.close();
  await Promise.all([standin.close(), books.drop()]);
});

function billing(): LastmileObject & { readonly kind: "ExternalSystem" } {
  const address = new URL(books.url);
  address.username = "";
  address.password = "";
  const { spec, ...rest } = box.system();
  const credentialsRef = { namespace: SYSTEM, name: BILLING };
  return {
    ...rest,
    metadata: { name: BILLING },
    spec: { ...spec, type: "Billing", address: address.href, credentialsRef },
  };
}
const v4: TenantAddressPool = {
  ...{ name: "v4", use: "IPv4", prefixes: ["10.0.1.0/24"], vrf: "internet", gateway: "FirstHost" },
  ...{ reserve: ["10.0.1.2/31"], fallback: "10.200.0.0/24" },
};
const pd: TenantAddressPool = {
  ...{ name: "pd", use: "PD", prefixes: ["2001:db8:1::/48"], prefixLength: 56, vrf: "internet", gateway: "None" },
};
const basic = plan({
  ...{ ipv4Assignment: "Dynamic", ipv6AssignmentMode: "PD" },
  services: [PER_SUBSCRIBER],
  billing: { product: "res-100", price: { amount: "29.90", currency: "EUR", period: "Monthly" } },
});
const customer = (name: string, more: Partial<Subscriber["spec"]> = {}): Subscriber =>
  sub(name, {
    billing: { account: `ACC-${name}` },
    customer: { id: `c-${name}`, name: `Customer ${name}`, language: "en" },
    ...more,
  });
/** `template`: of user names. */
const isp = (template: string, ...subscribers: readonly Subscriber[]): readonly LastmileObject[] => {
  const [, ...others] = box.base([v4, pd]);
  const acme = tenant({
    ...{ addressPools: [v4, pd], userNameTemplate: template },
    systems: { radius: [{ name: "radius-1" }], netbox: [{ name: NETBOX }], billing: [{ name: BILLING }] },
    vlanPools: [{ name: "home", vlanDomain: "ring", serviceVlans: ["100-101"], innerVlans: ["1000-1999"] }],
  });
  return [acme, ...others, billing(), basic, ...subscribers];
};
const NAME = "{name}@{realm}";
const NUMBER = "{number}@{realm}";

/** Every row of every system. What was said to NetBox counts too: it must not have been asked to write. */
async function everything(): Promise<readonly string[]> {
  const netbox = models.map((m) => `${m.path} ${JSON.stringify(standin.db.rows(m.path))}`).join("\n");
  return [await dump(site.radius.pool, []), await dump(books.pool, []), netbox];
}
async function loseStore(): Promise<void> {
  await site.stop();
  await site.store.pool.query("drop schema lastmile cascade");
  site.reports.clear();
  await site.start();
}
const recover = (objects: readonly LastmileObject[], withdraw = false) =>
  site.controller.recover(snapshot(objects), { withdraw, signal: AbortSignal.timeout(120_000) });
const orphans = async () =>
  (await site.controller.orphans(undefined, { tenants: [], signal: AbortSignal.timeout(120_000) })).marked;
/** What a plan finds to do. */
const left = async (objects: readonly LastmileObject[]): Promise<readonly string[]> =>
  (await site.controller.preview(snapshot(objects), { prune: true })).subjects.flatMap((s) =>
    s.plan.changes.map((c) => [c.action, c.ref.resource, c.ref.key, c.hold?.message].join(" ")),
  );
const password = async (name: string): Promise<string | undefined> =>
  (await site.accounts()).get(name)?.check.find((c) => c.startsWith("Cleartext-Password"));

describe("recover", () => {
  it("takes over RADIUS, NetBox and billing, and neither it nor what runs afterwards changes a row", async () => {
    await site.declare(isp(NAME, customer("old"), customer("anna"), customer("bert"), customer("carl")));
    await site.declare(isp(NUMBER, customer("anna"), customer("bert"), suspended(customer("carl"))));
    await site.declare(isp(NUMBER, customer("anna"), suspended(customer("carl")))); // bert goes, then a hole in the pool is left
    await site.declare(isp(NUMBER, customer("zoe"), customer("anna"), suspended(customer("carl"))));
    const wanted = isp(NUMBER, customer("anna"), suspended(customer("carl")), customer("zoe"));
    await site.declare(wanted);
    const before = await everything();
    const networks = await Promise.all(["anna", "zoe"].map(async (n) => (await site.status(n))?.network?.vlan));
    expect(networks).toEqual(["100.1000", "100.1004"]);
    await loseStore();

    const found = await recover(wanted);
    expect(await everything()).toEqual(before);
    expect(found).toMatchObject({
      retired: [site.subscriber("bert"), site.subscriber("old")],
      undeclared: [],
      passwords: { found: 5, lost: [] },
      tags: { found: 3, lost: [] },
      conflicts: [],
    });
    expect(await left(wanted)).toEqual([]);
    await site.declare(wanted);
    await site.scan();
    expect(await everything()).toEqual(before);
    for (const [name, ready] of [
      ["anna", "True Converged"],
      ["zoe", "True Converged"],
      ["carl", "True Suspended"],
    ])
      expect([name, await site.condition(name!, "Ready")]).toEqual([name, ready]);
    expect(await Promise.all(["anna", "zoe"].map(async (n) => (await site.status(n))?.network?.vlan))).toEqual(
      networks,
    );
    expect(await site.count("ledger", "purge_at > now() + interval '29 days'")).toBe(await site.count("ledger"));

    // Who was retired before comes back as he was, and the other goes when his retention is over.
    const was = await password("bert@acme.example");
    const address = (await box.addresses()).find((a) => a.endsWith("SUB-bert")) ?? "";
    expect(address).toContain(" deprecated ");
    await site.declare([...wanted, customer("bert")]);
    expect(await password("bert@acme.example")).toBe(was);
    expect(await box.addresses()).toContain(address.replace("deprecated", "active"));
    expect(await site.condition("bert", "Ready")).toBe("True Converged");
    await site.endRetention();
    expect(await box.addresses()).not.toContainEqual(expect.stringContaining("SUB-old"));
    expect((await site.accounts()).has("old@acme.example")).toBe(false);
    expect(await site.count("inventory", "owner like '%/old'")).toBe(0);
    expect(await site.count("claims", "owner like '%/old'")).toBe(0);
  });

  it("keeps the address of the fallback that the address plan never got", async () => {
    const anna = customer("anna", { networkProfile: { ipv6AssignmentMode: "None", option82Policy: "Ignore" } });
    await site.declare(isp(NAME));
    box.gate.shut = true;
    await site.submitNow(isp(NAME, anna));
    await site.until(async () => (await box.framed("anna")).length > 0);
    const framed = await box.framed("anna");
    const address = /^Framed-IP-Address := (10\.200\.0\.\d+)$/.exec(framed.join())?.[1] ?? "none";
    await site.stop();
    box.gate.shut = false;
    await loseStore();
    expect(await recover(isp(NAME, anna))).toMatchObject({ fallbacks: 1 });
    expect(await site.count("claims", `kind = 'ipv4' and value = '${address}'`)).toBe(1); // nobody else gets it
    await site.declare(isp(NAME, anna));
    expect(await box.framed("anna")).toEqual(framed);
    expect(await box.addresses()).toEqual([`${address}/32 active SUB-anna`]);
  });

  it("leaves alone what nobody declares, and names it; taken back on purpose it is retired within the budget", async () => {
    await site.declare(isp(NAME, customer("anna"), customer("bert")));
    await loseStore();
    const before = await everything();
    expect(await recover(isp(NAME, customer("anna")))).toMatchObject({
      undeclared: [site.subscriber("bert")],
      retired: [],
    });
    await site.declare(isp(NAME, customer("anna")));
    expect(await everything()).toEqual(before);
    const found = await orphans();
    expect(new Set(found.map((o) => o.owner))).toEqual(new Set([site.subscriber("bert")]));
    expect(new Set(found.map((o) => o.observed.ref.system))).toEqual(new Set(["radius-1", NETBOX, BILLING]));
    await recover(isp(NAME, customer("anna")), true);
    await site.restart();
    expect((await site.accounts()).get("bert@acme.example")).toMatchObject({ retired: true });
    expect(await orphans()).toEqual([]);
  });

  it("says which passwords cannot be read, and locks nobody out", async () => {
    const hashed = customer("anna", { radius: { ...customer("anna").spec.radius, passwordScheme: "NT" } });
    await site.declare(isp(NAME, hashed));
    const before = await everything();
    await loseStore();
    expect((await recover(isp(NAME, hashed))).passwords).toEqual({ found: 0, lost: [site.subscriber("anna")] });
    await site.declare(isp(NAME, hashed));
    expect(await everything()).toEqual(before);
    expect(await site.condition("anna", "Ready")).toBe("False RouterNotManaged");
  });

  it("writes nothing while a system cannot be read", async () => {
    await site.declare(isp(NAME, customer("anna")));
    await loseStore();
    box.gate.shut = true;
    await expect(recover(isp(NAME, customer("anna")))).rejects.toMatchObject({ code: "Unavailable" });
    expect(await site.count("inventory")).toBe(0);
    expect(await site.count("secrets")).toBe(0);
  });
});
