/** Rows of others, rows changed by hand, and what may be taken over. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, radius, subscriber, tenant } from "./declarations.ts";
import { house } from "./house.ts";
import { condition, type Provider, statusOf } from "./provider.ts";
import { account, everything, rows } from "./rows.ts";

const insert = (p: Provider, table: string, user: string, attribute: string, op: string, value: string) =>
  p.radius.query(`insert into ${table} (username, attribute, op, value) values ($1, $2, $3, $4)`, [
    user,
    attribute,
    op,
    value,
  ]);

describe("drift", () => {
  let p: Provider;
  const user = "anna@acme.example";
  let good: string;
  beforeAll(async () => {
    p = await house();
    await p.declare(
      "lines.yaml",
      subscriber("anna", { networkProfile: { staticIPv4: "10.0.1.5" } }),
      subscriber("bert"),
    );
    await p.declare(
      "out.yaml",
      subscriber("out", { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } }),
    );
    const done = await p.apply();
    if (done.code !== 0) throw new Error(done.text);
    good = await everything(p);
  });
  afterAll(() => p?.end());

  it("A RADIUS row changed by hand is repaired, before and after shown", async () => {
    await p.radius.query(
      "update radreply set value = '10.0.1.66' where username = $1 and attribute = 'Framed-IP-Address'",
      [user],
    );
    const seen = await p.lastmile(["drift"]);
    expect(seen.code).toBe(2);
    expect(seen.out).toMatch(/anna@acme\.example[\s\S]*10\.0\.1\.66 → 10\.0\.1\.5/);
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
    expect(await everything(p)).toBe(good);
    const history = JSON.parse((await p.lastmile(["history", "anna", "-o", "json"])).out) as object[];
    expect(JSON.stringify(history)).toContain("10.0.1.66");
  });

  it("deleted rows, a changed group, a second password, a changed operator: all seen by drift, all repaired", async () => {
    await p.radius.query("delete from radreply where username = $1", [user]);
    await p.radius.query("update radusergroup set groupname = 'gold' where username = 'bert@acme.example'");
    await p.radius.query("update radcheck set op = '==' where username = $1", [user]);
    await insert(p, "radcheck", "bert@acme.example", "Cleartext-Password", ":=", "backdoor");
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
    expect(await everything(p)).toBe(good);
  });

  it("a group of ours that was changed by hand is repaired", async () => {
    await p.radius.query("update radgroupreply set value = '1000M/1000M' where attribute = 'Mikrotik-Rate-Limit'");
    expect((await p.lastmile(["drift"])).out).toContain("1000M/1000M → 50M/100M");
    expect((await p.apply()).code).toBe(0);
    expect(await everything(p)).toBe(good);
  });

  it("an Accept row slipped beside the Reject of a suspended subscriber lets nobody in for long", async () => {
    await insert(p, "radcheck", "out@acme.example", "Auth-Type", ":=", "Accept");
    expect((await p.lastmile(["drift"])).code).toBe(2);
    expect((await p.apply()).code).toBe(0);
    expect(await everything(p)).toBe(good);
  });

  it("A group never carries Auth-Type := Accept (it would bypass option 82): one that was slipped in is removed", async () => {
    const [group] = (await account(p, user)).groups;
    await p.radius.query(
      "insert into radgroupcheck (groupname, attribute, op, value) values ($1, 'Auth-Type', ':=', 'Accept')",
      [group],
    );
    expect((await p.apply()).code).toBe(0);
    expect(await rows(p, "radgroupcheck", group ?? "")).toEqual(["Simultaneous-Use := 1"]);
  });

  it("A patch touches only managed fields that differ; what others wrote stays", async () => {
    await insert(p, "radreply", user, "Reply-Message", ":=", "somebody-elses");
    await insert(p, "radreply", user, "Mikrotik-Rate-Limit", ":=", "1G/1G");
    await p.radius.query("delete from radreply where username = $1 and attribute = 'Session-Timeout'", [user]);
    expect((await p.apply()).code).toBe(0);
    const reply = await rows(p, "radreply", user);
    expect(reply).toContain("Reply-Message := somebody-elses");
    expect(reply.join()).not.toContain("Mikrotik-Rate-Limit");
    expect(reply.filter((row) => row.startsWith("Session-Timeout"))).toHaveLength(1);
    expect((await p.lastmile(["drift"])).code).toBe(0);
  });
});

describe("rows of someone else", () => {
  let p: Provider;
  const user = "anna@acme.example";
  beforeAll(async () => {
    p = await house();
    await insert(p, "radcheck", user, "Cleartext-Password", ":=", "theirs");
    await insert(p, "radreply", "stranger@acme.example", "Framed-IP-Address", ":=", "10.9.9.9");
    await p.declare("lines.yaml", subscriber("anna"), subscriber("bert"));
  });
  afterAll(() => p?.end());

  it("a row of someone else (NotOwned): refused and not touched, while the others go on", async () => {
    const done = await p.apply();
    expect(done.code, done.text).toBe(3);
    expect(done.text).toContain("NotOwned");
    expect(done.text).not.toContain("theirs");
    expect(await account(p, user)).toEqual({ check: ["Cleartext-Password := …"], reply: [], groups: [] });
    expect((await account(p, "bert@acme.example")).groups).toHaveLength(1);
    expect(condition(await statusOf(p, "anna"), "Ready")).toBe("False NotOwned");
    expect(condition(await statusOf(p, "bert"), "Ready")).toBe("True Converged");
  });

  it("adoption MatchingOnly: what differs is not taken over", async () => {
    await p.declare("tenant.yaml", ...withPolicy(p, "MatchingOnly"));
    const done = await p.apply();
    expect(done.code, done.text).toBe(3);
    expect((await account(p, user)).reply).toEqual([]);
  });

  it("adoption Always: taken over, and only what is declared", async () => {
    await p.declare("tenant.yaml", ...withPolicy(p, "Always"));
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
    expect((await account(p, user)).groups).toEqual(["acme:basic:mikrotik"]);
    expect(await rows(p, "radreply", "stranger@acme.example")).toEqual(["Framed-IP-Address := 10.9.9.9"]);
  });

  it("mode Observe: differences are reported and not corrected", async () => {
    await p.declare("tenant.yaml", ...withPolicy(p, "Always", { mode: "Observe" }));
    await p.declare(
      "lines.yaml",
      subscriber("anna"),
      subscriber("bert", { planRef: { name: "basic" }, radius: { username: "b2@acme.example" } }),
    );
    const before = await everything(p);
    const done = await p.apply();
    expect(await everything(p)).toBe(before);
    expect(done.text).toContain("ObserveOnly");
    expect(condition(await statusOf(p, "bert"), "Ready")).toMatch(/^False/);
  });
});

function withPolicy(p: Provider, adoption: string, system: Record<string, unknown> = {}): object[] {
  return [tenant({ policies: { adoption } }), radius(p.radiusUrl, system), plan("basic")];
}
