/** "Addresses" and "VLANs" of the rules of the field, seen in NetBox, in FreeRADIUS's tables and in the status. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { atOlt2, plan, subscriber, system, tenant } from "./declarations.ts";
import { condition, eventually, statusOf } from "./provider.ts";
import { account } from "./rows.ts";
import { at, becomes, type Item, POOLS, pool, type Town, town } from "./town.ts";

const profile = (networkProfile: object, more: object = {}): Record<string, unknown> => ({ networkProfile, ...more });
const framed = async (p: Town, name: string): Promise<readonly string[]> =>
  (await account(p, `${name}@acme.example`)).reply.filter((row) => /^(Framed|Delegated)-/.test(row));
const address = async (p: Town, value: string): Promise<Item> => {
  const found = (await p.list("/api/ipam/ip-addresses/")).filter((i) => String(i["address"]).startsWith(`${value}/`));
  expect(found, value).toHaveLength(1);
  return found[0] ?? {};
};
const addressesOf = async (p: Town, name: string): Promise<Item> => (await statusOf(p, name))["addresses"] as Item;
const done = async (p: Town, ...options: readonly string[]): Promise<void> => {
  const answer = await p.apply(...options);
  expect(answer.code, answer.text).toBe(0);
};

const PLANS = [
  plan("area", { ipv4Assignment: "Dynamic", pools: {} }),
  plan("small", { ipv4Assignment: "Dynamic", pools: { ipv4: "tiny" } }),
  plan("spare", { ipv4Assignment: "Dynamic", pools: { ipv4: "with-fallback" } }),
  plan("pooled"),
];
const MORE = [
  pool("tiny", "IPv4", "10.9.0.0/30", { gateway: "FirstHost" }),
  pool("with-fallback", "IPv4", "10.8.0.0/24", { gateway: "FirstHost", fallback: "10.100.0.0/16" }),
  pool("biz", "Routed", "203.0.113.0/24"),
  pool("nord-v4", "IPv4", "10.7.0.0/24", { gateway: "LastHost", servingAreas: ["nord"] }),
];
/** All but one belong to `mitte`. */
const pools = [...POOLS, ...MORE].map((one): Record<string, unknown> => ({ servingAreas: ["mitte"], ...one }));
const grown = pools.map((one) => (one["name"] === "tiny" ? { ...one, prefixes: ["10.9.0.0/30", "10.9.1.0/30"] } : one));

describe("addresses", () => {
  let p: Town;
  const lines = {
    anna: profile({ ipv6AssignmentMode: "DualStack", ipv6WAN: "Address", dnsName: "anna.isp.local" }),
    bert: profile({ staticIPv4: "10.0.1.100" }),
    carl: {},
    bern: profile({ routedSubnets: ["203.0.113.8/29", "203.0.113.16/29"], staticIPv4: "10.0.1.101" }),
    paul: { planRef: { name: "pooled" } },
    tina: { planRef: { name: "small" } },
  } as Record<string, Record<string, unknown>>;
  const declare = (): Promise<void> =>
    p.declare("lines.yaml", ...Object.entries(lines).map(([name, spec]) => subscriber(name, spec)));
  beforeAll(async () => {
    p = await town({ addressPools: pools }, PLANS);
    await declare();
    await done(p);
  });
  afterAll(() => p?.end());

  it("gateway, network, broadcast and reserved ranges are taken before the first allocation", async () => {
    expect(await addressesOf(p, "anna")).toMatchObject({ ipv4: "10.0.1.2", ipv6: "2001:db8::2" });
    expect(await address(p, "10.0.1.1")).toMatchObject({ status: { value: "active" } });
    const first = p.netbox.log.findIndex((line) => line.includes("available-ips"));
    expect(p.netbox.log.slice(0, first)).toContain("POST /api/ipam/ip-ranges/");
    const ranges = await p.list("/api/ipam/ip-ranges/");
    expect(ranges).toMatchObject([{ start_address: "10.0.1.240/24", end_address: "10.0.1.255/24" }]);
  });

  it("the outputs flow into RADIUS in the same run, without Framed-IP-Netmask", async () => {
    expect(await framed(p, "anna")).toEqual([
      "Delegated-IPv6-Prefix := 2001:db8:1::/56",
      "Framed-IP-Address := 10.0.1.2",
      "Framed-IPv6-Address := 2001:db8::2",
    ]);
  });

  it("tenant, VRF, tag of the plan, owner, subscriber, customer, DNS name and description stand in NetBox", async () => {
    const item = await address(p, "10.0.1.2");
    expect(item).toMatchObject({
      status: { value: "active" },
      vrf: { name: "internet" },
      tenant: { name: "acme" },
      dns_name: "anna.isp.local",
      tags: [{ name: "acme:basic" }],
      custom_fields: { lastmile_subscriber: "SUB-anna", lastmile_customer: "cust-anna" },
    });
    expect(item["description"]).toContain("SUB-anna");
  });

  it("status: subnet, gateway, delegated prefix, source NetBoxDynamic, NetBox ids, DNS name", async () => {
    const status = await statusOf(p, "anna");
    const { id } = await address(p, "10.0.1.2");
    expect(status["addresses"]).toMatchObject({
      subnet: "10.0.1.0/24",
      gateway: "10.0.1.1",
      delegatedPrefix: "2001:db8:1::/56",
      source: "NetBoxDynamic",
      netboxIds: { ipv4: id },
      dnsName: "anna.isp.local",
    });
    expect(status["network"]).toMatchObject({ ipv6State: "Active" });
  });

  it("status: addresses allocated at; another run does not move it", async () => {
    const { allocatedAt } = await addressesOf(p, "anna");
    expect(allocatedAt).toMatch(/^20/);
    lines["anna"] = { ...lines["anna"], customer: { id: "cust-anna", phone: "+49 30 1" } };
    await declare();
    await done(p);
    expect(await addressesOf(p, "anna")).toMatchObject({ allocatedAt });
  });

  it("static: nothing is allocated, but it is recorded with a journal entry; source NetworkProfile", async () => {
    const item = await address(p, "10.0.1.100");
    expect(at(item, "custom_fields", "lastmile_subscriber")).toBe("SUB-bert");
    const journal = await p.list("/api/extras/journal-entries/");
    expect(journal.some((entry) => entry["assigned_object_id"] === item["id"])).toBe(true);
    expect(await addressesOf(p, "bert")).toMatchObject({ ipv4: "10.0.1.100", source: "NetworkProfile" });
  });

  it("routed subnets: Framed-Route with +=, recorded as prefixes", async () => {
    const routes = (await framed(p, "bern")).filter((row) => row.startsWith("Framed-Route"));
    expect(routes).toEqual([
      expect.stringMatching(/^Framed-Route \+= 203\.0\.113\.16\/29/),
      expect.stringMatching(/^Framed-Route \+= 203\.0\.113\.8\/29/),
    ]);
    const taken = await p.taken();
    expect(taken).toContain("203.0.113.8/29 active SUB-bern");
    expect(taken).toContain("203.0.113.16/29 active SUB-bern");
  });

  it("Pool: the reply names Framed-Pool, and NetBox holds nothing of the subscriber", async () => {
    expect(await framed(p, "paul")).toEqual(["Framed-Pool := cgn-pool"]);
    expect((await p.taken()).filter((line) => line.endsWith("SUB-paul"))).toEqual([]);
    expect(await addressesOf(p, "paul")).toMatchObject({ source: "Pool", pool: "cgn-pool" });
  });

  it("nothing more to do afterwards", async () => {
    const plan = await p.plan();
    expect(plan.code, plan.out).toBe(0);
  });

  it("a static address already taken: the newcomer is refused and the holder named; exhausted is a clear condition", async () => {
    await p.declare("zoe.yaml", subscriber("zoe", profile({ staticIPv4: "10.0.1.100" })));
    const refused = await p.apply();
    expect(refused.code, refused.text).toBe(4);
    expect(refused.text).toMatch(/10\.0\.1\.100 is held by .*bert/);
    await p.remove("zoe.yaml");
    await p.write("POST", "/api/ipam/ip-addresses/", { address: "10.0.1.77/24", vrf: 1, description: "a printer" });
    Object.assign(lines, {
      zora: profile({ staticIPv4: "10.0.1.2" }),
      zita: profile({ staticIPv4: "10.0.1.77" }),
      toni: { planRef: { name: "small" } },
    });
    await declare();
    const all = await becomes(p, { toni: "False PoolExhausted" });
    expect(condition(all["toni"]!, "InService")).toBe("False PoolExhausted");
    expect(condition(all["zita"]!, "Ready")).toMatch(/^False (NotOwned|IdentityConflict)/);
    const zora = (await p.lastmile(["explain", "zora"])).out;
    expect(zora).toMatch(/IdentityConflict[\s\S]*anna/);
    expect(await framed(p, "zora")).toEqual([]);
    expect(await address(p, "10.0.1.77")).toMatchObject({ description: "a printer" });
  });

  // "Static already taken: the newcomer is refused": also where the holder is somebody whom only NetBox knows.
  it("a static address that a stranger holds in NetBox is not given to RADIUS", async () => {
    expect(await framed(p, "zita")).toEqual([]);
  });

  it("an exhausted pool heals by itself", async () => {
    for (const name of ["zora", "zita"]) delete lines[name];
    await declare();
    await p.declare("tenant.yaml", ...p.objects({ addressPools: grown }));
    await done(p, "--prune");
    expect(await addressesOf(p, "toni")).toMatchObject({ ipv4: "10.9.1.2", gateway: "10.9.1.1" });
  });

  it("hand edits: a text is put back, what others wrote stays, another address is held for approval", async () => {
    const [anna, carl, tina] = [
      await address(p, "10.0.1.2"),
      await address(p, "10.0.1.3"),
      await address(p, "10.9.0.2"),
    ];
    const path = (item: Item): string => `/api/ipam/ip-addresses/${item["id"]}/`;
    await p.write("PATCH", path(anna), { dns_name: "other.example", comments: "spoke to her" });
    await p.write("PATCH", path(carl), { address: "10.0.1.150/24" });
    await p.write("DELETE", path(tina));
    const drift = await p.lastmile(["drift"]);
    expect(drift.code).toBe(2);
    expect(drift.out).toContain("NeedsApproval");
    const answer = await p.apply();
    expect(answer.code, answer.text).toBe(3);
    expect(await address(p, "10.0.1.2")).toMatchObject({ dns_name: "anna.isp.local", comments: "spoke to her" });
    expect(await framed(p, "carl")).toEqual(["Framed-IP-Address := 10.0.1.3"]);
    expect(await address(p, "10.0.1.150")).toMatchObject({ id: carl["id"] });
    expect(condition(await statusOf(p, "carl"), "Ready")).toBe("False NeedsApproval");
    expect(at(await address(p, "10.9.0.2"), "custom_fields", "lastmile_subscriber")).toBe("SUB-tina");
  });

  it("approved, the hand edit is put back", async () => {
    const change = /lastmile approve ([0-9a-f]+)/.exec((await p.plan()).out)?.[1] ?? "none named";
    const approved = await p.lastmile(["approve", change, p.folder, "--yes"]);
    expect(approved.code, approved.text).toBe(0);
    await done(p);
    expect(at(await address(p, "10.0.1.3"), "custom_fields", "lastmile_subscriber")).toBe("SUB-carl");
  });

  it("terminated: the address is deprecated and nobody else's; a return gets the same", async () => {
    lines["anna"] = { ...lines["anna"], serviceState: "Terminated" };
    delete lines["carl"];
    lines["dora"] = {};
    await declare();
    await done(p, "--prune");
    expect(await address(p, "10.0.1.2")).toMatchObject({ status: { value: "deprecated" } });
    expect(await address(p, "10.0.1.3")).toMatchObject({ status: { value: "deprecated" } });
    expect(await addressesOf(p, "dora")).toMatchObject({ ipv4: "10.0.1.4" });
    lines["anna"] = { ...lines["anna"], serviceState: "Active" };
    lines["carl"] = {};
    await declare();
    await done(p);
    expect(await address(p, "10.0.1.2")).toMatchObject({ status: { value: "active" } });
    expect(await framed(p, "carl")).toEqual(["Framed-IP-Address := 10.0.1.3"]);
    expect(await framed(p, "anna")).toContain("Delegated-IPv6-Prefix := 2001:db8:1::/56");
  });

  it("sticky within the serving area; a move to another area allocates anew", async () => {
    lines["mona"] = { planRef: { name: "area" }, ...profile({ pools: { ipv4: "res-v4" } }) };
    await declare();
    await done(p);
    expect(await addressesOf(p, "mona")).toMatchObject({ ipv4: "10.0.1.5" });
    lines["mona"] = { planRef: { name: "area" }, ...atOlt2("mona") };
    await declare();
    await done(p);
    expect(await addressesOf(p, "mona")).toMatchObject({ ipv4: "10.7.0.1", gateway: "10.7.0.254" });
  });

  it("a pool whose VRF NetBox does not have: the tenant is listed as not ready, with the VRF by its name", async () => {
    const lost = { ...pool("lost", "IPv4", "10.6.0.0/24"), vrf: "no-such-vrf" };
    await p.declare("tenant.yaml", ...p.objects({ addressPools: [...grown, lost] }));
    const overview = async (): Promise<string> => {
      await p.apply("--timeout", "2");
      return (await p.lastmile(["status"])).out;
    };
    await eventually(overview, (out) => /Tenant acme +Misconfigured .*no-such-vrf/.test(out), 200);
    await p.declare("tenant.yaml", ...p.objects({ addressPools: grown }));
    await done(p, "--prune");
    expect((await p.lastmile(["status"])).out).not.toContain("Tenant acme");
  });

  /** A tenant whose pool lies around that of acme. */
  const around = (netbox: string): object => {
    const systems = { netbox: [{ name: netbox }] };
    const addressPools = [pool("mine", "IPv4", "10.0.0.0/16")];
    const spec = { namespace: "isp-zeta", realms: ["zeta.example"], servingAreas: [], systems, addressPools };
    return { ...tenant(spec), metadata: { name: "zeta" } };
  };

  it("a tenant whose pools overlap another's is refused, and both are named", async () => {
    await p.declare("zeta.yaml", around("netbox-1"));
    const answer = await p.apply();
    expect(answer.code, answer.text).toBe(4);
    expect(answer.text).toMatch(/zeta.* 10\.0\.0\.0\/16 .*overlaps 10\.0\.1\.0\/24 .*acme/);
    await p.remove("zeta.yaml");
  });

  // "A tenant never sees or touches what another owns": the same, where another folder declares the same NetBox once more.
  it("a tenant whose pools overlap another's is refused, also when it comes from another folder", async () => {
    await p.declare("../other/zeta.yaml", around("netbox-2"), system("netbox-2", "NetBox", p.gate.url));
    const answer = await p.lastmile(["apply", `${p.folder}/../other`, "--yes"]);
    expect(answer.code, answer.text).not.toBe(0);
  });
});
