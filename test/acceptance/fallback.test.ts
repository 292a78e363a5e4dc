/** "Fallback when NetBox cannot be reached", and what NetBox's other troubles hold up: what depends on it, and nothing else. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, subscriber } from "./declarations.ts";
import { condition, type Status } from "./provider.ts";
import { account } from "./rows.ts";
import { at, becomes, POOLS, pool, statuses, type Town, town } from "./town.ts";

const addressOf = (status: Status | undefined): unknown => at(status, "addresses", "ipv4");
const framed = async (p: Town, name: string): Promise<readonly string[]> =>
  (await account(p, `${name}@acme.example`)).reply.filter((row) => row.startsWith("Framed-"));
const rejected = async (p: Town, name: string): Promise<boolean> =>
  (await account(p, `${name}@acme.example`)).check.includes("Auth-Type := Reject");

describe("NetBox goes away and returns", () => {
  let p: Town;
  const lines: Record<string, Record<string, unknown>> = { anna: {}, olaf: {} };
  const declare = (): Promise<void> =>
    p.declare("lines.yaml", ...Object.entries(lines).map(([name, spec]) => subscriber(name, spec)));
  beforeAll(async () => {
    const pools = [...POOLS, pool("spare", "IPv4", "10.8.0.0/24", { gateway: "FirstHost", fallback: "10.100.0.0/16" })];
    const plans = [plan("pooled"), plan("spare", { ipv4Assignment: "Dynamic", pools: { ipv4: "spare" } })];
    p = await town({ addressPools: pools, policies: { budgets: { minimum: 100 } } }, plans);
    await declare();
    const done = await p.apply();
    if (done.code !== 0) throw new Error(done.text);
  });
  afterAll(() => p?.end());

  it("holds what depends on it and nothing else", async () => {
    p.gate.shut = true;
    Object.assign(lines, {
      anna: { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } },
      olaf: { serviceState: "Terminated" },
      fay: { planRef: { name: "spare" } },
      finn: { planRef: { name: "spare" } },
      dora: {},
      paul: { planRef: { name: "pooled" } },
    });
    await declare();
    const all = await becomes(p, { dora: "False Unavailable" });
    expect(await framed(p, "dora")).toEqual([]);
    expect(await rejected(p, "anna")).toBe(true);
    expect(await rejected(p, "olaf")).toBe(true);
    expect(condition(all["paul"]!, "Ready")).toBe("True Converged");
    expect((await p.lastmile(["status"])).out).toMatch(/netbox-1 .*False/);
  });

  it("a declared fallback serves: unique, told, source Fallback", async () => {
    const { fay, finn } = await statuses(p);
    const [one, other] = [addressOf(fay), addressOf(finn)];
    expect([fay, finn]).toMatchObject([{ addresses: { source: "Fallback" } }, { addresses: { source: "Fallback" } }]);
    expect(one).toMatch(/^10\.100\./);
    expect(other).toMatch(/^10\.100\./);
    expect(one).not.toBe(other);
    expect(await framed(p, "fay")).toEqual([`Framed-IP-Address := ${one}`]);
    expect(condition(fay!, "InService")).toBe("True InService");
  });

  it("when it returns the address is imported; taken there, the customer keeps it and a conflict is raised", async () => {
    const before = await statuses(p);
    const [fay, finn] = [addressOf(before["fay"]), addressOf(before["finn"])];
    await p.write("POST", "/api/ipam/ip-addresses/", { address: `${fay}/16`, vrf: 1, description: "a printer" });
    p.gate.shut = false;
    const ready = { fay: "False NotOwned", finn: "True", dora: "True", olaf: "True" };
    await becomes(p, ready);
    const taken = await p.taken();
    expect(taken.filter((line) => line.endsWith("SUB-finn"))).toEqual([
      expect.stringMatching(new RegExp(`^${finn}/\\d+ active SUB-finn$`)),
    ]);
    expect(await framed(p, "finn")).toEqual([`Framed-IP-Address := ${finn}`]);
    expect(await framed(p, "fay")).toEqual([`Framed-IP-Address := ${fay}`]);
    expect(taken.find((line) => line.endsWith("SUB-olaf"))).toMatch(/ deprecated /);
  });

  it("the conflict ends when the stranger leaves; nobody was renumbered", async () => {
    const fay = addressOf((await statuses(p))["fay"]);
    const [stranger] = (await p.list("/api/ipam/ip-addresses/")).filter((i) => i["description"] === "a printer");
    await p.write("DELETE", `/api/ipam/ip-addresses/${stranger?.["id"]}/`);
    const answer = await p.apply();
    expect(answer.code, answer.text).toBe(0);
    expect((await p.taken()).find((line) => line.endsWith("SUB-fay"))).toMatch(new RegExp(`^${fay}/`));
    expect(await framed(p, "fay")).toEqual([`Framed-IP-Address := ${fay}`]);
  });

  it("a missing permission is told with the exact grant; what is there stays in service", async () => {
    const poor = `nbt_${"q".repeat(12)}.${"r".repeat(40)}`;
    p.netbox.accounts.set(poor, { user: "lastmile", writes: false });
    await p.secret("lastmile-system/netbox/token", poor);
    lines["quin"] = {};
    await declare();
    const { dora } = await becomes(p, { quin: "False Denied" });
    const said = await p.lastmile(["explain", "quin"]);
    expect(said.out).toContain("ipam.add_ipaddress");
    expect(said.text).not.toContain("rrrr");
    expect(condition(dora!, "InService")).toBe("True InService");
  });

  it("NetBox that loses an answer, or sends half of one: in the end one address each, none twice", async () => {
    await p.secret("lastmile-system/netbox/token", p.netbox.token);
    p.netbox.trouble.push({ on: /POST .*available-ips/, what: "drop-after" });
    p.netbox.trouble.push({ on: /POST .*available-ips/, what: "cut" });
    p.netbox.trouble.push({ on: /GET .*ip-addresses/, what: "error-500" });
    p.netbox.trouble.push({ on: /GET .*ip-addresses/, what: "throttle" });
    Object.assign(lines, { rita: {}, rolf: {} });
    await declare();
    const answer = await p.apply();
    expect(answer.code, answer.text).toBe(0);
    const all = await p.list("/api/ipam/ip-addresses/");
    const holders = all.map((i) => at(i, "custom_fields", "lastmile_subscriber")).filter(Boolean);
    expect(new Set(holders).size).toBe(holders.length);
    expect(new Set(all.map((i) => i["address"])).size).toBe(all.length);
    expect(holders).toEqual(expect.arrayContaining(["SUB-quin", "SUB-rita", "SUB-rolf"]));
  });
});
