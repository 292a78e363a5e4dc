/** The address plan in the whole controller: what customers get, keep and give back, and what happens while it is away. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  LastmileObject,
  NetworkProfileSpec,
  Subscriber,
  TenantAddressPool,
} from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { NetboxSite, type Upstream } from "./netbox.site.ts";
import { sub, suspended } from "./objects.ts";
import type { Site } from "./site.ts";

const vrf = "internet";
const { signal } = new AbortController();
const v4: TenantAddressPool = {
  name: "v4",
  use: "IPv4",
  prefixes: ["10.0.1.0/24"],
  vrf,
  gateway: "FirstHost",
  reserve: ["10.0.1.2/31"],
};
const wan: TenantAddressPool = { name: "wan", use: "WANPrefix", prefixes: ["2001:db8::/48"], vrf, gateway: "None" };
const pd: TenantAddressPool = {
  name: "pd",
  use: "PD",
  prefixes: ["2001:db8:1::/48"],
  prefixLength: 56,
  vrf,
  gateway: "None",
};
/** Room for two: a gateway, and half of it reserved. */
const tiny: TenantAddressPool = { ...v4, prefixes: ["10.5.0.0/29"], reserve: ["10.5.0.4/30"] };
const dynamic = plan({ ipv4Assignment: "Dynamic" });
const faster = plan({ ipv4Assignment: "Dynamic", speed: { down: "1Gbps", up: "500Mbps" } });
const profiled = (name: string, networkProfile: Partial<NetworkProfileSpec>) =>
  sub(name, { networkProfile: { option82Policy: "Ignore", ...networkProfile } });
const ip = (address: string) => [`Framed-IP-Address := ${address}`];

export function tellStory(name: string, upstream: () => Upstream): void {
  let opened: NetboxSite | undefined;
  let box: NetboxSite;
  let site: Site;
  beforeEach(async () => {
    opened = undefined;
    box = opened = await NetboxSite.open(upstream());
    site = box.site;
  });
  afterEach(() => opened?.close());
  const declare = (pools: readonly TenantAddressPool[], ...more: readonly LastmileObject[]) =>
    site.declare(box.base(pools, ...more));

  describe(`NetBox (${name}): what a customer gets`, () => {
    it("is counted: what a pool can give, and what of it is taken, also by others", async () => {
      const both = plan({ ipv4Assignment: "Dynamic", ipv6AssignmentMode: "DualStack" });
      const reserve = ["2001:db8:1:f000::/52"];
      await declare([tiny, wan, { ...pd, reserve }], both, profiled("john", {}));
      await site.controller.fills.count(signal);
      expect(site.controller.fills.all()).toEqual([
        { tenant: "acme", pool: "v4", use: "IPv4", used: 2, size: 3 }, // the gateway and John
        { tenant: "acme", pool: "wan", use: "WANPrefix", used: 1, size: 65_536 },
        { tenant: "acme", pool: "pd", use: "PD", used: 1, size: 240 },
      ]);
    });
    it("comes from the pools into RADIUS and status in the same run, after gateway and reserve", async () => {
      const both = plan({ ipv4Assignment: "Dynamic", ipv6AssignmentMode: "DualStack" });
      await declare([v4, wan, pd], both, profiled("john", { dnsName: "john.isp.example" }));
      expect(await box.framed("john")).toEqual([
        "Delegated-IPv6-Prefix := 2001:db8:1::/56",
        "Framed-IP-Address := 10.0.1.4",
        "Framed-IPv6-Prefix := 2001:db8::/64",
      ]);
      const id = (await box.address("10.0.1.4"))["id"];
      expect((await site.status("john"))?.addresses).toEqual({
        source: "NetBoxDynamic",
        ipv4: "10.0.1.4",
        subnet: "10.0.1.0/24",
        gateway: "10.0.1.1",
        wanPrefix: "2001:db8::/64",
        delegatedPrefix: "2001:db8:1::/56",
        dnsName: "john.isp.example",
        netboxIds: { ipv4: id, wanPrefix: expect.any(Number), delegatedPrefix: expect.any(Number) },
        allocatedAt: expect.any(String),
      });
      expect(await site.condition("john", "Ready")).toBe("True Converged");
      expect(await box.address("10.0.1.4")).toMatchObject({
        vrf: { name: "internet" },
        tenant: { name: "acme" },
        dns_name: "john.isp.example",
        description: "SUB-john IPv4",
        tags: [{ slug: "lm-acme_basic" }],
        custom_fields: {
          lastmile_owner: "test/acme/Subscriber/isp-acme/john",
          lastmile_subscriber: "SUB-john",
          lastmile_customer: "c-1",
        },
      });
      expect(await box.address("10.0.1.1")).toMatchObject({ description: "Gateway of pool v4" });
    });
    it("a declared one is recorded, with a journal entry that says for whom", async () => {
      await declare([v4], plan(), profiled("john", { staticIPv4: "10.0.1.100" }));
      expect(await box.framed("john")).toEqual(ip("10.0.1.100"));
      expect(await box.addresses()).toEqual(["10.0.1.100/32 active SUB-john"]);
      const { id } = await box.address("10.0.1.100");
      const journal = (await box.list("/api/extras/journal-entries/")).filter((j) => j["assigned_object_id"] === id);
      expect(journal.map((j) => j["comments"])).toEqual([expect.stringContaining("SUB-john")]);
      expect((await site.status("john"))?.addresses?.netboxIds).toEqual({ ipv4: id });
    });
    it("a declared one that people recorded is theirs until adoption is allowed, and then as declared", async () => {
      const record = (path: string, value: object) => box.write("POST", `/api/ipam/${path}/`, value);
      await record("ip-addresses", { address: "10.0.1.100/24", vrf: { name: vrf }, comments: "from the old list" });
      await record("ip-addresses", { address: "10.0.1.100/24", comments: "of another VRF" });
      await record("prefixes", { prefix: "203.0.113.8/29", vrf: { name: vrf }, comments: "from the old list" });
      const routed = { ...v4, name: "biz", use: "Routed" as const, prefixes: ["203.0.113.0/24"], reserve: [] };
      const john = profiled("john", { staticIPv4: "10.0.1.100", routedSubnets: ["203.0.113.8/29"] });
      const objects = box.base([v4, { ...routed, gateway: "None" }], plan(), john);
      await site.submitNow(objects);
      await site.until(async () => (await site.condition("john", "NetBoxReady")) === "False NotOwned");
      expect([await box.addresses(), await box.prefixes()]).toEqual([[], []]);
      const [tenant, ...rest] = objects;
      if (tenant?.kind !== "Tenant") throw new Error("no tenant");
      const policies = { ...tenant.spec.policies, adoption: "Always" as const };
      await site.declare([{ ...tenant, spec: { ...tenant.spec, policies } }, ...rest]);
      expect(await box.addresses()).toEqual(["10.0.1.100/24 active SUB-john"]);
      expect(await box.prefixes()).toEqual(["203.0.113.8/29 active SUB-john"]);
      const all = [...(await box.list("/api/ipam/ip-addresses/")), ...(await box.list("/api/ipam/prefixes/"))];
      const kept = all.filter((i) => i["comments"]).map((i) => [i["comments"], i["description"]]);
      expect(kept).toEqual([
        ["from the old list", "SUB-john IPv4"],
        ["of another VRF", ""],
        ["from the old list", "SUB-john routed network"],
      ]);
      expect(await site.condition("john", "Ready")).toBe("True Converged");
    });
    const eve = (address: string) => profiled("eve", { staticIPv4: address });
    const refused = () =>
      site.until(async () => (await site.condition("eve", "NetBoxReady")) === "False IdentityConflict");
    it("is never given to two: who declares another's is told whose it is, and keeps what he had", async () => {
      await declare([v4], dynamic, sub("john"));
      await site.submitNow(box.base([v4], dynamic, sub("john"), eve("10.0.1.4")));
      await refused();
      expect(await site.message("eve", "NetBoxReady")).toContain("test/acme/Subscriber/isp-acme/john");
      expect(await box.framed("eve")).toEqual([]);
      await declare([v4], dynamic, sub("john"), eve("10.0.1.91"));
      expect(await box.framed("eve")).toEqual(ip("10.0.1.91"));
      await site.submitNow(box.base([v4], dynamic, sub("john"), eve("10.0.1.4")));
      await refused();
      expect(await box.framed("eve")).toEqual(ip("10.0.1.91"));
      expect(await box.framed("john")).toEqual(ip("10.0.1.4"));
    });
    it("is not given to two either while NetBox is away; who declares a new one is served", async () => {
      await declare([v4], dynamic, sub("john"));
      await site.submitNow(box.base([v4], dynamic, sub("john"), eve("10.0.1.4")));
      await refused();
      box.gate.shut = true;
      await site.stop(); // nothing of the refusal is left in memory
      await site.start();
      const ann = profiled("ann", { staticIPv4: "10.0.1.90" });
      await site.submitNow(box.base([v4], dynamic, sub("john"), eve("10.0.1.4"), ann));
      await site.until(async () => (await site.condition("eve", "NetBoxReady")) === "False Unavailable");
      await site.until(async () => (await box.framed("ann")).length > 0);
      expect(await box.framed("ann")).toEqual(ip("10.0.1.90"));
      expect(await box.framed("eve")).toEqual([]);
    });
    it("is the same when it is declared as it was given: nobody is in his own way", async () => {
      await declare([v4], dynamic, sub("john"));
      const pinned = profiled("john", { staticIPv4: "10.0.1.4" });
      await declare([v4], plan(), pinned);
      expect(await box.framed("john")).toEqual(ip("10.0.1.4"));
      expect(await site.condition("john", "Ready")).toBe("True Converged");
      expect(await box.addresses()).toEqual(["10.0.1.4/32 active SUB-john"]);
    });
    it("stays over another plan, a suspension and its end", async () => {
      await declare([v4], dynamic, sub("john"));
      const { id } = await box.address("10.0.1.4");
      await declare([v4], faster, sub("john"));
      await declare([v4], faster, suspended(sub("john")));
      await declare([v4], dynamic, sub("john"));
      expect((await box.address("10.0.1.4"))["id"]).toBe(id);
      expect(await box.framed("john")).toEqual(ip("10.0.1.4"));
      expect(await box.addresses()).toEqual(["10.0.1.4/32 active SUB-john"]);
    });
    it("is deprecated when he is withdrawn, his again when he returns, and free when retention is over", async () => {
      await declare([v4], dynamic, sub("john"));
      await declare([v4], dynamic);
      expect(await box.addresses()).toEqual(["10.0.1.4/32 deprecated SUB-john"]);
      await declare([v4], dynamic, sub("jane"));
      expect(await box.framed("jane")).toEqual(ip("10.0.1.5"));
      await declare([v4], dynamic, sub("jane"), sub("john"));
      expect(await box.addresses()).toEqual(["10.0.1.4/32 active SUB-john", "10.0.1.5/32 active SUB-jane"]);
      expect(await box.framed("john")).toEqual(ip("10.0.1.4"));
      await declare([v4], dynamic, sub("jane"));
      await site.endRetention();
      expect(await box.addresses()).toEqual(["10.0.1.5/32 active SUB-jane"]);
      await declare([v4], dynamic, sub("jane"), sub("ann"));
      expect(await box.framed("ann")).toEqual(ip("10.0.1.4"));
    });
  });

  describe(`NetBox (${name}): a pool`, () => {
    it("that is full blocks him who finds no room and nobody else, and heals when it grows", async () => {
      await declare([tiny], dynamic, sub("a"), sub("b"));
      const fixed = profiled("fixed", { staticIPv4: "10.9.9.9" });
      await site.submitNow(box.base([tiny], dynamic, sub("a"), sub("b"), sub("late"), fixed));
      await site.until(async () => (await site.condition("late", "Ready")) === "False PoolExhausted");
      await site.until(async () => (await site.condition("fixed", "Ready")) === "True Converged");
      expect(await site.message("late")).toContain("10.5.0.0/29");
      for (const good of ["a", "b"]) expect(await site.condition(good, "Ready")).toBe("True Converged");
      const grown = { ...tiny, prefixes: ["10.5.0.0/29", "10.5.1.0/29"] };
      await site.submitNow(box.base([grown], dynamic, sub("a"), sub("b"), sub("late"), fixed));
      await site.until(async () => (await site.condition("late", "Ready")) === "True Converged");
      expect(await box.framed("late")).toEqual(ip("10.5.1.2"));
    });
    it("that people made is left alone until adoption is allowed, and says so", async () => {
      await box.write("POST", "/api/ipam/prefixes/", { prefix: "10.0.1.0/24", vrf: { name: vrf }, comments: "ours" });
      await declare([v4], dynamic, sub("john"));
      expect(await box.framed("john")).toEqual([]);
      expect(await site.condition("john", "Ready")).toMatch(/^False /);
      const [tenant, ...rest] = box.base([v4], dynamic, sub("john"));
      if (tenant?.kind !== "Tenant") throw new Error("no tenant");
      const policies = { ...tenant.spec.policies, adoption: "Always" as const };
      await site.declare([{ ...tenant, spec: { ...tenant.spec, policies } }, ...rest]);
      expect(await box.framed("john")).toEqual(ip("10.0.1.4"));
      const pools = (await box.list("/api/ipam/prefixes/")).filter((p) => p["prefix"] === "10.0.1.0/24");
      expect(pools).toMatchObject([{ comments: "ours", tenant: null }]);
    });
    it("whose networks are another installation's is refused, and its holder is named", async () => {
      await declare([v4], dynamic, sub("john"));
      const [pool] = (await box.list("/api/ipam/prefixes/")).filter((p) => p["prefix"] === "10.0.1.0/24");
      const custom_fields = { lastmile_marker: "lm_x", lastmile_owner: "other/nord/Tenant/-/nord", lastmile_key: "k" };
      await box.write("PATCH", `/api/ipam/prefixes/${pool?.["id"]}/`, { custom_fields });
      await site.scan();
      const holds = [...site.reports.values()].flatMap((r) => r.plan.changes.flatMap((c) => c.hold?.message ?? []));
      expect(holds.join()).toContain("other/nord/Tenant/-/nord");
      expect(await box.framed("john")).toEqual(ip("10.0.1.4"));
    });
  });

  describe(`NetBox (${name}): away`, () => {
    it("who is in service stays and can be changed, who is new waits, and goes on when it is back", async () => {
      await declare([v4], dynamic, sub("john"));
      box.gate.shut = true;
      await site.submitNow(box.base([v4], faster, sub("john"), sub("late")));
      await site.until(async () => (await site.condition("late", "NetBoxReady")) === "False Unavailable");
      await site.until(async () => (await site.status("john"))?.radius?.downKbps === 1_000_000);
      expect(await box.framed("john")).toEqual(ip("10.0.1.4"));
      expect(await site.condition("john", "InService")).toBe("True InService");
      expect(await box.framed("late")).toEqual([]);
      box.gate.shut = false;
      await site.until(async () => (await site.condition("late", "Ready")) === "True Converged");
      expect(await box.framed("late")).toEqual(ip("10.0.1.5"));
    });
    const bridged = { ...v4, fallback: "10.200.0.0/24" };
    it("the new ones are served from the fallback pool, which is imported when it is back", async () => {
      await declare([bridged], dynamic);
      box.gate.shut = true;
      await site.submitNow(box.base([bridged], dynamic, sub("john")));
      await site.until(async () => (await box.framed("john")).length > 0);
      expect(await box.framed("john")).toEqual(ip("10.200.0.2"));
      await site.until(async () => (await site.status("john"))?.addresses?.source === "Fallback");
      box.gate.shut = false;
      await site.until(async () => (await site.condition("john", "Ready")) === "True Converged");
      expect(await box.addresses()).toEqual(["10.200.0.2/32 active SUB-john"]);
      expect(await box.framed("john")).toEqual(ip("10.200.0.2"));
    });
    it("where somebody else took the fallback address meanwhile, it is said and he keeps his service", async () => {
      await declare([bridged], dynamic);
      box.gate.shut = true;
      await site.submitNow(box.base([bridged], dynamic, sub("john")));
      await site.until(async () => (await box.framed("john")).length > 0);
      await box.write("POST", "/api/ipam/ip-addresses/", { address: "10.200.0.2/32", vrf: { name: vrf } });
      box.gate.shut = false;
      await site.until(async () => (await site.condition("john", "NetBoxReady")) === "False NotOwned");
      expect(await site.message("john", "NetBoxReady")).toContain("10.200.0.2");
      expect(await box.framed("john")).toEqual(ip("10.200.0.2"));
    });
    it("a token that may not write: the condition names the grant, and nothing is half done", async () => {
      await declare([v4], dynamic);
      await box.takeReadOnlyToken();
      await site.restart();
      await site.submitNow(box.base([v4], dynamic, sub("john")));
      await site.until(async () => (await site.condition("john", "NetBoxReady")) === "False Denied");
      expect(await site.message("john", "NetBoxReady")).toContain("ipam.add_ipaddress");
      expect(await box.addresses()).toEqual([]);
    });
  });

  describe(`NetBox (${name}): changed by hand`, () => {
    it("another address is held until a person approves, and RADIUS follows what was given", async () => {
      await declare([v4], dynamic, sub("john"));
      await box.edit("10.0.1.4", { address: "10.0.1.77/32" });
      await site.scan();
      expect(await site.condition("john", "Ready")).toBe("False NeedsApproval");
      expect(await box.framed("john")).toEqual(ip("10.0.1.4"));
      expect(await box.addresses()).toEqual(["10.0.1.77/32 active SUB-john"]);
      expect(await site.approveAllHeld()).toHaveLength(1);
      await site.controller.engine.refreshApprovals();
      await site.settle();
      expect(await box.addresses()).toEqual(["10.0.1.4/32 active SUB-john"]);
      expect(await site.condition("john", "Ready")).toBe("True Converged");
    });
    it("names are put back, and what people added beside them stays", async () => {
      await declare([v4], dynamic, profiled("john", { dnsName: "john.isp.example" }));
      await box.edit("10.0.1.4", { dns_name: "mine.example", status: "deprecated", comments: "keep me" });
      await site.scan();
      expect(await box.address("10.0.1.4")).toMatchObject({ dns_name: "john.isp.example", comments: "keep me" });
      expect(await box.addresses()).toEqual(["10.0.1.4/32 active SUB-john"]);
    });
    it("deleted there, it is made again with the same value", async () => {
      await declare([v4], dynamic, sub("john"));
      const { id } = await box.address("10.0.1.4");
      await box.write("DELETE", `/api/ipam/ip-addresses/${id}/`);
      await site.scan();
      expect(await box.addresses()).toEqual(["10.0.1.4/32 active SUB-john"]);
      expect(await box.framed("john")).toEqual(ip("10.0.1.4"));
    });
  });

  it(`NetBox (${name}): killed after every call while a hundred are given addresses, no leak and no duplicate`, async () => {
    const wide = { ...v4, prefixes: ["10.16.0.0/19"], reserve: [] };
    await declare([wide], dynamic);
    let died = true;
    let all: Subscriber[] = [];
    for (let n = 1; died; n++) {
      all = [...all, ...Array.from({ length: 100 }, (_, i) => sub(`s${n}-${i}`))];
      died = await box.dies(n, () => declare([wide], dynamic, ...all));
      await declare([wide], dynamic, ...all);
      await site.until(async () => (await served()).length === all.length);
      const held = await box.addresses();
      expect([n, held.length, new Set(held.map((l) => l.split("/")[0])).size]).toEqual([n, all.length, all.length]);
      expect((await served()).sort()).toEqual(held.map((l) => l.replace("/32 active SUB-", " ")).sort());
    }
    expect(all.length).toBeGreaterThan(300); // at least three calls
  });
  /** `address name`, of every account. */
  const served = async () =>
    [...(await site.accounts())].flatMap(([user, { reply }]) =>
      reply.flatMap((r) => {
        const [, address] = /^Framed-IP-Address := (.*)$/.exec(r) ?? [];
        return address === undefined ? [] : [`${address} ${user.split("@")[0]}`];
      }),
    );
  it(`NetBox (${name}): a hundred are taken in as many calls as one, and nothing to do is few reads`, async () => {
    const many = Array.from({ length: 100 }, (_, n) => sub(`s${n}`));
    await declare([v4], dynamic);
    box.gate.log.length = 0;
    await declare([v4], dynamic, ...many);
    const taken = box.gate.log.filter((l) => l.includes("available-ips"));
    expect(taken.length).toBeLessThanOrEqual(4); // one for the first who was ready, and the others together
    const held = await box.addresses();
    expect(new Set(held.map((l) => l.split(" ")[0])).size).toBe(100);
    box.gate.log.length = 0;
    await site.scan();
    expect(box.gate.log.filter((l) => !l.startsWith("GET"))).toEqual([]);
    box.gate.log.length = 0;
    await site.scan(); // nobody wrote since
    expect(box.gate.log).toEqual(["GET /api/core/object-changes/"]);
  });
}
