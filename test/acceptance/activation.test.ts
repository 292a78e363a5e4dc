/** "Activation policy": never billed before what must be observed was observed, never unbilled after; and what outages do not do. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aSecondLater, OLT1, tags } from "./access.ts";
import { survey } from "./declarations.ts";
import { type FibreOffice, fibreOffice } from "./fibre-office.ts";
import { condition } from "./provider.ts";

type Spec = Record<string, unknown>;
const ALL = ["SurveyPassed", "InstallationCompleted", "RADIUSReady", "ONUActive", "CPEOnline"];
const NAMES = ["anna", "bert", "cora", "dirk"] as const;
const serialOf = (n: number): string => `ACME0000000${n + 1}`;
const line = (n: number, more: Spec = {}): Spec => ({
  ...tags(1001 + n),
  customer: { id: `cust-${n}`, name: `Zoë ${n}`, email: `line-${n}@example.com` },
  onu: { olt: "olt1", serial: serialOf(n) },
  cpe: { serial: `LR-000${n}` },
  billing: { account: `ACC-${n}` },
  ...more,
});

describe("the bill begins", () => {
  let p: FibreOffice;
  const passed = (name: string, more: Spec = {}): Promise<void> => p.declare(`survey-${name}.yaml`, survey(name, more));
  const look = async (): Promise<void> => {
    await aSecondLater();
    await p.tried();
  };
  beforeAll(async () => {
    p = await fibreOffice({ activation: { require: ALL } });
    NAMES.forEach((name, n) => {
      p.lines[name] = line(n);
    });
    await p.tried();
  });
  afterAll(() => p?.end());

  it("not by a declaration", async () => {
    for (const name of NAMES) expect(await p.bill(name), name).toBe("PENDING");
  });

  /** For each line, which step comes last: whichever it is, the bill waits for it. */
  const STEPS = ["survey", "ticket", "onu", "cpe"] as const;
  const take = async (n: number, step: (typeof STEPS)[number]): Promise<void> => {
    if (step === "survey") await passed(NAMES[n] ?? "");
    if (step === "ticket") await p.complete(NAMES[n] ?? "");
    if (step === "onu") p.onu(serialOf(n));
    if (step === "cpe") p.router(`LR-000${n}`);
  };
  it("not before the last of the facts, whichever comes last", async () => {
    for (const [n] of NAMES.entries()) for (const [i, step] of STEPS.entries()) if (i !== n) await take(n, step);
    await look();
    await look();
    for (const [n, name] of NAMES.entries()) {
      expect(await p.bill(name), `${name} without ${STEPS[n]}`).toBe("PENDING");
      expect(((await p.show(name))["billing"] as Spec)["billingStarted"], name).toBe(false);
    }
  });

  it("status lists the facts that are waited for; explain says what is missing", async () => {
    const { facts } = (await p.show("anna"))["billing"] as { facts: readonly Spec[] };
    expect(facts.map((f) => f["fact"]).sort()).toEqual([...ALL].sort());
    expect(await p.explain("anna")).toMatch(/survey/i);
    expect(await p.explain("bert")).toMatch(/TCK-|technician/i);
  });

  it("with the last one, for everybody, once; then they are told", async () => {
    for (const [n] of NAMES.entries()) await take(n, STEPS[n] ?? "survey");
    await look();
    await look();
    await look();
    for (const name of NAMES) {
      expect(await p.bill(name), name).toBe("ACTIVE");
      expect(
        (await p.told(name)).filter((t) => t === "Activated Sent"),
        name,
      ).toHaveLength(1);
      const status = await p.show(name);
      expect(status["phase"], name).toBe("Active");
      expect(status["billing"], name).toMatchObject({ billingStarted: true, activatedAt: expect.any(String) });
    }
  });

  it("service_metadata: devices and user name, used when people ask the books alone", async () => {
    const { rows } = await p.books.query(
      "select service_metadata as m from billing.services where number = 'SUB-anna'",
    );
    expect(rows[0].m).toMatchObject({
      network_profile: { service_vlan: 102, inner_vlan: 1001, qinq_enabled: true, ipv6_assignment_mode: "PD" },
      allocated_ips: { ipv6_prefix: "2001:db8:1:e900::/56" },
      devices: { onu_id: serialOf(0), cpe_id: "LR-0000" },
      radius: { username: "anna@acme.example" },
      allocation_method: expect.any(String),
    });
  });

  it("never unbilled after: ONU gone, router off, survey worse, ticket cancelled by hand, account deleted", async () => {
    p.onuOf(serialOf(0)).unplug();
    await passed("cora", { completedAt: "2026-11-21T00:00:00Z", serviceability: "NotServiceable" });
    await p.radius.query("delete from radcheck where username = 'bert@acme.example'");
    await p.desk
      .query("update fieldwork.tickets set state = 'Cancelled' where subscriber = 'SUB-dirk'")
      .catch(() => undefined);
    await look();
    await look();
    for (const name of NAMES) {
      expect(await p.bill(name), name).toBe("ACTIVE");
      expect(await p.told(name), name).not.toContain("Suspended Sent");
    }
  });
});

describe("storms", () => {
  let p: FibreOffice;
  let before: string;
  const names = ["s-1", "s-2", "s-3", "s-4"];
  beforeAll(async () => {
    p = await fibreOffice({ activation: { require: ["InstallationCompleted", "ONUActive", "CPEOnline"] } });
    names.forEach((name, n) => {
      p.onu(serialOf(n));
      p.router(`LR-000${n}`);
      p.lines[name] = line(n);
    });
    await p.tried();
    for (const name of names) await p.complete(name);
    await p.tried();
    await aSecondLater();
    await p.applied();
    for (const name of names) expect(await p.bill(name)).toBe("ACTIVE");
    before = await p.paperwork();
  });
  afterAll(() => p?.end());

  // "no per-subscriber tickets, mails, SLA breaches or billing actions"
  it("an OLT is lost and comes back: no tickets, mails or billing actions, and nobody is Degraded", async () => {
    p.voltha.oltDown(OLT1);
    await p.voltha.settled();
    for (let n = 0; n < 2; n++) {
      await p.apply("--timeout", "4");
      expect(await p.paperwork()).toBe(before);
    }
    for (const name of names) expect((await p.show(name))["phase"], name).toBe("Active");
    const down = (await p.xs("voltha-1")).conditions.find((c) => c.reason === "OLTDown");
    expect(down?.message).toMatch(/\b4\b/);
    p.voltha.oltUp(OLT1);
    await p.voltha.settled();
    await aSecondLater();
    await p.applied();
    expect(await p.paperwork()).toBe(before);
  });

  it("the RADIUS database is lost: the same", async () => {
    const { rows } = await p.radius.query("select current_database() as name");
    await p.store.query(`alter database "${rows[0].name}" with allow_connections false`);
    await p.store.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [rows[0].name]);
    await p.apply("--timeout", "4");
    expect(await p.paperwork()).toBe(before);
    for (const name of names) expect((await p.show(name))["phase"], name).toBe("Active");
    await p.store.query(`alter database "${rows[0].name}" with allow_connections true`);
    await p.applied();
    expect(await p.paperwork()).toBe(before);
  });

  it("one customer's ONU is unplugged: that is no transition that anybody is told or billed for", async () => {
    p.onuOf(serialOf(0)).unplug();
    await aSecondLater();
    await p.apply("--timeout", "4");
    expect(await p.paperwork()).toBe(before);
    expect(condition(await p.show("s-2"), "InService")).toBe("True InService");
  });
});
