/** "A house move is a new survey and ticket with the same account": what moves, what stays, and what never waits for it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan } from "./declarations.ts";
import { BILLED, bng1, customer, type Office, office } from "./office.ts";
import { condition } from "./provider.ts";
import { passwordOf, rows } from "./rows.ts";

type Spec = Record<string, unknown>;
const AREAS = [
  { name: "mitte", olts: ["olt1"], nas: ["bng1"] },
  { name: "nord", olts: ["olt2"], nas: ["bng2"] },
];
const NORD = { name: "bng2", address: "192.0.2.20", vendor: "Generic" };
const old: Spec = { serviceAddress: { line: "1 Old Street" }, onu: { olt: "olt1", serial: "ALCL0000B001" } };
const moved: Spec = {
  serviceAddress: { line: "2 New Street" },
  onu: { olt: "olt2", serial: "ALCL0000B002" },
  installation: { visit: 2 },
};
const passed = (name: string, at: string, serviceability = "Serviceable"): Spec => ({
  subscriberRef: { name },
  completedAt: at,
  serviceability,
});

describe("a house move", () => {
  let p: Office;
  let before: readonly unknown[];
  const bookkeeping = (): Promise<readonly unknown[]> =>
    p.bills(
      "select s.id, s.account, s.state, s.activated_at, u.id as subscription, u.state as of from billing.services s join billing.subscriptions u using (tenant, number) where s.number = 'SUB-anna'",
    );
  const openTicket = async (name: string): Promise<string> =>
    String(
      (
        await p.desk(`select number from fieldwork.tickets where subscriber = 'SUB-${name}' and state = 'Scheduled'`)
      )[0]?.["number"],
    );
  const complete = async (name: string): Promise<void> => {
    const done = await p.lastmile(["ticket", "complete", await openTicket(name)]);
    expect(done.code, done.text).toBe(0);
  };
  beforeAll(async () => {
    p = await office(
      {
        policies: {
          requireSurvey: true,
          activation: { require: ["SurveyPassed", "InstallationCompleted"] },
          budgets: { minimum: 1000 },
        },
      },
      [plan("basic", { billing: BILLED })],
    );
    p.changed["radius-1"] = { radius: { nas: [bng1(p.nas.port), NORD] } };
    p.changed["acme"] = { servingAreas: AREAS };
    for (const [n, name] of ["anna", "early", "refused"].entries()) {
      p.lines[name] = customer(name, { ...old, onu: { olt: "olt1", serial: `ALCL0000B10${n}` } });
      p.surveys[`${name}-1`] = passed(name, "2026-11-01T10:00:00Z");
    }
    await p.applied();
    for (const name of ["anna", "refused"]) await complete(name);
    await p.applied();
    before = await bookkeeping();
    expect(await p.told("anna")).toEqual(["InstallationScheduled Sent", "Activated Sent"]);
  });
  afterAll(() => p?.end());

  it("a second ticket of its own, for the new place; the first stays completed", async () => {
    const password = await passwordOf(p, "anna@acme.example");
    p.surveys["anna-2"] = passed("anna", "2026-11-20T10:00:00Z");
    p.lines["anna"] = customer("anna", moved);
    await p.applied();
    expect((await p.tickets()).filter((t) => t.startsWith("SUB-anna"))).toEqual([
      "SUB-anna Completed",
      "SUB-anna Scheduled",
    ]);
    const [, second] = await p.desk(
      "select visit, area, onu, address::text as address from fieldwork.tickets where subscriber = 'SUB-anna' order by visit",
    );
    expect(second).toMatchObject({
      visit: 2,
      area: "nord",
      onu: "ALCL0000B002",
      address: expect.stringContaining("2 New Street"),
    });
    expect(await passwordOf(p, "anna@acme.example")).toBe(password);
  });

  it("the same account, service and bill, which goes on; nothing waits for the move", async () => {
    expect(await bookkeeping()).toEqual(before);
    const status = await p.show("anna");
    expect(status["phase"]).toBe("Active");
    expect(condition(status, "InService")).toBe("True InService");
  });

  it("written for the NAS of the new area", async () => {
    const { rows: groups } = await p.radius.query(
      "select groupname from radusergroup where username = 'anna@acme.example'",
    );
    expect(groups).toEqual([{ groupname: "acme:basic:generic" }]);
    expect((await rows(p, "radcheck", "anna@acme.example")).filter((row) => row.includes("Reject"))).toEqual([]);
  });

  it("moved: nobody is told that the service has begun, and the bill is the same", async () => {
    await complete("anna");
    await p.applied();
    expect((await p.told("anna")).filter((t) => !t.startsWith("InstallationScheduled"))).toEqual(["Activated Sent"]);
    expect(await bookkeeping()).toEqual(before);
  });

  it("suspended in the middle of a move: rejected at once, the bill as declared, and the ticket is kept", async () => {
    p.lines["anna"] = customer("anna", {
      ...moved,
      installation: { visit: 3 },
      serviceState: "Suspended",
      suspension: { reason: "Fraud", mode: "Reject" },
    });
    await p.applied();
    expect(await rows(p, "radcheck", "anna@acme.example")).toContain("Auth-Type := Reject");
    expect((await p.tickets()).filter((t) => t === "SUB-anna Scheduled")).toEqual([]);
    p.lines["anna"] = customer("anna", { ...moved, installation: { visit: 3 } });
    await p.applied();
    expect((await p.tickets()).filter((t) => t === "SUB-anna Scheduled")).toHaveLength(1);
    expect(await bookkeeping()).toEqual(before);
  });

  it("the new place cannot be served: who is served is not cut off; it says so", async () => {
    p.surveys["refused-2"] = passed("refused", "2026-11-21T10:00:00Z", "NotServiceable");
    p.lines["refused"] = customer("refused", { ...moved, onu: { olt: "olt2", serial: "ALCL0000B003" } });
    await p.tried();
    const status = await p.show("refused");
    expect(condition(status, "InService")).toBe("True InService");
    expect(JSON.stringify(status["conditions"])).toContain("who is served already stays so");
    expect(await p.bill("refused")).toBe("ACTIVE");
  });

  it("moves before he was ever visited: one open ticket, for the new place", async () => {
    p.surveys["early-2"] = passed("early", "2026-11-21T10:00:00Z");
    p.lines["early"] = customer("early", { ...moved, onu: { olt: "olt2", serial: "ALCL0000B004" } });
    await p.applied();
    expect((await p.tickets()).filter((t) => t === "SUB-early Scheduled")).toHaveLength(1);
    await complete("early");
    await p.applied();
    expect(await p.bill("early")).toBe("ACTIVE");
  });

  it("the end closes what is open, cancels the bill, and sends nobody", async () => {
    p.lines["anna"] = customer("anna", { ...moved, installation: { visit: 3 }, serviceState: "Terminated" });
    await p.applied();
    expect((await p.tickets()).filter((t) => t.startsWith("SUB-anna "))).toEqual([
      "SUB-anna Completed",
      "SUB-anna Completed",
      "SUB-anna Cancelled",
    ]);
    expect(await p.bill("anna")).toBe("CANCELLED");
    expect(
      await p.desk(
        "select 1 from fieldwork.bookings b, fieldwork.tickets t where t.subscriber = 'SUB-anna' and t.state = 'Cancelled' and b::text like '%' || t.number || '%'",
      ),
    ).toEqual([]);
  });

  it("brought back: the same ticket is open again, the same account", async () => {
    const numbers = await p.desk("select number from fieldwork.tickets where subscriber = 'SUB-anna' order by visit");
    p.lines["anna"] = customer("anna", { ...moved, installation: { visit: 3 } });
    await p.applied();
    expect(await p.desk("select number from fieldwork.tickets where subscriber = 'SUB-anna' order by visit")).toEqual(
      numbers,
    );
    expect((await p.tickets()).filter((t) => t === "SUB-anna Scheduled")).toHaveLength(1);
    const [row] = await bookkeeping();
    expect(row).toMatchObject({ id: (before[0] as Spec)["id"], account: "ACC-anna" });
  });
});
