/** "Older inputs work; the profile wins." And what the status carries for them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { atOlt2, plan, profile, subscriber, tenant } from "./declarations.ts";
import { house } from "./house.ts";
import { condition, type Provider, statusOf } from "./provider.ts";
import { groupsOf, rows } from "./rows.ts";

const OLDER = { vlanId: 777, ipv4Address: "10.0.1.50" };
const noPlan = plan("no-vlan", { services: [{ name: "internet", vlanMode: "PerSubscriber" }] });

describe("older inputs", () => {
  let p: Provider;
  beforeAll(async () => {
    p = await house({ adoption: "Always" }, [
      noPlan,
      plan("faster", { aliases: ["fiber_250mbps"], speed: { down: "250Mbps", up: "100Mbps" } }),
    ]);
    const declared = tenant({ policies: { adoption: "Always" }, defaultVlan: 110 });
    await p.declare(
      "lines.yaml",
      subscriber("older", { ...atOlt2("older"), ...OLDER, customer: { id: "o", firstName: "Mia", lastName: "Berg" } }),
      profile("newer", { serviceVlan: 555, staticIPv4: "10.0.1.51" }),
      subscriber("newer", { ...atOlt2("newer"), ...OLDER, networkProfileRef: { name: "newer" } }),
      subscriber("alias", { planRef: { name: "fiber_250mbps" } }),
      subscriber("megabits", { planRef: undefined, bandwidth_mbps: 250 }),
      subscriber("plan-vlan", atOlt2("plan-vlan")),
      subscriber("default-vlan", { ...atOlt2("default-vlan"), planRef: { name: "no-vlan" } }),
      subscriber("mailed", {
        customer: { id: "m", email: "mailed@example.com" },
        radius: { username: "mailed@example.com" },
      }),
    );
    await p.radius.query(
      "insert into radcheck (username, attribute, op, value) values ('mailed@example.com', 'Cleartext-Password', ':=', 'x')",
    );
    const texts = (await import("node:fs/promises")).readFile(`${p.folder}/tenant.yaml`, "utf8");
    await p.declare("tenant.yaml", declared, ...(await texts).split("---\n").slice(1));
    const done = await p.apply();
    if (done.code !== 0) throw new Error(done.text);
  });
  afterAll(() => p?.end());

  const vlan = async (name: string): Promise<string | undefined> =>
    (await rows(p, "radreply", `${name}@acme.example`))
      .find((row) => row.startsWith("Tunnel-Private-Group-Id"))
      ?.split(" ")[2];

  it("VLAN priority: profile > older vlanId > plan > pool > tenant default", async () => {
    expect(await vlan("newer")).toBe("555");
    expect(await vlan("older")).toBe("777");
    expect(await vlan("plan-vlan")).toBe("102");
    expect(await vlan("default-vlan")).toBe("110");
  });

  it("Address priority: static in the network profile > static on the subscriber (older field)", async () => {
    expect(await rows(p, "radreply", "newer@acme.example")).toContain("Framed-IP-Address := 10.0.1.51");
    expect(await rows(p, "radreply", "older@acme.example")).toContain("Framed-IP-Address := 10.0.1.50");
    expect((await statusOf(p, "older"))["addresses"]).toMatchObject({ source: "Subscriber" });
    expect((await statusOf(p, "newer"))["addresses"]).toMatchObject({ source: "NetworkProfile" });
  });

  it("plan aliases and bandwidth_mbps name the plan", async () => {
    expect(await groupsOf(p, "alias@acme.example")).toEqual(["acme:faster:mikrotik"]);
    expect(await groupsOf(p, "megabits@acme.example")).toEqual(["acme:faster:mikrotik"]);
  });

  it("an e-mail as the user name works, by explicit adoption of the account outside the realms", async () => {
    expect(await groupsOf(p, "mailed@example.com")).toEqual(["acme:basic:mikrotik"]);
  });

  it("older fields are named in the status with what takes their place", async () => {
    const status = await statusOf(p, "older");
    expect(condition(status, "Warnings")).toBe("True OlderField");
    expect(JSON.stringify(status.conditions)).toMatch(/vlanId[^"]*networkProfile\.serviceVlan/);
    expect(condition(status, "Ready")).toBe("True Converged");
  });
});
