/** "A system that is down holds what depends on it and nothing else", seen from the people's side; and the feature gates. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, profile, subscriber } from "./declarations.ts";
import { CALM, customer, MITTE, type Office, office } from "./office.ts";
import { condition } from "./provider.ts";
import { account } from "./rows.ts";
import { type Town, town } from "./town.ts";

type Spec = Record<string, unknown>;

describe("a system of the people's side is away", () => {
  let p: Office;
  const gone = async (which: "billing" | "tickets", yes: boolean): Promise<void> => {
    const name = new URL(p.databases[which].url).pathname.slice(1);
    await p.store.query(`alter database "${name}" with allow_connections ${!yes}`);
    if (yes) await p.store.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
  };
  beforeAll(async () => {
    p = await office({ ...MITTE, policies: { activation: { require: ["InstallationCompleted"] } } });
    p.lines["first"] = customer("first");
    await p.applied();
  });
  afterAll(() => p?.end());

  it("the ticket system: the account is made, the bill is held, and every gap is a condition", async () => {
    await gone("tickets", true);
    p.lines["second"] = customer("second");
    await p.tried("--timeout", "4");
    const status = await p.show("second");
    expect((await account(p, "second@acme.example")).check).toEqual(["Cleartext-Password := …"]);
    expect(condition(status, "TicketsReady")).toBe("False Unavailable");
    expect(condition(status, "RADIUSReady")).toBe("True Converged");
    expect(condition(status, "Ready")).toMatch(/^False /);
    expect(await p.bill("second")).toBe("PENDING");
    expect(await p.told("second")).toEqual([]);
    expect((await p.lastmile(["status"])).out).toMatch(/tickets-1 .*False/);
  });

  it("… and when it is back, one ticket each, and one mail", async () => {
    await gone("tickets", false);
    await p.applied();
    expect(await p.tickets()).toEqual(["SUB-first Scheduled", "SUB-second Scheduled"]);
    expect(await p.told("second")).toEqual(["InstallationScheduled Sent"]);
  });

  it("billing: the ticket is opened and the account made", async () => {
    await gone("billing", true);
    p.lines["third"] = customer("third");
    await p.tried("--timeout", "4");
    const status = await p.show("third");
    expect((await account(p, "third@acme.example")).check).toEqual(["Cleartext-Password := …"]);
    expect(await p.tickets()).toContain("SUB-third Scheduled");
    expect(condition(status, "BillingReady")).toBe("False Unavailable");
    await gone("billing", false);
    await p.applied();
    expect(await p.bill("third")).toBe("PENDING");
  });
});

describe("features of the tenant", () => {
  let p: Town;
  const declare = (features: Spec): Promise<void> =>
    p.declare("tenant.yaml", ...p.objects({ features, policies: CALM }));
  beforeAll(async () => {
    p = await town({ policies: CALM }, [plan("pooled")]);
    await declare({ networkProfiles: false, staticAudit: false });
    await p.declare(
      "lines.yaml",
      profile("anna", { serviceVlan: 199, staticIPv4: "10.0.1.77" }),
      subscriber("anna", { planRef: { name: "pooled" }, networkProfileRef: { name: "anna" } }),
      subscriber("older", { planRef: { name: "pooled" }, ipv4Address: "10.0.1.88" }),
    );
    const done = await p.apply();
    if (done.code !== 0) throw new Error(done.text);
  });
  afterAll(() => p?.end());
  const reply = async (name: string): Promise<string> => (await account(p, `${name}@acme.example`)).reply.join();

  it("networkProfiles: false: declared profiles are not used yet", async () => {
    expect(await reply("anna")).not.toContain("10.0.1.77");
  });

  it("staticAudit: false: a static address is given, and not recorded in NetBox", async () => {
    expect(await reply("older")).toContain("Framed-IP-Address := 10.0.1.88");
    expect(await p.taken()).toEqual([]);
  });

  it("switched on, the profile counts and the address is recorded", async () => {
    await declare({});
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
    expect(await reply("anna")).toContain("Framed-IP-Address := 10.0.1.77");
    expect((await p.taken()).toSorted()).toEqual([
      expect.stringMatching(/^10\.0\.1\.77\/\d+ active SUB-anna$/),
      expect.stringMatching(/^10\.0\.1\.88\/\d+ active SUB-older$/),
    ]);
  });
});
