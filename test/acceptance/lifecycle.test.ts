/** Suspension, termination, retention and return, beside a controller that stays. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, subscriber } from "./declarations.ts";
import { house } from "./house.ts";
import { condition, controller, eventually, type Provider, statusOf } from "./provider.ts";
import { account, passwordOf } from "./rows.ts";

const ANNA = "anna@acme.example";
const suspended = (suspension: object): Record<string, unknown> => ({ serviceState: "Suspended", suspension });
const PAUSED = { annotations: { "lastmile.dev/paused": "true" } };
const NOTHING = { check: [], reply: [], groups: [] };
const ACTIVE = { check: ["Cleartext-Password := …"], groups: ["acme:basic:mikrotik"] };

describe("the life of a subscriber", () => {
  let p: Provider;
  beforeAll(async () => {
    p = await house({ retention: { resources: "720h" }, budgets: { minimum: 1000 } }, [
      plan("ipoe", { accessType: "IPoE" }),
      plan("garden", { suspension: { mode: "WalledGarden", addressList: "unpaid" } }),
    ]);
    await p.declare("anna.yaml", subscriber("anna"));
    await p.declare("port.yaml", port());
    await p.declare("fraud.yaml", subscriber("fraud", suspended({ reason: "Fraud", mode: "Reject" })));
    await p.declare("rest.yaml", subscriber("rest"));
    await p.declare("pia.yaml", subscriber("pia", {}, PAUSED));
    await p.declare("pit.yaml", subscriber("pit"));
    await controller(p);
    await p.apply();
  });
  afterAll(() => p?.end());

  const becomes = async (name: string, spec: object): Promise<void> => {
    await p.declare(`${name}.yaml`, name === "port" ? port(spec) : subscriber(name, spec as Record<string, unknown>));
    const done = await p.apply();
    expect(done.code, done.text).toBeOneOf([0, 3]); // 3: the paused newcomer waits, as it should
  };

  it("Reject replaces an Accept row and lives in radcheck", async () => {
    expect((await account(p, "port@acme.example")).check).toContain("Auth-Type := Accept");
    await becomes("port", suspended({ reason: "NonPayment", mode: "Reject" }));
    const { check, reply } = await account(p, "port@acme.example");
    expect(check.filter((row) => row.startsWith("Auth-Type"))).toEqual(["Auth-Type := Reject"]);
    expect(reply.filter((row) => row.startsWith("Auth-Type"))).toEqual([]);
  });

  it("Suspended from the first day: no login, and Ready all the same", async () => {
    expect((await account(p, "fraud@acme.example")).check).toContain("Auth-Type := Reject");
    const status = await statusOf(p, "fraud");
    expect(condition(status, "Ready")).toMatch(/^True/);
    expect(condition(status, "InService")).toBe("False Suspended");
  });

  it("A resume is never held by any budget, and brings the same rows", async () => {
    await becomes("port", {});
    expect((await account(p, "port@acme.example")).check).toEqual([
      "ADSL-Agent-Circuit-Id == kiel/1",
      "Auth-Type := Accept",
    ]);
  });

  it("a throttle or walled garden is no silent success: done, or named as not done", async () => {
    await p.declare(
      "garden.yaml",
      subscriber("garden", { planRef: { name: "garden" }, ...suspended({ reason: "NonPayment" }) }),
    );
    const done = await p.apply();
    const { check, reply, groups } = await account(p, "garden@acme.example");
    const gated = check.includes("Auth-Type := Reject") || [...reply, ...groups].join().includes("unpaid");
    expect(gated || done.code !== 0, `${done.text} ${JSON.stringify({ check, reply, groups })}`).toBe(true);
    expect(done.code === 0 ? "" : done.text).not.toContain("defect");
    await p.remove("garden.yaml");
  });

  it("Retire first: an object that is deleted is rejected and kept, by run, which prunes its own source", async () => {
    const password = await passwordOf(p, ANNA);
    await p.remove("anna.yaml");
    const gone = await eventually(
      () => account(p, ANNA),
      ({ check }) => check.includes("Auth-Type := Reject"),
    );
    expect(gone.check).toContain("Cleartext-Password := …");
    expect(await passwordOf(p, ANNA)).toBe(password);
  });

  it("Declared again within retention (adopt key: tenant + subscriber number): the same identity, address and account", async () => {
    const password = await passwordOf(p, ANNA);
    await becomes("anna", {});
    expect(await account(p, ANNA)).toMatchObject(ACTIVE);
    expect(await passwordOf(p, ANNA)).toBe(password);
  });

  it("A return restores only if subscriber number or billing account agrees, else IdentityConflict", async () => {
    await p.remove("anna.yaml");
    await eventually(
      () => account(p, ANNA),
      ({ check }) => check.includes("Auth-Type := Reject"),
    );
    await p.declare("anna.yaml", subscriber("anna", { subscriberNumber: "SUB-somebody-else" }));
    await p.apply();
    const said = await p.lastmile(["explain", "anna"]);
    expect(said.out).toContain("IdentityConflict");
    expect(said.out).toContain("SUB-anna");
    expect((await account(p, ANNA)).check).toContain("Auth-Type := Reject");
    await becomes("anna", {});
    expect(await account(p, ANNA)).toMatchObject(ACTIVE);
  });

  it("Pause blocks every effect: a paused newcomer is not made", async () => {
    expect(await account(p, "pia@acme.example")).toEqual(NOTHING);
    expect((await p.lastmile(["explain", "pia"])).out).toContain("Paused");
  });

  it("Pause blocks every effect: a paused subscriber is not terminated", async () => {
    const before = await account(p, "pit@acme.example");
    await p.declare("pit.yaml", subscriber("pit", { serviceState: "Terminated" }, PAUSED));
    await p.apply();
    expect(await account(p, "pit@acme.example")).toEqual(before);
  });

  it("Pause blocks every effect, deletion included", async () => {
    const before = await account(p, "pit@acme.example");
    await p.declare("pit.yaml", subscriber("pit", {}, PAUSED));
    await p.apply();
    await p.remove("pit.yaml");
    await p.apply("--prune");
    expect(await account(p, "pit@acme.example")).toEqual(before);
  });

  it("Subscriber.spec.paused: stops every effect for this subscriber, deletion included", async () => {
    const before = await account(p, "rest@acme.example");
    await p.declare("rest.yaml", subscriber("rest", { paused: true, serviceState: "Terminated" }));
    await p.apply();
    expect(await account(p, "rest@acme.example")).toEqual(before);
  });

  it("exit code 3: done as far as possible, the rest waits for a person; also beside a controller", async () => {
    expect((await p.lastmile(["explain", "pia"])).out).toContain("Paused");
    const done = await p.apply();
    expect(done.code, done.text).toBe(3);
  });

  it("Terminated and deletion of the object end alike; only Terminated keeps the object", async () => {
    await p.remove("anna.yaml");
    const deleted = await eventually(
      () => account(p, ANNA),
      ({ check }) => check.includes("Auth-Type := Reject"),
    );
    await becomes("anna", {});
    await becomes("anna", { serviceState: "Terminated" });
    expect(await account(p, ANNA)).toEqual(deleted);
    expect(condition(await statusOf(p, "anna"), "InService")).toBe("False Terminated");
  });
});

describe("retention", () => {
  let p: Provider;
  beforeAll(async () => {
    p = await house({ retention: { resources: "4s" } });
    await p.declare("anna.yaml", subscriber("anna"));
    await p.declare("rest.yaml", subscriber("rest"));
    await p.apply();
  });
  afterAll(() => p?.end());

  it("destroy is final and happens only after retention: no row is left, and the name is free", async () => {
    await p.remove("anna.yaml");
    await p.apply("--prune");
    expect((await account(p, ANNA)).check).toEqual(["Auth-Type := Reject", "Cleartext-Password := …"]);
    await new Promise((wake) => setTimeout(wake, 4500));
    await controller(p); // what is due is destroyed at its start, and from time to time
    await eventually(
      () => account(p, ANNA),
      (now) => now.check.length + now.reply.length + now.groups.length === 0,
    );
    const owner = await p.radius.query("select 1 from lastmile.radius_owner where name = $1", [ANNA]);
    expect(owner.rowCount).toBe(0);
    await p.declare("bella.yaml", subscriber("bella", { radius: { username: ANNA } }));
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
    expect(await account(p, ANNA)).toMatchObject(ACTIVE);
  });
});

const port = (spec: object = {}): object =>
  subscriber("port", {
    planRef: { name: "ipoe" },
    networkProfile: { option82Policy: "Enforce", circuitId: "kiel/1" },
    ...spec,
  });
