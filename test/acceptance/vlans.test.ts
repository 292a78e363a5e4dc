/** "VLANs" of the rules of the field: who decides a tag, and that a pair in a VLAN domain is one customer's, across tenants too. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { atOlt2, plan, subscriber, tenant } from "./declarations.ts";
import { becomes, type Item, statuses, type Town, town } from "./town.ts";

const vlans = (innerVlans: string): object => ({
  servingAreas: [
    { name: "mitte", olts: ["olt1"], nas: ["bng1"], vlanDomain: "ring" },
    { name: "nord", olts: ["olt2"], nas: ["bng2"], vlanDomain: "ring" },
  ],
  vlanPools: [{ name: "residential", vlanDomain: "ring", serviceVlans: ["200"], innerVlans: [innerVlans] }],
  defaultVlan: 110,
});
const voice = { name: "voice", vlanMode: "Shared", vlan: 444 };
const PLANS = [
  plan("pooled", { services: [{ name: "internet", vlanPool: "residential" }, voice] }),
  plan("tagged", { services: [{ name: "internet", vlan: 102, vlanPool: "residential" }, voice] }),
  plan("fixed", { services: [{ name: "internet", vlan: 102 }] }),
  plan("plain", { services: [{ name: "internet" }] }),
];
const on = (name: string, more: object = {}): Record<string, unknown> => ({ planRef: { name }, ...more });

describe("VLANs", () => {
  let p: Town;
  const lines: Record<string, Record<string, unknown>> = {
    ada: on("pooled"),
    ben: on("pooled", atOlt2("ben")),
    own: on("pooled", { vlanId: 105, networkProfile: { serviceVlan: 300, innerVlan: 7 } }),
    older: on("fixed", { vlanId: 105 }),
    tagged: on("tagged"),
    fixed: on("fixed"),
    plain: on("plain"),
  };
  const declare = (): Promise<void> =>
    p.declare("lines.yaml", ...Object.entries(lines).map(([name, spec]) => subscriber(name, spec)));
  const services = async (of = "internet"): Promise<Record<string, Item>> =>
    Object.fromEntries(
      Object.entries(await statuses(p)).map(([name, { network }]) => {
        const all = (network as { services?: readonly Item[] }).services;
        return [name, all?.find((one) => one["name"] === of) ?? {}];
      }),
    );
  beforeAll(async () => {
    p = await town(vlans("1000-1001") as Record<string, unknown>, PLANS);
    await declare();
    const done = await p.apply();
    if (done.code !== 0) throw new Error(done.text);
  });
  afterAll(() => p?.end());

  it("PerSubscriber: a pair from the pool, unique within the domain of both areas", async () => {
    const { ada, ben } = await services();
    expect(ada).toMatchObject({ serviceVlan: 200, innerVlan: 1000, mode: "PerSubscriber", source: "Pool" });
    expect(ben).toMatchObject({ serviceVlan: 200, innerVlan: 1001, mode: "PerSubscriber", source: "Pool" });
  });

  it("Shared: thousands share one VLAN", async () => {
    const { ada, ben } = await services("voice");
    expect([ada, ben]).toMatchObject([
      { serviceVlan: 444, mode: "Shared" },
      { serviceVlan: 444, mode: "Shared" },
    ]);
    expect(ada).not.toHaveProperty("innerVlan");
  });

  it("profile > older vlanId > plan > pool > tenant default", async () => {
    expect(await services()).toMatchObject({
      own: { serviceVlan: 300, innerVlan: 7, source: "NetworkProfile" },
      older: { serviceVlan: 105, source: "Subscriber" },
      tagged: { serviceVlan: 102, innerVlan: 1000 },
      fixed: { serviceVlan: 102, source: "Plan" },
      plain: { serviceVlan: 110, source: "Tenant" },
    });
  });

  it("exhausted: a clear condition; who is terminated keeps the pair until retention ends", async () => {
    lines["ada"] = on("pooled", { serviceState: "Terminated" });
    lines["cid"] = on("pooled");
    await declare();
    await becomes(p, { cid: "False PoolExhausted" });
  });

  it("heals by itself when the pool grows; a return gets the same pair", async () => {
    await p.declare("tenant.yaml", ...p.objects(vlans("1000-1002") as Record<string, unknown>));
    lines["ada"] = on("pooled");
    await declare();
    const answer = await p.apply();
    expect(answer.code, answer.text).toBe(0);
    expect(await services()).toMatchObject({
      cid: { serviceVlan: 200, innerVlan: 1002 },
      ada: { serviceVlan: 200, innerVlan: 1000 },
    });
  });

  it("a declared pair that another has is refused and the holder named", async () => {
    lines["dan"] = on("fixed", { networkProfile: { serviceVlan: 200, innerVlan: 1001 } });
    await declare();
    await becomes(p, { dan: "False IdentityConflict" });
    const said = await p.lastmile(["explain", "dan"]);
    expect(said.out).toMatch(/IdentityConflict[\s\S]*ben/);
    delete lines["dan"];
    await declare();
    await p.apply("--prune");
  });

  it("Pairs are unique within a VLAN domain, across tenants too", async () => {
    const spec = { ...vlans("1000-1009"), namespace: "isp-zeta", realms: ["zeta.example"], addressPools: [] };
    const other = tenant(spec) as { metadata: object };
    other.metadata = { name: "zeta" };
    const there = { namespace: "isp-zeta" };
    const zeta = plan("pooled", {
      ipv4Assignment: "None",
      pools: {},
      services: [{ name: "internet", vlanPool: "residential" }],
    });
    (zeta as { metadata: object }).metadata = { name: "pooled", ...there };
    await p.declare("zeta.yaml", other, zeta, subscriber("zoe", on("pooled", {}), there));
    const answer = await p.apply();
    expect(answer.code, answer.text).toBe(0);
    expect((await services())["zoe"]).toMatchObject({ serviceVlan: 200, innerVlan: 1003 });
  });
});
