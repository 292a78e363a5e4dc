/** "Field work": the installation ticket, its number, date, team and due date. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customer, type Office, office, type Row } from "./office.ts";
import { condition } from "./provider.ts";
import {
  appointment,
  BERLIN,
  dayFromNow,
  FAR,
  HOUR,
  leadDay,
  localDay,
  SPRING,
  SUMMER,
  ticketOf,
  visit,
} from "./visits.ts";

describe("a ticket", () => {
  let p: Office;
  beforeAll(async () => {
    p = await office(BERLIN, [], { "tickets-1": { tickets: { technicians: [] } } });
    Object.assign(p.lines, {
      lead: customer("lead"),
      winter: customer("winter", visit({ date: FAR })),
      summer: customer("summer", visit({ date: SUMMER, priority: "Low" })),
      spring: customer("spring", visit({ date: SPRING, priority: "High" })),
      urgent: customer("urgent", visit({ date: FAR, priority: "Urgent", team: "splicers", notes: "call before" })),
      past: customer("past", visit({ date: "2020-01-07" })),
    });
    await p.applied();
  });
  afterAll(() => p?.end());

  it("TCK-YYYYMMDD-XXXX, each its own", async () => {
    const numbers = (await p.desk("select number from fieldwork.tickets")).map((r) => String(r["number"]));
    expect(numbers).toHaveLength(6);
    expect(new Set(numbers).size).toBe(6);
    for (const number of numbers) expect(number).toMatch(/^TCK-\d{8}-[0-9A-Z]{4}$/);
  });

  it.each([
    ["winter", "2027-01-13T09:00:00.000Z", "10:00 in the tenant's time zone"],
    ["summer", "2027-07-14T08:00:00.000Z", "… in summer too"],
    ["spring", "2027-03-28T08:00:00.000Z", "… on the day on which the clocks go forward; a wish may be a Sunday"],
  ])("%s: %s, for %s", async (name, at) => expect(await appointment(p, name)).toBe(at));

  it("without a wish, or with one that has passed: three working days on, at 10:00", async () => {
    for (const name of ["lead", "past"])
      expect(localDay(await appointment(p, name)), name).toBe(`${leadDay([])} 10:00`);
  });

  it.each([
    ["summer", 72],
    ["winter", 24],
    ["spring", 8],
    ["urgent", 4],
  ])("%s is due %d hours after the appointment", async (name, hours) => {
    const { scheduled_at, sla_due } = await ticketOf(p, name);
    expect((sla_due as Date).getTime() - (scheduled_at as Date).getTime()).toBe(hours * HOUR);
  });

  it("team: as the tenant says (field_operations), or as declared", async () => {
    expect(await ticketOf(p, "winter")).toMatchObject({ team: "field_operations", priority: "Normal" });
    expect(await ticketOf(p, "urgent")).toMatchObject({ team: "splicers", notes: "call before" });
  });

  it("nobody is free: no technician, and it says so; the order goes on", async () => {
    const status = await p.show("lead");
    expect(condition(status, "Warnings")).toContain("NoTechnician");
    expect(condition(status, "RADIUSReady")).toBe("True Converged");
    const { out } = await p.lastmile(["ticket", "list", "--unassigned", "-o", "json"]);
    expect((JSON.parse(out) as { tickets: Row[] }).tickets).toHaveLength(6);
  });

  it("holidays and calendar days: another policy for who comes next", async () => {
    const holidays = [leadDay([])];
    p.changed["acme"] = { policies: { budgets: { minimum: 1000 }, installation: { holidays } } };
    p.lines["holiday"] = customer("holiday");
    await p.applied();
    expect(localDay(await appointment(p, "holiday"))).toBe(`${leadDay(holidays)} 10:00`);
    p.changed["acme"] = {
      policies: { budgets: { minimum: 1000 }, installation: { count: "CalendarDays", leadDays: 5 } },
    };
    p.lines["calendar"] = customer("calendar");
    await p.applied();
    expect(localDay(await appointment(p, "calendar"))).toBe(`${dayFromNow(5)} 10:00`);
    expect(localDay(await appointment(p, "holiday")), "an appointment that was made stays").toBe(
      `${leadDay(holidays)} 10:00`,
    );
  });

  it("status: number, state, priority, appointment, due", async () => {
    expect((await p.show("urgent"))["installation"]).toMatchObject({
      ticket: expect.stringMatching(/^TCK-/),
      state: "Scheduled",
      priority: "Urgent",
      scheduledAt: "2027-01-13T09:00:00Z",
      slaDue: "2027-01-13T13:00:00Z",
    });
  });
});
