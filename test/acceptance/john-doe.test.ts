/** "The reference subscriber": static 10.0.1.100 and 2001:db8::100, suspended, resumed, upgraded, terminated, brought back. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, profile, subscriber } from "./declarations.ts";
import { house } from "./house.ts";
import { condition, controller, type Provider, statusOf } from "./provider.ts";
import { account, passwordOf, rows } from "./rows.ts";

const USER = "john@acme.example";
const HUNDRED = "acme:residential-100mbps:mikrotik";
const GIGABIT = "acme:fiber-1gbps:mikrotik";

const john = (spec: object = {}): object =>
  subscriber("john-doe", {
    subscriberNumber: "SUB-ABC123",
    customer: { id: "cust-123", name: "John Doe", email: "john@example.com", phone: "+1234567890", language: "en" },
    serviceAddress: { line: "123 Main St", city: "Springfield", postalCode: "12345" },
    planRef: { name: "residential_100mbps" },
    networkProfileRef: { name: "john-doe" },
    onu: { olt: "olt1", serial: "ALCL12345678", unis: [{ uni: 1, services: ["internet", "voice"] }] },
    radius: { username: USER },
    ...spec,
  });

const facts = profile("john-doe", {
  serviceVlan: 100,
  innerVlan: 1000,
  qinqEnabled: true,
  services: [{ name: "voice", serviceVlan: 444, uniTag: 65 }],
  circuitId: "OLT1/1/1/1:1",
  remoteId: "FTTH-CPE-12345",
  option82Policy: "Log",
  staticIPv4: "10.0.1.100",
  ipv6AssignmentMode: "DualStack",
  ipv6WAN: "Address",
  staticIPv6: "2001:db8::100",
  delegatedIPv6Prefix: "2001:db8:1::/56",
  ipv6PDSize: 56,
});

const services = [
  { name: "internet", vlan: 102 },
  { name: "voice", vlanMode: "Shared", vlan: 444, uniTag: 65, keepWhenSuspended: true },
];
const plans = [
  plan("residential-100mbps", {
    aliases: ["residential_100mbps"],
    speed: { down: "100Mbps", up: "100Mbps" },
    idleTimeout: "0s",
    services,
  }),
  plan("fiber-1gbps", {
    aliases: ["fiber_1gbps"],
    speed: { down: "1Gbps", up: "500Mbps" },
    idleTimeout: "0s",
    services,
  }),
];

const REPLY = [
  "Delegated-IPv6-Prefix := 2001:db8:1::/56",
  "Framed-IP-Address := 10.0.1.100",
  "Framed-IPv6-Address := 2001:db8::100",
  "Session-Timeout := …",
];
const active = (group: string): object => ({ check: ["Cleartext-Password := …"], reply: REPLY, groups: [group] });

describe("John Doe, static", () => {
  let p: Provider;
  let password: string | undefined;
  beforeAll(async () => {
    p = await house({}, plans);
    await p.declare("john.yaml", facts, john());
    await controller(p);
  });
  afterAll(() => p?.end());

  const becomes = async (spec: object): Promise<void> => {
    await p.declare("john.yaml", facts, john(spec));
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
  };

  it("is activated: exactly the promised rows, in FreeRADIUS's own tables", async () => {
    await becomes({});
    expect(await account(p, USER)).toEqual(active(HUNDRED));
    expect(await rows(p, "radgroupreply", HUNDRED)).toEqual([
      "Acct-Interim-Interval = 600",
      "Mikrotik-Rate-Limit = 100M/100M",
    ]);
    expect(await rows(p, "radgroupcheck", HUNDRED)).toEqual(["Simultaneous-Use := 1"]);
    password = await passwordOf(p, USER);
    expect((await p.plan()).code).toBe(0);
  });

  it("carries his facts in the status", async () => {
    const status = await statusOf(p, "john-doe");
    expect(condition(status, "Ready")).toBe("True Converged");
    expect(condition(status, "InService")).toBe("True InService");
    expect(status).toMatchObject({
      radius: {
        username: USER,
        plan: "residential-100mbps",
        downKbps: 100_000,
        upKbps: 100_000,
        staticAddress: "10.0.1.100",
        nas: ["bng1"],
        state: "Active",
      },
      addresses: {
        ipv4: "10.0.1.100",
        ipv6: "2001:db8::100",
        delegatedPrefix: "2001:db8:1::/56",
        source: "NetworkProfile",
      },
      network: { option82: { policy: "Log", state: "Unknown" }, ipv6Mode: "DualStack", ipv6State: "Active" },
    });
    expect(JSON.stringify(status)).not.toContain(password);
  });

  it("is suspended: Reject is there, and nothing lets him in", async () => {
    await becomes({ serviceState: "Suspended", suspension: { reason: "Abuse", mode: "Reject" } });
    const { check } = await account(p, USER);
    expect(check).toContain("Auth-Type := Reject");
    expect(check.join()).not.toContain("Accept");
    expect(condition(await statusOf(p, "john-doe"), "InService")).toBe("False Suspended");
    expect(condition(await statusOf(p, "john-doe"), "Ready")).toMatch(/^True /);
  });

  it("is resumed: the same rows and the same password as before", async () => {
    await becomes({});
    expect(await account(p, USER)).toEqual(active(HUNDRED));
    expect(await passwordOf(p, USER)).toBe(password);
  });

  it("is upgraded to fiber_1gbps: another group, upload first in its rate, nothing else", async () => {
    await becomes({ planRef: { name: "fiber_1gbps" } });
    expect(await account(p, USER)).toEqual(active(GIGABIT));
    expect(await rows(p, "radgroupreply", GIGABIT)).toContain("Mikrotik-Rate-Limit = 500M/1000M");
    expect(await passwordOf(p, USER)).toBe(password);
  });

  it("is terminated: RADIUS rejected and kept, the object stays", async () => {
    await becomes({ planRef: { name: "fiber_1gbps" }, serviceState: "Terminated" });
    const { check } = await account(p, USER);
    expect(check).toContain("Auth-Type := Reject");
    expect(check.join()).not.toContain("Accept");
    expect(condition(await statusOf(p, "john-doe"), "InService")).toBe("False Terminated");
    expect((await p.plan()).code).toBe(0);
  });

  it("is brought back within retention: the same account, address and password", async () => {
    await becomes({ planRef: { name: "fiber_1gbps" } });
    expect(await account(p, USER)).toEqual(active(GIGABIT));
    expect(await passwordOf(p, USER)).toBe(password);
  });

  it("tells his history: what was done, newest first", async () => {
    const { out } = await p.lastmile(["history", "SUB-ABC123"]);
    const actions = out
      .split("\n")
      .slice(1)
      .map((line) => line.split(/\s+/)[1])
      .filter(Boolean);
    expect(actions).toEqual(["restore", "retire", "update", "update", "update", "create"]);
    expect(out).not.toContain(password);
  });
});

describe("John Doe, by apply alone", () => {
  let p: Provider;
  beforeAll(async () => {
    p = await house({}, plans);
  });
  afterAll(() => p?.end());

  it("One code path serves plan, apply, the running controller: suspension and a new plan converge in a process of their own", async () => {
    await p.declare("john.yaml", facts, john());
    await p.apply();
    await p.declare(
      "john.yaml",
      facts,
      john({ serviceState: "Suspended", suspension: { reason: "Abuse", mode: "Reject" } }),
    );
    await p.apply();
    await p.declare("john.yaml", facts, john({ planRef: { name: "fiber_1gbps" } }));
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
    expect(await account(p, USER)).toEqual(active(GIGABIT));
  });
});
