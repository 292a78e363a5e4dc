/** Deprovisioning in the order of the field, and what is kept of who has left. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, profile } from "./declarations.ts";
import { BARE, BILLED, customer, MITTE, type Office, office, type Row } from "./office.ts";
import { condition, controller, eventually } from "./provider.ts";
import { account, passwordOf, rows } from "./rows.ts";
import { parseYaml } from "./yaml.ts";

const END = { serviceState: "Terminated" };
const kept = async (p: Office, kind: string, name: string): Promise<Row> =>
  parseYaml((await p.lastmile(["get", kind, name, "--deleted", "-o", "yaml"])).out) as Row;
const out = async (p: Office, name: string): Promise<boolean> =>
  (await rows(p, "radcheck", `${name}@acme.example`)).includes("Auth-Type := Reject");
const shut = async (p: Office, yes: boolean): Promise<void> => {
  const name = new URL(p.databases.billing.url).pathname.slice(1);
  await p.store.query(`alter database "${name}" with allow_connections ${!yes}`);
  if (yes) await p.store.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
};

describe("the end", () => {
  let p: Office;
  beforeAll(async () => {
    p = await office({ ...MITTE, systems: BARE }, [
      plan("second", { billing: BILLED }),
      profile("cara", { staticIPv4: "10.0.1.40", serviceVlan: 107 }),
    ]);
    for (const name of ["anna", "bert", "dora", "eva", "fred"]) p.lines[name] = customer(name);
    p.lines["cara"] = customer("cara", { networkProfileRef: { name: "cara" } });
    await p.applied();
  });
  afterAll(() => p?.end());

  it("billing is away: RADIUS rejects and the session is disconnected all the same; billing follows when it is back", async () => {
    await p.online("anna", "s-anna");
    await shut(p, true);
    p.lines["anna"] = customer("anna", END);
    await p.tried("--timeout", "4");
    expect(await out(p, "anna")).toBe(true);
    expect(p.nas.heard).toContain("Disconnect s-anna");
    const status = await p.show("anna");
    expect(status["phase"]).toBe("Terminating");
    expect(condition(status, "Ready")).toMatch(/^False Unavailable/);
    expect(await p.told("anna"), "nobody is told an end that is none yet").toEqual(["Activated Sent"]);
    await shut(p, false);
    await p.applied();
    expect(await p.bill("anna")).toBe("CANCELLED");
    expect((await p.show("anna"))["phase"]).toBe("Terminated");
    expect((await p.told("anna")).at(-1)).toBe("Terminated Sent");
  });

  it("RADIUS is away: billing stops all the same", async () => {
    const [row] = (await p.radius.query("select current_database() as name")).rows as Row[];
    await p.store.query(`alter database "${row?.["name"]}" with allow_connections false`);
    await p.store.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [row?.["name"]]);
    p.lines["bert"] = customer("bert", END);
    await p.tried("--timeout", "4");
    expect(await p.bill("bert")).toBe("CANCELLED");
    await p.store.query(`alter database "${row?.["name"]}" with allow_connections true`);
    await p.applied();
    expect(await out(p, "bert")).toBe(true);
  });

  it("everything is soft: the account is kept with its password, the bill with its dates", async () => {
    expect((await account(p, "anna@acme.example")).check).toEqual(["Auth-Type := Reject", "Cleartext-Password := …"]);
    const [service] = await p.bills(
      "select state, ended_at is not null as ended, activated_at is not null as began from billing.services where number = 'SUB-anna'",
    );
    expect(service).toEqual({ state: "CANCELLED", ended: true, began: true });
  });

  it("status of who is terminated says so", async () => {
    const status = await p.show("anna");
    expect(condition(status, "InService")).toBe("False Terminated");
    expect(condition(status, "Ready")).toMatch(/^True/);
  });

  it("deleted: the manifest, its status, the profile with deletedAt and the audit trail are found", async () => {
    delete p.lines["cara"];
    await p.applied("--prune");
    expect(await kept(p, "subscriber", "cara")).toMatchObject({
      spec: { subscriberNumber: "SUB-cara" },
      metadata: { deletionTimestamp: expect.any(String) },
    });
    delete p.changed["cara"];
    p.changed["cara"] = undefined;
    await p.applied("--prune");
    expect(await kept(p, "networkprofile", "cara")).toMatchObject({
      spec: { serviceVlan: 107 },
      status: { deletedAt: expect.any(String) },
    });
    const { out: history } = await p.lastmile(["history", "cara", "-o", "json"]);
    expect(history).toMatch(/create/);
    expect(history).toMatch(/retire/);
    expect((await p.lastmile(["get", "subscribers", "--deleted"])).out).toContain("SUB-cara");
    expect((await p.lastmile(["get", "subscribers"])).out).not.toContain("SUB-cara");
  });

  it("a profile that nobody declared is kept too", async () => {
    delete p.lines["dora"];
    await p.applied("--prune");
    const { out: profiles } = await p.lastmile(["get", "networkprofiles", "--deleted", "-o", "json"]);
    expect(profiles).toContain("dora");
  });

  it("brought back: the same account, password, user name and bill, and kept as deleted no more", async () => {
    const before = {
      password: await passwordOf(p, "cara@acme.example"),
      bill: await p.bills("select id, account, activated_at from billing.services where number = 'SUB-cara'"),
    };
    delete p.changed["cara"];
    p.lines["cara"] = customer("cara", { networkProfileRef: { name: "cara" } });
    await p.applied();
    expect({
      password: await passwordOf(p, "cara@acme.example"),
      bill: await p.bills("select id, account, activated_at from billing.services where number = 'SUB-cara'"),
    }).toEqual(before);
    expect(await out(p, "cara")).toBe(false);
    expect((await p.show("cara"))["addresses"]).toMatchObject({ ipv4: "10.0.1.40" });
    expect((await p.lastmile(["get", "subscribers", "--deleted"])).out).not.toContain("SUB-cara");
  });

  it("the end is held by no suspension: suspended, then deleted", async () => {
    p.lines["eva"] = customer("eva", { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } });
    await p.tried("--timeout", "4");
    delete p.lines["eva"];
    await p.applied("--prune");
    expect(await p.bill("eva")).toBe("CANCELLED");
    expect(await p.told("eva").catch(() => [])).not.toContain("Terminated Queued");
  });
});

describe("a subscriber whose plan, profile or tenant has vanished can still be deleted", () => {
  let p: Office;
  beforeAll(async () => {
    p = await office({ ...MITTE, systems: BARE }, [
      plan("second", { billing: BILLED }),
      profile("own", { serviceVlan: 107 }),
    ]);
    p.lines["no-plan"] = customer("no-plan", { planRef: { name: "second" } });
    p.lines["no-profile"] = customer("no-profile", { networkProfileRef: { name: "own" } });
    p.lines["no-tenant"] = customer("no-tenant");
    await p.applied();
  });
  afterAll(() => p?.end());

  it.each([
    ["no-plan", "second"],
    ["no-profile", "own"],
  ])("%s goes together with %s", async (name, with_) => {
    delete p.lines[name];
    p.changed[with_] = undefined;
    await p.applied("--prune");
    expect(await out(p, name)).toBe(true);
    expect(await p.bill(name)).toBe("CANCELLED");
  });

  it("the plan vanishes first, under a controller; then the subscriber is terminated", async () => {
    p.lines["late"] = customer("late", { planRef: { name: "second" } });
    delete p.changed["second"];
    await p.applied();
    const running = await controller(p);
    p.changed["second"] = undefined;
    p.lines["late"] = customer("late", { planRef: { name: "second" }, ...END });
    await p.declared();
    await eventually(() => out(p, "late"), Boolean, 60);
    await eventually(
      () => p.bill("late"),
      (state) => state === "CANCELLED",
      60,
    );
    running.process.kill("SIGTERM");
    await new Promise((gone) => running.process.once("exit", gone));
  });

  it("the whole tenant is withdrawn: everybody is retired in every system, nothing is hard-deleted", async () => {
    for (const name of Object.keys(p.lines)) delete p.lines[name];
    for (const name of ["acme", "basic", "second", "own"]) p.changed[name] = undefined;
    await p.tried("--prune");
    expect(await out(p, "no-tenant")).toBe(true);
    expect(await p.bill("no-tenant")).toBe("CANCELLED");
    expect(await passwordOf(p, "no-tenant@acme.example")).toBeDefined();
  });
});
