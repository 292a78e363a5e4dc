/** Taking values out of pools, and everything that goes wrong between us and a NetBox. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Desired, type Observed, refKey, type State } from "../../controller/core/model.ts";
import { ownerKey, token } from "../../controller/core/owner.ts";
import type { AddressPool } from "../../controller/core/resolved.ts";
import { Fault } from "../../reconcilers/errors.ts";
import type { Http } from "../../reconcilers/netbox/client.ts";
import { ping, prepare } from "../../reconcilers/netbox/prepare.ts";
import type { Order, Outcome, Resource } from "../../reconcilers/system.ts";
import { type Standin, startStandin, V1 } from "../lab/netbox/server.ts";
import { signal } from "./hand.ts";
import { base, empty, named, open, seed } from "./netbox.rig.ts";
import { allocation, owner, pd, v4 } from "./netbox.subjects.ts";

let site: Standin;
let http: Http;
let addresses: Resource;
let prefixes: Resource;
beforeAll(async () => {
  site = await startStandin();
  http = open(site.url, site.token);
  await prepare(http, signal);
});
beforeEach(async () => {
  site.trouble.length = 0;
  await empty(http);
  await seed(http, base());
  addresses = named(http, "address");
  prefixes = named(http, "prefix");
  site.log.length = 0;
});
afterAll(async () => {
  http.close();
  await site.close();
});

const order = (n: number, d: Desired, more: Partial<Order> = {}): Order => {
  const key = ownerKey(owner(n));
  const patch = Object.fromEntries(Object.entries(d.spec).filter(([, v]) => v !== null)) as State;
  return { ref: d.ref, action: "create", token: token(key, refKey(d.ref)), owner: key, id: undefined, patch, ...more };
};
const from = (n: number, pool: AddressPool = v4): Order =>
  order(n, allocation(n, { slot: "ipv4", holds: "address", value: undefined, pool }));
const network = (n: number, pool: AddressPool = pd): Order =>
  order(n, allocation(n, { slot: "delegatedPrefix", holds: "prefix", value: undefined, pool }));
const fixed = (n: number, value: string): Order =>
  order(n, allocation(n, { slot: "ipv4", holds: "address", value, pool: v4 }));
const route = (n: number, value: string): Order =>
  order(n, allocation(n, { slot: "route", holds: "prefix", value, pool: { ...pd, reserve: [] } }));
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const said = (o: Outcome | undefined): unknown =>
  o instanceof Fault ? o.code : (o?.outputs["address"] ?? o?.outputs["prefix"]);
const small = (...nets: readonly string[]): AddressPool => ({ ...v4, prefixes: nets, reserve: [] });
const makePools = async (...nets: readonly string[]): Promise<AddressPool> => {
  for (const prefix of nets)
    await http.send("POST", "/api/ipam/prefixes/", { prefix, vrf: { name: "internet" } }, signal);
  return small(...nets);
};
const writes = () => site.log.filter((l) => !l.startsWith("GET"));

describe("taking", () => {
  test("the gateway and the reserved range are never given away, and a hundred come in one call", async () => {
    const out = await addresses.apply(
      upTo(100).map((n) => from(n)),
      signal,
    );
    expect(said(out[0])).toBe("10.0.0.2"); // .1 is the gateway
    expect(new Set(out.map(said)).size).toBe(100);
    expect(writes()).toEqual([expect.stringMatching(/^POST .*available-ips/)]);
  });
  test("a reserved range ends a pool: the next prefix gives", async () => {
    const net = await makePools("10.20.0.0/29", "10.20.1.0/29");
    const closed = {
      start_address: "10.20.0.4/29",
      end_address: "10.20.0.7/29",
      mark_populated: true,
      vrf: { name: "internet" },
    };
    await http.send("POST", "/api/ipam/ip-ranges/", closed, signal);
    const out = await addresses.apply(
      upTo(4).map((n) => from(n, net)),
      signal,
    );
    expect(out.map(said)).toEqual(["10.20.0.1", "10.20.0.2", "10.20.0.3", "10.20.1.1"]);
  });
  test("a list that is too long is split, and who finds no room is told so", async () => {
    const net = await makePools("10.21.0.0/30", "10.21.1.0/30");
    const out = await addresses.apply(
      upTo(5).map((n) => from(n, net)),
      signal,
    );
    expect(out.map(said)).toEqual(["10.21.0.1", "10.21.0.2", "10.21.1.1", "10.21.1.2", "PoolExhausted"]);
    expect(out[4]).toMatchObject({ kind: "Conflict", retryAfterMs: expect.any(Number) });
    await makePools("10.21.2.0/30");
    const again = await addresses.apply([from(5, small("10.21.0.0/30", "10.21.2.0/30"))], signal);
    expect(again.map(said)).toEqual(["10.21.2.1"]);
  });
  test("prefixes: the reserved one is left out, and a pool that is full says so", async () => {
    const reserved = { ...pd, prefixes: ["2001:db8:7::/54"], prefixLength: 56 };
    await http.send("POST", "/api/ipam/prefixes/", { prefix: "2001:db8:7::/54", vrf: { name: "internet" } }, signal);
    await http.send(
      "POST",
      "/api/ipam/prefixes/",
      { prefix: "2001:db8:7:100::/56", vrf: { name: "internet" } },
      signal,
    );
    const out = await prefixes.apply(
      upTo(4).map((n) => network(n, reserved)),
      signal,
    );
    expect(out.map(said)).toEqual(["2001:db8:7::/56", "2001:db8:7:200::/56", "2001:db8:7:300::/56", "PoolExhausted"]);
  });
  test("one bad name in a list fails alone", async () => {
    const bad = { ...from(2), patch: { ...from(2).patch, dnsName: "bad name!" } };
    const out = await addresses.apply([from(1), bad, from(3)], signal);
    expect(out.map(said)).toEqual(["10.0.0.2", "BadValue", "10.0.0.3"]);
  });
  test("who is there already is found, and nobody gets a second one", async () => {
    await addresses.apply([from(1), from(2)], signal);
    const out = await addresses.apply(
      upTo(3).map((n) => from(n)),
      signal,
    );
    expect(out.map(said)).toEqual(["10.0.0.2", "10.0.0.3", "10.0.0.4"]);
  });
  test("a pool that is not made yet is a conflict, and is found when it is", async () => {
    const pool = small("10.22.0.0/29");
    expect((await addresses.apply([from(1, pool)], signal)).map(said)).toEqual(["Missing"]);
    await makePools("10.22.0.0/29");
    expect((await addresses.apply([from(1, pool)], signal)).map(said)).toEqual(["10.22.0.1"]);
  });
  test("a pool made anew under another id is found", async () => {
    const pool = await makePools("10.23.0.0/29");
    await addresses.apply([from(1, pool)], signal);
    const row = site.db.rows("ipam/prefixes").find((r) => r.values["prefix"] === "10.23.0.0/29")!;
    await http.send("DELETE", `/api/ipam/prefixes/${row.id}/`, undefined, signal);
    await makePools("10.23.0.0/29");
    expect((await addresses.apply([from(2, pool)], signal)).map(said)).toEqual(["10.23.0.2"]);
  });
});

describe("declared", () => {
  test("recorded with a journal entry that names the subscriber", async () => {
    expect((await addresses.apply([fixed(1, "10.0.1.100")], signal)).map(said)).toEqual(["10.0.1.100"]);
    expect(site.db.rows("extras/journal-entries").at(-1)?.values["comments"]).toMatch(/subscriber S-1 /);
    const log = site.db.rows("core/object-changes").map((r) => r.values["message"]);
    expect(log).toContain("Lastmile: create for lab/acme/Subscriber/isp-acme/s1");
  });
  test("taken by another: refused, and the holder is named", async () => {
    await addresses.apply([fixed(1, "10.0.1.100")], signal);
    const [out] = await addresses.apply([fixed(2, "10.0.1.100")], signal);
    expect(out).toMatchObject({ kind: "Conflict", code: "IdentityConflict" });
    expect(String(out)).toContain("lab/acme/Subscriber/isp-acme/s1");
  });
  test("inside of a reserved network: refused, and told why", async () => {
    expect(await addresses.apply([fixed(1, "10.0.3.241")], signal)).toMatchObject([
      { kind: "Rejected", code: "Reserved" },
    ]);
  });
  test("taken in a VRF that lets two in: refused just as well", async () => {
    site.db.rows("ipam/vrfs")[0]!.values["enforce_unique"] = false;
    await http.send("POST", "/api/ipam/ip-addresses/", { address: "10.0.1.50/24", vrf: { name: "internet" } }, signal);
    expect((await addresses.apply([fixed(1, "10.0.1.50")], signal)).map(said)).toEqual(["NotOwned"]);
    site.db.rows("ipam/vrfs")[0]!.values["enforce_unique"] = true;
  });
  test("a race that NetBox loses: of two prefixes that come together the older stays", async () => {
    const vrf = site.db.rows("ipam/vrfs")[0]!;
    vrf.values["enforce_unique"] = false; // what a check that ran too early amounts to
    const theirs = { prefix: "2001:db8:9::/56", vrf: { name: "internet" } };
    site.api.rival = () =>
      void site.api.answer({
        method: "POST",
        path: "/api/ipam/prefixes/",
        query: new URLSearchParams(),
        body: theirs,
        match: undefined,
      });
    expect((await prefixes.apply([route(1, "2001:db8:9::/56")], signal)).map(said)).toEqual(["NotOwned"]);
    vrf.values["enforce_unique"] = true;
    const left = site.db.rows("ipam/prefixes").filter((r) => r.values["prefix"] === "2001:db8:9::/56");
    expect(left.map((r) => r.custom["lastmile_marker"])).toEqual([undefined]);
  });
  test("a change to a value that is taken gives way, and the old value stays", async () => {
    const [made] = (await addresses.apply([fixed(1, "10.0.1.60"), fixed(2, "10.0.1.61")], signal)) as Observed[];
    const move = { ...fixed(1, "10.0.1.60"), action: "update" as const, id: made!.id, patch: { address: "10.0.1.61" } };
    const vrf = site.db.rows("ipam/vrfs")[0]!;
    vrf.values["enforce_unique"] = false;
    expect((await addresses.apply([move], signal)).map(said)).toEqual(["NotOwned"]);
    vrf.values["enforce_unique"] = true;
    expect(site.db.row("ipam/ip-addresses", made!.id)?.values["address"]).toBe("10.0.1.60/32");
  });
});

describe("changing", () => {
  test("many in one call, one bad one fails alone, and tags of others stay", async () => {
    const made = (await addresses.apply(
      upTo(3).map((n) => from(n)),
      signal,
    )) as readonly Observed[];
    await http.send("POST", "/api/extras/tags/", { name: "vip", slug: "vip" }, signal);
    await http.send("PATCH", `/api/ipam/ip-addresses/${made[0]!.id}/`, { add_tags: [{ slug: "vip" }] }, signal);
    site.log.length = 0;
    const edit = (n: number, patch: State): Order => ({ ...from(n), action: "update", id: made[n - 1]!.id, patch });
    const out = await addresses.apply(
      [edit(1, { tags: ["lm-acme_fiber-1g"] }), edit(2, { status: "bogus" }), edit(3, { description: "x" })],
      signal,
    );
    expect(out).toMatchObject([
      { state: { tags: ["lm-acme_fiber-1g"] } },
      { code: "BadValue" },
      { state: { description: "x" } },
    ]);
    expect(writes()).toEqual(["PATCH /api/ipam/ip-addresses/", "PATCH /api/ipam/ip-addresses/"]);
    const tags = await http.get(`/api/ipam/ip-addresses/${made[0]!.id}/`, {}, signal);
    expect(JSON.stringify(tags.body)).toContain('"vip"');
  });
  test("what changed between the look and the write is looked at again", async () => {
    const [made] = (await addresses.apply([from(1)], signal)) as readonly Observed[];
    const row = site.db.row("ipam/ip-addresses", made!.id)!;
    const get = http.get;
    const meddling: Http = {
      ...http,
      get: async (...args) => {
        const answer = await get(...args);
        row.last_updated = new Date().toISOString();
        return answer;
      },
    };
    const retire: Order = { ...from(1), action: "retire", id: made!.id, patch: {} };
    expect(await named(meddling, "address").apply([retire], signal)).toMatchObject([
      { kind: "Unknown", code: "Changed" },
    ]);
    expect(row.values["status"]).toBe("active");
  });
  test("a hundred are ended in one call; who is gone already is no hindrance", async () => {
    const made = (await addresses.apply(
      upTo(100).map((n) => from(n)),
      signal,
    )) as readonly Observed[];
    await http.send("DELETE", `/api/ipam/ip-addresses/${made[5]!.id}/`, undefined, signal);
    site.log.length = 0;
    const end = made.map((m, n): Order => ({ ...from(n + 1), action: "destroy", id: m.id, patch: {} }));
    expect(new Set(await addresses.apply(end, signal))).toEqual(new Set([null]));
    expect(writes()).toEqual(["DELETE /api/ipam/ip-addresses/"]);
  });
  test("a pool with something in it is not destroyed", async () => {
    const pools = named(http, "pool");
    const [pool] = base().filter((d) => d.ref.resource === "pool");
    const key = { owner: "ground/acme/Tenant/-/acme" };
    const end: Order = {
      ...order(1, pool!, { action: "destroy", patch: {} }),
      ...key,
      token: token(key.owner, refKey(pool!.ref)),
    };
    expect(await pools.apply([end], signal)).toMatchObject([{ code: "InUse" }]);
  });
});

describe("trouble", () => {
  const create = /^POST .*available-ips/;
  for (const what of ["drop-after", "cut", "error-500"] as const) {
    test(`${what} at a create is not known, and the next look knows`, async () => {
      site.trouble.push({ on: create, what });
      const [out] = await addresses.apply([from(1)], signal);
      expect(out).toMatchObject({ kind: "Unknown", code: "Lost" });
      const { ref, token: mark } = from(1);
      const seen = await addresses.observe([{ ref, token: mark, id: undefined }], signal);
      expect(seen.size).toBe(what === "error-500" ? 0 : 1);
      expect((await addresses.apply([from(1)], signal)).map(said)).toEqual(["10.0.0.2"]);
    });
  }
  test("too many requests: how long to wait comes along", async () => {
    site.trouble.push({ on: create, what: "throttle" });
    expect(await addresses.apply([from(1)], signal)).toMatchObject([{ kind: "RateLimited", retryAfterMs: 1000 }]);
  });
  test("a missing right is named as NetBox's administrator ticks it", async () => {
    const right = "nbt_viewer1.abc";
    site.accounts.set(right, {
      writes: true,
      grants: new Set(["ipam.view_ipaddress", "ipam.view_prefix", "tenancy.view_tenant"]),
    });
    const viewer = open(site.url, right);
    const [out] = await named(viewer, "address").apply([from(1)], signal);
    viewer.close();
    expect(out).toMatchObject({ kind: "Forbidden", code: "Denied" });
    expect(String(out)).toContain("ipam.add_ipaddress");
    expect(String(out)).not.toContain(right);
  });
  test("tokens of both versions, with or without their keyword", async () => {
    for (const secret of [site.token, `Bearer ${site.token}`, V1, `Token ${V1}\n`]) {
      const one = open(site.url, secret);
      expect(await ping(one, signal)).toBe("NetBox 4.7.3");
      one.close();
    }
    expect(() => open(site.url, "hunter2")).toThrow("neither");
  });
  test("without the custom fields nothing is believed, and the ping says what to do", async () => {
    const other = await startStandin();
    const bare = open(other.url, other.token);
    await bare.send("POST", "/api/ipam/ip-addresses/", { address: "10.0.0.1/32" }, signal);
    const { ref, token: mark } = from(1);
    const look = named(bare, "address").observe([{ ref, token: mark, id: undefined }], signal);
    await expect(look).rejects.toMatchObject({ code: "Misconfigured" });
    await expect(ping(bare, signal)).rejects.toThrow("lastmile init");
    await Promise.all([prepare(bare, signal), prepare(bare, signal)]);
    expect(await ping(bare, signal)).toBe("NetBox 4.7.3");
    bare.close();
    await other.close();
  });
});

test("a thousand that stand are looked at in few requests", async () => {
  const made: Observed[] = [];
  for (let at = 0; at < 1000; at += 100)
    made.push(
      ...((await addresses.apply(
        upTo(100).map((n) => from(at + n)),
        signal,
      )) as readonly Observed[]),
    );
  site.log.length = 0;
  const lookups = made.map((o) => ({ ref: o.ref, token: o.token!, id: o.id }));
  expect((await addresses.observe(lookups, signal)).size).toBe(1000);
  expect(site.log.length).toBeLessThanOrEqual(3);
});
