/** What one `apply` writes for each kind of line; the names of the tests are sentences of the domain. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { atOlt2, plan, subscriber } from "./declarations.ts";
import { house } from "./house.ts";
import { condition, type Provider, statusOf } from "./provider.ts";
import { account, everything, groupsOf, passwordOf, rows } from "./rows.ts";

const line = (name: string, networkProfile: object, spec: object = {}): object =>
  subscriber(name, { networkProfile, ...spec });

const LINES: object[] = [
  subscriber("plain"),
  subscriber("nord", atOlt2("nord")),
  subscriber("quiet", { planRef: { name: "quiet" } }),
  subscriber("named", { radius: { username: "M.Named@biz.acme.example" } }),
  line("none", { ipv4Assignment: "None" }),
  line("slaac", { ipv6AssignmentMode: "SLAAC", wanIPv6Prefix: "2001:db8:0:101::/64" }),
  line("stateful", { ipv6AssignmentMode: "Stateful", staticIPv6: "2001:db8::7" }),
  line("pd", { ipv6AssignmentMode: "PD", delegatedIPv6Prefix: "2001:db8:1:700::/56" }),
  line("dual", {
    ipv6AssignmentMode: "DualStack",
    wanIPv6Prefix: "2001:db8:0:102::/64",
    delegatedIPv6Prefix: "2001:db8:1:800::/60",
  }),
  subscriber("dual-pool", { planRef: { name: "dual" } }),
  line("routed", { staticIPv4: "10.0.1.9", routedSubnets: ["203.0.113.8/29", "203.0.113.16/29", "2001:db8:3::/48"] }),
  line("other-pool", { pools: { ipv4: "cgn-2" } }),
  line("guarded", { option82Policy: "Enforce", circuitId: "OLT1/1/1/3:7" }),
  line("by-remote", { option82Policy: "Enforce", remoteId: "CPE-77" }),
  line("logged", { option82Policy: "Log", circuitId: "OLT1/1/1/3:8" }),
  line("ignored", { option82Policy: "Ignore", circuitId: "OLT1/1/1/3:9" }),
  subscriber("port", {
    planRef: { name: "ipoe" },
    networkProfile: { option82Policy: "Enforce", circuitId: "OLT1/1/1/4:1" },
  }),
  subscriber("fixed", { planRef: { name: "fixed" }, networkProfile: { staticIPv4: "10.0.1.77" } }),
  subscriber("by-ref", { radius: { passwordSecretRef: { name: "by-ref" } } }),
  subscriber("nt", { radius: { passwordSecretRef: { name: "by-ref", key: "short" }, passwordScheme: "NT" } }),
  subscriber("salted", { radius: { passwordSecretRef: { name: "by-ref" }, passwordScheme: "SSHA2-512" } }),
];
const PLANS = [
  plan("quiet", { idleTimeout: "0s", sessionTimeout: "0s", interimInterval: "5m", simultaneousUse: 2 }),
  plan("dual", { ipv6AssignmentMode: "DualStack", pools: { ipv4: "cgn", pd: "pd" } }),
  plan("ipoe", { accessType: "IPoE" }),
  plan("fixed", { accessType: "Static", ipv4Assignment: "Static" }),
];
const PASSWORD = "Gruen-7%ist+das_Gras";

describe("accounts in RADIUS", () => {
  let p: Provider;
  beforeAll(async () => {
    p = await house({}, PLANS);
    await p.secret("isp-acme/by-ref/password", PASSWORD);
    await p.secret("isp-acme/by-ref/short", "password");
    await p.declare("lines.yaml", ...LINES);
    const done = await p.apply();
    if (done.code !== 0) throw new Error(done.text);
  });
  afterAll(() => p?.end());

  const replyOf = async (name: string): Promise<readonly string[]> =>
    (await account(p, `${name}@acme.example`)).reply.filter((row) => !/^(Session|Idle)-Timeout/.test(row));
  const checkOf = async (name: string): Promise<readonly string[]> => (await account(p, `${name}@acme.example`)).check;

  it("User name: explicit > the tenant's template (default {name}@{realm})", async () => {
    expect(await groupsOf(p, "plain@acme.example")).toHaveLength(1);
    expect(await groupsOf(p, "M.Named@biz.acme.example")).toHaveLength(1);
    expect(await groupsOf(p, "named@acme.example")).toEqual([]);
  });

  it("Generated passwords have >= 128 bits from a CSPRNG; Cleartext-Password by default, with :=", async () => {
    const made = await Promise.all(["plain", "nord", "quiet"].map((name) => passwordOf(p, `${name}@acme.example`)));
    expect(new Set(made).size).toBe(3);
    for (const password of made) expect(password).toMatch(/^[A-Za-z0-9_-]{22,}$/); // 22 × 6 bits ≥ 128
    expect(await checkOf("plain")).toEqual(["Cleartext-Password := …"]);
  });

  it("passwords (generated, by reference, Cleartext / NT / salted)", async () => {
    expect(await passwordOf(p, "by-ref@acme.example")).toBe(PASSWORD);
    const [nt] = await rows(p, "radcheck", "nt@acme.example");
    expect(nt).toMatch(/^NT-Password := (0x)?8846f7eaee8fb117ad06bdd830b7586c$/i); // MD4 of UTF-16 "password"
    const [salted] = await rows(p, "radcheck", "salted@acme.example");
    const [, value = ""] = /^SSHA2-512-Password := (.+)$/.exec(salted ?? "") ?? [];
    const bytes = /^(0x)?[0-9a-f]+$/i.test(value)
      ? Buffer.from(value.replace(/^0x/, ""), "hex")
      : Buffer.from(value, "base64");
    const digest = createHash("sha512").update(PASSWORD).update(bytes.subarray(64)).digest();
    expect(bytes.length).toBeGreaterThan(64); // a digest and a salt
    expect(bytes.subarray(0, 64)).toEqual(digest);
  });

  it("Mikrotik-Rate-Limit is rx/tx from the router's side: upload first; the vendor belongs to the NAS, not to the plan", async () => {
    const [mikrotik] = await groupsOf(p, "plain@acme.example");
    const [generic] = await groupsOf(p, "nord@acme.example");
    expect(generic).not.toBe(mikrotik);
    expect(await rows(p, "radgroupreply", mikrotik ?? "")).toContain("Mikrotik-Rate-Limit = 50M/100M");
    const rates = await rows(p, "radgroupreply", generic ?? "");
    expect(rates).toContain("WISPr-Bandwidth-Max-Down = 100000000");
    expect(rates).toContain("WISPr-Bandwidth-Max-Up = 50000000");
    expect(rates.join()).not.toContain("Mikrotik");
  });

  it("Shared external objects are named with the tenant first", async () => {
    const names = await p.radius.query<{ groupname: string }>("select distinct groupname from radgroupreply");
    for (const { groupname } of names.rows) expect(groupname).toMatch(/^acme:/);
  });

  it("Session-Timeout (86400 ± 10 % jitter by uid), Idle-Timeout (900; never for IPoE; 0s = not sent)", async () => {
    const found = await p.radius.query<{ value: number }>(
      "select value::int from radreply where attribute = 'Session-Timeout'",
    );
    const seconds = found.rows.map((row) => row.value);
    expect(seconds.length).toBe(LINES.length - 1);
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(77_760);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(95_040);
    expect(new Set(seconds).size).toBeGreaterThan(10);
    expect(await sent(p, "plain", "Idle-Timeout")).toEqual(["900"]);
    expect(await sent(p, "port", "Idle-Timeout")).toEqual([]);
    expect(await sent(p, "quiet", "Idle-Timeout")).toEqual([]);
    expect(await sent(p, "quiet", "Session-Timeout")).toEqual([]);
  });

  it("Acct-Interim-Interval, Simultaneous-Use", async () => {
    expect(await sent(p, "plain", "Acct-Interim-Interval")).toEqual(["600"]);
    expect(await sent(p, "quiet", "Acct-Interim-Interval")).toEqual(["300"]);
    const [group = ""] = await groupsOf(p, "quiet@acme.example");
    expect(await rows(p, "radgroupcheck", group)).toEqual(["Simultaneous-Use := 2"]);
  });

  it("Pool (the reply names Framed-Pool / Delegated-IPv6-Prefix-Pool; the BNG chooses); pools may be chosen per subscriber", async () => {
    expect(await replyOf("plain")).toEqual(["Framed-Pool := cgn-pool"]);
    expect(await replyOf("other-pool")).toEqual(["Framed-Pool := cgn-2"]);
    expect(await replyOf("dual-pool")).toEqual(
      expect.arrayContaining(["Delegated-IPv6-Prefix-Pool := pd-pool", "Framed-Pool := cgn-pool"]),
    );
  });

  it("IPv6: None; SLAAC → Framed-IPv6-Prefix; Stateful → Framed-IPv6-Address; PD → Delegated-IPv6-Prefix; DualStack", async () => {
    const v4 = "Framed-Pool := cgn-pool";
    expect(await replyOf("none")).toEqual([]);
    expect(await replyOf("slaac")).toEqual(["Framed-IPv6-Prefix := 2001:db8:0:101::/64", v4]);
    expect(await replyOf("stateful")).toEqual(["Framed-IPv6-Address := 2001:db8::7", v4]);
    expect(await replyOf("pd")).toEqual(["Delegated-IPv6-Prefix := 2001:db8:1:700::/56", v4]);
    expect(await replyOf("dual")).toEqual([
      "Delegated-IPv6-Prefix := 2001:db8:1:800::/60",
      "Framed-IPv6-Prefix := 2001:db8:0:102::/64",
      v4,
    ]);
  });

  it("routed subnets as Framed-Route / Framed-IPv6-Route (repeated, +=); never Framed-IP-Netmask", async () => {
    const reply = await replyOf("routed");
    expect(reply).toContain("Framed-IP-Address := 10.0.1.9");
    const routes = reply.filter((row) => row.includes("Route")).map((row) => row.split(" ").slice(0, 3).join(" "));
    expect(routes).toEqual([
      "Framed-IPv6-Route += 2001:db8:3::/48",
      "Framed-Route += 203.0.113.16/29",
      "Framed-Route += 203.0.113.8/29",
    ]);
    expect(await everything(p)).not.toContain("Netmask");
  });

  it("Tunnel-* VLAN only to a NAS that declares it", async () => {
    expect((await replyOf("nord")).filter((row) => row.startsWith("Tunnel"))).toEqual([
      "Tunnel-Medium-Type:0 := IEEE-802",
      "Tunnel-Private-Group-Id:0 := 102",
      "Tunnel-Type:0 := VLAN",
    ]);
    expect((await replyOf("plain")).join()).not.toContain("Tunnel");
  });

  it("Option 82 Enforce: the NAS's own attribute in radcheck with ==; Log and Ignore write nothing", async () => {
    expect(await checkOf("guarded")).toEqual(["ADSL-Agent-Circuit-Id == OLT1/1/1/3:7", "Cleartext-Password := …"]);
    expect(await checkOf("by-remote")).toEqual(["ADSL-Agent-Remote-Id == CPE-77", "Cleartext-Password := …"]);
    expect(await checkOf("logged")).toEqual(["Cleartext-Password := …"]);
    expect(await checkOf("ignored")).toEqual(["Cleartext-Password := …"]);
  });

  it("Log: without the circuit id in radpostauth status says Unknown, never Match", async () => {
    const { network } = await statusOf(p, "logged");
    expect(network).toMatchObject({ option82: { policy: "Log", state: "Unknown" } });
  });

  it("IPoE: Auth-Type := Accept row guarded by option 82; no secret; a group never carries Auth-Type := Accept", async () => {
    const { rows: users } = await p.radius.query<{ username: string }>(
      "select username from radcheck where attribute = 'Auth-Type'",
    );
    expect(users).toEqual([{ username: "port@acme.example" }]);
    expect(await checkOf("port")).toEqual(["ADSL-Agent-Circuit-Id == OLT1/1/1/4:1", "Auth-Type := Accept"]);
    const groups = await p.radius.query("select 1 from radgroupcheck where attribute = 'Auth-Type'");
    expect(groups.rowCount).toBe(0);
  });

  it("Static: priority of the static address in the network profile (source NetworkProfile)", async () => {
    expect(await replyOf("fixed")).toContain("Framed-IP-Address := 10.0.1.77");
    const status = await statusOf(p, "fixed");
    expect(status["addresses"]).toMatchObject({ ipv4: "10.0.1.77", source: "NetworkProfile" });
    expect(condition(status, "Ready")).toBe("True Converged");
  });

  it("After apply, plan is empty; a second apply writes nothing", async () => {
    const before = await everything(p);
    expect((await p.plan()).code).toBe(0);
    expect((await p.apply()).code).toBe(0);
    expect(await everything(p)).toBe(before);
  });
});

/** Values of an attribute that a subscriber gets, from his own rows or his groups. */
async function sent(p: Provider, name: string, attribute: string): Promise<string[]> {
  const user = `${name}@acme.example`;
  const groups = await groupsOf(p, user);
  const all = [...(await rows(p, "radreply", user))];
  for (const group of groups) all.push(...(await rows(p, "radgroupreply", group)));
  return all.filter((row) => row.startsWith(`${attribute} `)).map((row) => row.split(" ").slice(2).join(" "));
}
