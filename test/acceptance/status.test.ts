/** "What status must carry (so that nobody queries five systems)", and that it never tells a gap as a success. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, subscriber } from "./declarations.ts";
import { house } from "./house.ts";
import { condition, type Provider, statusOf } from "./provider.ts";

const services = [
  { name: "internet", vlan: 102 },
  { name: "voice", vlanMode: "Shared", vlan: 444, uniTag: 65, keepWhenSuspended: true },
];

describe("status", () => {
  let p: Provider;
  beforeAll(async () => {
    p = await house({}, [plan("triple", { services })]);
    await p.declare(
      "lines.yaml",
      subscriber("anna", {
        planRef: { name: "triple" },
        networkProfile: { serviceVlan: 100, innerVlan: 1000, staticIPv4: "10.0.1.5", dnsName: "anna.acme.example" },
      }),
      subscriber("walled", { serviceState: "Suspended", suspension: { reason: "NonPayment", mode: "WalledGarden" } }),
      subscriber("bert"),
    );
    const done = await p.apply();
    if (done.code !== 0) throw new Error(done.text);
  });
  afterAll(() => p?.end());

  it("radius, addresses and the internet service", async () => {
    const status = await statusOf(p, "anna");
    expect(status).toMatchObject({
      radius: {
        username: "anna@acme.example",
        plan: "triple",
        downKbps: 100_000,
        upKbps: 50_000,
        staticAddress: "10.0.1.5",
        nas: ["bng1"],
        state: "Active",
      },
      addresses: { ipv4: "10.0.1.5", source: "NetworkProfile", dnsName: "anna.acme.example" },
    });
    expect(status["network"]).toMatchObject({
      services: expect.arrayContaining([
        expect.objectContaining({
          name: "internet",
          serviceVlan: 100,
          innerVlan: 1000,
          mode: "PerSubscriber",
          source: "NetworkProfile",
        }),
      ]),
    });
  });

  it("network: per service: S-tag, C-tag, mode, source", async () => {
    const { network } = await statusOf(p, "anna");
    expect(network).toMatchObject({
      services: expect.arrayContaining([expect.objectContaining({ name: "voice", serviceVlan: 444, mode: "Shared" })]),
    });
  });

  it("addresses: IPv4, subnet, gateway", async () => {
    expect((await statusOf(p, "anna"))["addresses"]).toMatchObject({ subnet: "10.0.1.0/24", gateway: "10.0.1.1" });
  });

  it("every gap is a condition, never a silent success: a walled garden that is not one", async () => {
    const status = await statusOf(p, "walled");
    const served =
      (await p.radius.query("select 1 from radcheck where username = 'walled@acme.example' and value = 'Reject'"))
        .rowCount === 0;
    expect(served || condition(status, "Warnings") !== "absent" || condition(status, "Ready").startsWith("False")).toBe(
      true,
    );
  });

  it("get shows number, plan, state, IPv4, VLAN, ready, reason at a glance", async () => {
    const { out } = await p.lastmile(["get", "sub", "anna"]);
    expect(out).toMatch(/SUB-anna +triple +Active +10\.0\.1\.5 +100\.1000 +True +Converged/);
    const machine = JSON.parse((await p.lastmile(["status", "-o", "json"])).out) as object;
    expect(JSON.stringify(machine)).toContain("acme");
  });

  it("drift shows what was changed in the systems by others, and only that", async () => {
    const paused = { annotations: { "lastmile.dev/paused": "true" } };
    await p.declare("more.yaml", subscriber("bert", { planRef: { name: "triple" } }, paused));
    await p.declare(
      "lines.yaml",
      subscriber("anna", {
        planRef: { name: "triple" },
        networkProfile: { serviceVlan: 100, innerVlan: 1000, staticIPv4: "10.0.1.5" },
      }),
    );
    await p.apply();
    const plan = await p.plan();
    expect(plan.out).toContain("Paused");
    expect(plan.out).not.toContain("changed in the system");
  });
});
