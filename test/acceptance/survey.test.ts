/** "A completed survey gates provisioning where the tenant requires it": who is made, who waits, and each for what reason. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BARE, CALM, customer, MITTE, type Office, office } from "./office.ts";
import { condition } from "./provider.ts";
import { account, rows } from "./rows.ts";
import { statuses } from "./town.ts";

type Spec = Record<string, unknown>;
const GATED = { ...MITTE, policies: { requireSurvey: true } };
/** Nobody is visited here: only the survey is waited for. */
const UNVISITED = { ...GATED, systems: BARE };
const open = (state: string): Spec => ({ state, completedAt: undefined, serviceability: undefined });
const done = (completedAt: string, serviceability = "Serviceable"): Spec => ({ completedAt, serviceability });
const NOTHING = { check: [], reply: [], groups: [] };
const nobody = async (p: Office, name: string): Promise<void> => {
  expect(await account(p, `${name}@acme.example`), name).toEqual(NOTHING);
  expect(await p.bill(name), name).toBe("none");
};

describe("the gate", () => {
  let p: Office;
  let first: Awaited<ReturnType<typeof statuses>>;
  /** Name, its surveys, `Ready`, phase, and why. */
  const ROWS: readonly (readonly [string, readonly Spec[], string, string, string])[] = [
    ["never", [], "True AwaitingSurvey", "Surveying", "nobody was there"],
    ["planned", [open("Scheduled")], "True AwaitingSurvey", "Surveying", "an appointment is no survey"],
    ["begun", [open("InProgress")], "True AwaitingSurvey", "Surveying", "half of one neither"],
    ["failed", [open("Failed")], "True AwaitingSurvey", "Surveying", "one that failed says nothing"],
    ["called-off", [open("Cancelled")], "True AwaitingSurvey", "Surveying", "one that was called off neither"],
    ["unfit", [done("2026-11-15T14:30:00Z", "NotServiceable")], "False NotServiceable", "Surveying", "its own reason"],
    [
      "later",
      [done("2026-11-15T14:30:00Z", "PendingExpansion")],
      "False PendingExpansion",
      "Surveying",
      "its own reason",
    ],
    [
      "dig",
      [done("2026-11-15T14:30:00Z", "RequiresConstruction")],
      "False RequiresConstruction",
      "Surveying",
      "its own reason",
    ],
    [
      "worse",
      [done("2026-11-16T00:00:00Z", "NotServiceable"), done("2026-11-15T00:00:00Z")],
      "False NotServiceable",
      "Surveying",
      "the newest counts",
    ],
    [
      "better",
      [done("2026-11-15T00:00:00Z", "NotServiceable"), done("2026-11-16T00:00:00Z")],
      "True Converged",
      "Active",
      "the newest counts",
    ],
    [
      "zones",
      [done("2026-11-15T23:30:00+12:00", "NotServiceable"), done("2026-11-15T20:00:00Z")],
      "True Converged",
      "Active",
      "newest by moment, not by letters",
    ],
    [
      "again",
      [done("2026-11-15T00:00:00Z"), open("Scheduled")],
      "True Converged",
      "Active",
      "the newest completed one, though another is planned",
    ],
    ["fit", [done("2026-11-15T14:30:00+01:00")], "True Converged", "Active", "it passed"],
  ];
  beforeAll(async () => {
    p = await office(UNVISITED);
    for (const [name, surveys] of ROWS) {
      p.lines[name] = customer(name);
      surveys.forEach((spec, n) => {
        p.surveys[`${name}-${n}`] = { subscriberRef: { name }, ...spec };
      });
    }
    p.surveys["of-a-lead"] = {
      ...done("2026-11-15T14:30:00Z"),
      subscriberRef: undefined,
      lead: { name: "never", address: { line: "1 Main St" } },
    };
    await p.tried();
    first = await statuses(p);
  });
  afterAll(() => p?.end());

  it.each(ROWS)("%s: %o is %s, %s: %s", async (name, _, ready, phase) => {
    const status = first[name];
    expect(condition(status!, "Ready")).toBe(ready);
    expect(status?.["phase"]).toBe(phase);
    if (phase === "Surveying") await nobody(p, name);
    else expect((await account(p, `${name}@acme.example`)).check).not.toEqual([]);
  });

  it("explain says what it waits for; status carries the survey", async () => {
    expect(await p.explain("never")).toMatch(/survey/i);
    expect(await p.explain("dig")).toMatch(/built|construct/i);
    expect((await p.show("unfit"))["survey"]).toMatchObject({
      name: "survey-unfit-0",
      serviceability: "NotServiceable",
      completedAt: expect.stringContaining("2026-11-15"),
    });
  });

  it("nobody is told anything by mail before", async () => {
    const { out } = await p.lastmile(["mail", "list", "-o", "json"]);
    for (const [name, , , phase] of ROWS) if (phase === "Surveying") expect(out, name).not.toContain(`"SUB-${name}"`);
  });

  it("it is surveyed at last: everything follows, with nobody's further word", async () => {
    p.surveys["never"] = { ...done("2026-11-20T11:00:00Z"), data: { distance_to_pole: "50m" } };
    p.surveys["unfit-2"] = { subscriberRef: { name: "unfit" }, ...done("2026-11-20T11:00:00Z") };
    await p.tried();
    for (const name of ["never", "unfit"]) {
      expect((await p.show(name))["phase"], name).toBe("Active");
      expect(await p.bill(name), name).toBe("ACTIVE");
    }
    expect((await p.show("never"))["survey"]).toMatchObject({
      name: "survey-never",
      data: { distance_to_pole: "50m" },
    });
  });

  it("who is served is never surveyed out of it; the remark says so", async () => {
    p.surveys["fit-2"] = { subscriberRef: { name: "fit" }, ...done("2026-11-21T00:00:00Z", "RequiresConstruction") };
    delete p.surveys["better-0"];
    delete p.surveys["better-1"];
    await p.tried("--prune");
    const status = await p.show("fit");
    expect(condition(status, "InService")).toBe("True InService");
    expect(condition(status, "Warnings")).toContain("ServedDespiteSurvey");
    expect(condition(await p.show("better"), "InService")).toBe("True InService");
    expect(await p.bill("fit")).toBe("ACTIVE");
  });

  it("suspension, resume and termination wait for no survey", async () => {
    const out = { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } };
    p.lines["fit"] = customer("fit", out);
    p.lines["better"] = customer("better", { serviceState: "Terminated" });
    p.lines["dig"] = customer("dig", { serviceState: "Terminated" });
    await p.tried();
    expect(await rows(p, "radcheck", "fit@acme.example")).toContain("Auth-Type := Reject");
    expect((await p.show("better"))["phase"]).toBe("Terminated");
    expect((await p.show("dig"))["phase"]).toBe("Terminated");
    expect(await p.told("dig"), "an order that ends was never served").toEqual([]);
    p.lines["fit"] = customer("fit");
    await p.tried();
    expect(await rows(p, "radcheck", "fit@acme.example")).not.toContain("Auth-Type := Reject");
  });
});

describe("a survey and a visit", () => {
  let p: Office;
  beforeAll(async () => {
    p = await office(GATED);
    p.lines["anna"] = customer("anna");
    await p.tried();
  });
  afterAll(() => p?.end());

  it("no technician is sent to who is not surveyed; afterwards one is, and only then", async () => {
    expect(await p.tickets()).toEqual([]);
    p.surveys["anna"] = done("2026-11-20T11:00:00Z", "RequiresConstruction");
    await p.tried();
    expect(await p.tickets()).toEqual([]);
    p.surveys["anna"] = done("2026-11-21T11:00:00Z");
    await p.tried();
    expect(await p.tickets()).toEqual(["SUB-anna Scheduled"]);
    expect((await p.show("anna"))["phase"]).toBe("AwaitingInstallation");
  });
});

describe("no gate", () => {
  let p: Office;
  beforeAll(async () => {
    p = await office({ ...MITTE, systems: BARE });
    p.lines["old"] = customer("old");
    p.lines["refused"] = customer("refused");
    p.surveys["refused"] = done("2026-11-15T14:30:00Z", "NotServiceable");
    await p.tried();
  });
  afterAll(() => p?.end());

  it("where the tenant requires none, nobody waits for one", async () => {
    expect((await p.show("old"))["phase"]).toBe("Active");
  });

  it("the tenant begins to require one: who is served stays served, who is new waits", async () => {
    p.changed["acme"] = { policies: { ...CALM, requireSurvey: true } };
    p.lines["new"] = customer("new");
    await p.tried();
    expect(condition(await p.show("old"), "InService")).toBe("True InService");
    expect((await p.show("new"))["phase"]).toBe("Surveying");
    await nobody(p, "new");
  });
});
