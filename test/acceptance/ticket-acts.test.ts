/** What people and other programs do with a ticket, and what follows from it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customer, type Office, office, type Row } from "./office.ts";
import { condition, controller, eventually } from "./provider.ts";
import { appointment, BERLIN, FAR, ticketOf, visit } from "./visits.ts";

describe("what people do with it", () => {
  let p: Office;
  beforeAll(async () => {
    p = await office({
      ...BERLIN,
      policies: { budgets: { minimum: 1000 }, activation: { require: ["InstallationCompleted"] } },
    });
    for (const name of ["anna", "bert", "cora", "late", "susi"]) p.lines[name] = customer(name, visit({ date: FAR }));
    await p.applied();
  });
  afterAll(() => p?.end());
  const act = async (name: string, verb: string, ...more: readonly string[]) => {
    const answer = await p.lastmile(["ticket", verb, String((await ticketOf(p, name))["number"]), ...more]);
    expect(answer.code, answer.text).toBe(0);
    return answer;
  };

  it("rescheduled by a planner: stays through edits of anything else; the customer is told the new date once", async () => {
    await act("anna", "reschedule", "2027-02-03", "--at", "15:00");
    expect(await appointment(p, "anna")).toBe("2027-02-03T14:00:00.000Z");
    p.lines["anna"] = customer("anna", visit({ date: FAR, priority: "High" }));
    await p.applied();
    expect(await appointment(p, "anna")).toBe("2027-02-03T14:00:00.000Z");
    expect(((await ticketOf(p, "anna"))["sla_due"] as Date).toISOString()).toBe("2027-02-03T22:00:00.000Z");
    expect((await p.told("anna")).filter((t) => t.startsWith("InstallationScheduled"))).toHaveLength(2);
    expect((await p.show("anna"))["installation"]).toMatchObject({
      scheduledAt: "2027-02-03T14:00:00Z",
      priority: "High",
    });
  });

  it("… until the date in the declaration is changed", async () => {
    p.lines["anna"] = customer("anna", visit({ date: "2027-02-10" }));
    await p.applied();
    expect(await appointment(p, "anna")).toBe("2027-02-10T09:00:00.000Z");
  });

  it("cancelled: nobody goes, nobody is billed, and the technician's hour is free again; rescheduled, it is open again", async () => {
    await act("bert", "cancel", "--result", "nobody at home");
    await p.applied();
    expect((await ticketOf(p, "bert"))["state"]).toBe("Cancelled");
    expect(await p.bill("bert")).toBe("PENDING");
    const { number } = await ticketOf(p, "bert");
    const booked = await p.desk(`select b.technician from fieldwork.bookings b, fieldwork.tickets t
      where t.number = '${number}' and b.ticket::text in (t.id::text, t.number)`);
    expect(booked).toEqual([]);
    await act("bert", "reschedule", "2027-01-21");
    await p.applied();
    expect(await ticketOf(p, "bert")).toMatchObject({ state: "Scheduled", number });
  });

  it("completed by command: the bill begins, and the customer is told", async () => {
    expect(await p.bill("cora")).toBe("PENDING");
    await act("cora", "complete", "--result", "ONU at -19.2 dBm");
    await p.applied();
    expect(await p.bill("cora")).toBe("ACTIVE");
    expect(await p.told("cora")).toEqual(["InstallationScheduled Sent", "Activated Sent"]);
    const history = await p.lastmile(["history", "cora", "-o", "json"]);
    expect(history.out).toMatch(/Completed|complete/);
  });

  it("what is completed stays so: it is neither rescheduled nor cancelled, and a later edit opens nothing", async () => {
    const { number } = await ticketOf(p, "cora");
    for (const verb of [["cancel"], ["reschedule", "2027-02-02"]]) {
      const answer = await p.lastmile(["ticket", verb[0]!, String(number), ...verb.slice(1)]);
      expect(answer.code, answer.text).not.toBe(0);
    }
    p.lines["cora"] = customer("cora", visit({ date: "2027-03-03", priority: "Urgent" }));
    await p.applied();
    expect((await p.tickets()).filter((t) => t.startsWith("SUB-cora"))).toEqual(["SUB-cora Completed"]);
    expect(await p.bill("cora")).toBe("ACTIVE");
  });

  it("past its due date: a remark, and a place in the list of what is overdue", async () => {
    await p.desk(
      "update fieldwork.tickets set scheduled_at = now() - interval '3 days', sla_due = now() - interval '2 days' where subscriber = 'SUB-late'",
    );
    await p.tried();
    expect(condition(await p.show("late"), "Warnings")).toContain("SLAOverdue");
    const { out } = await p.lastmile(["ticket", "list", "--overdue", "-o", "json"]);
    expect((JSON.parse(out) as { tickets: Row[] }).tickets.map((t) => t["subscriber"])).toEqual(["SUB-late"]);
  });

  it("by fields: another program writes the state, and a controller that stays begins the bill by itself", async () => {
    const running = await controller(p);
    await p.desk("update fieldwork.tickets set state = 'Completed' where subscriber = 'SUB-susi'");
    await eventually(
      () => p.bill("susi"),
      (state) => state === "ACTIVE",
    );
    const events = await p.desk(
      "select what from fieldwork.events e join fieldwork.tickets t on t.number = e.number where t.subscriber = 'SUB-susi' order by e.id",
    );
    expect(events.length).toBeGreaterThan(1);
    running.process.kill("SIGTERM");
  });
});
