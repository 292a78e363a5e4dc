/** The life of a ticket: dates, edits, ends, and what people make of it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { technician, visited } from "../../test/contract/fieldwork.subjects.ts";
import { signal } from "../../test/contract/hand.ts";
import { type Field, openField } from "../../test/lab/fieldwork.ts";

/** A Tuesday; three working days later is Friday the 27th. */
const NOW = "2026-11-24T12:00:00Z";
let field: Field;
beforeEach(async () => {
  field = await openField(NOW, [technician("ada"), technician("ben")]);
});
afterEach(() => field.close());
const states = async () =>
  (await field.rows("select number, state from fieldwork.tickets order by id")).map(
    (r) => `${r["number"]} ${r["state"]}`,
  );

describe("a new ticket", () => {
  test("has a number of its day, an appointment by lead days, a due date by priority, and somebody who goes", async () => {
    expect(await field.declare(visited(1))).toEqual({
      ticket: "TCK-20261124-0001",
      visit: 1,
      state: "Scheduled",
      priority: "Normal",
      scheduledAt: "2026-11-27T09:00:00Z",
      slaDue: "2026-11-28T09:00:00Z",
      technician: "ada",
    });
  });
  test("the next has the next number, and the other technician", async () => {
    await field.declare(visited(1));
    expect(await field.declare(visited(2))).toMatchObject({ ticket: "TCK-20261124-0002", technician: "ben" });
  });
  test("the third has nobody at that hour; it is said, and put right when somebody comes", async () => {
    for (const n of [1, 2, 3]) await field.declare(visited(n));
    const third = await field.declare(visited(3));
    expect(third).not.toHaveProperty("technician");
    field.technicians = [...field.technicians, technician("cleo")];
    expect(await field.declare(visited(3))).toMatchObject({ technician: "cleo", scheduledAt: third["scheduledAt"] });
  });
  test.each([
    ["falls ill", [technician("ada", { away: [{ from: "2026-11-26", to: "2026-11-30" }] })]],
    ["leaves", []],
  ])("whoever has it %s: another goes, or it is said that nobody does", async (_, rest) => {
    expect(await field.declare(visited(1))).toMatchObject({ technician: "ada" });
    field.technicians = [...rest, technician("ben")];
    expect(await field.declare(visited(1))).toMatchObject({ technician: "ben", scheduledAt: "2026-11-27T09:00:00Z" });
    field.technicians = [technician("ben", { away: [{ from: "2026-11-27", to: "2026-11-27" }] })];
    expect(await field.declare(visited(1))).not.toHaveProperty("technician");
  });
  test("the day of a number is the tenant's, and each day counts from one", async () => {
    field.clock = Date.parse("2026-11-24T23:30:00Z");
    expect(await field.declare(visited(1))).toMatchObject({ ticket: "TCK-20261125-0001" });
    field.clock = Date.parse("2026-11-25T23:30:00Z");
    expect(await field.declare(visited(2))).toMatchObject({ ticket: "TCK-20261126-0001" });
  });
});

describe("plain edits", () => {
  test("another wish moves the appointment and what is due, and whoever had it keeps it", async () => {
    await field.declare(visited(1));
    await field.declare(visited(2));
    expect(await field.declare(visited(2, { date: "2026-12-02" }))).toMatchObject({
      ticket: "TCK-20261124-0002",
      scheduledAt: "2026-12-02T09:00:00Z",
      slaDue: "2026-12-03T09:00:00Z",
      technician: "ben",
    });
  });
  test("to an hour in which he is elsewhere: another goes", async () => {
    field.technicians = [technician("ada")];
    await field.declare(visited(1, { date: "2026-12-02" }));
    await field.declare(visited(2));
    field.technicians = [technician("ada"), technician("ben")];
    expect(await field.declare(visited(2, { date: "2026-12-02" }))).toMatchObject({ technician: "ben" });
  });
  test("another priority changes what is due, and nothing else", async () => {
    const before = await field.declare(visited(1));
    const after = await field.declare(visited(1, { priority: "Urgent" }));
    expect(after).toEqual({ ...before, priority: "Urgent", slaDue: "2026-11-27T13:00:00Z" });
  });
  test("another team sends its own people only where nobody goes yet", async () => {
    field.technicians = [technician("ada", { team: "north" })];
    expect(await field.declare(visited(1))).not.toHaveProperty("technician");
    expect(await field.declare(visited(1, { team: "north" }))).toMatchObject({ technician: "ada" });
  });
  test.each([
    ["taken back", undefined],
    ["of a day that has passed", "2026-11-20"],
  ])("a wish that is %s moves nothing", async (_, date) => {
    const before = await field.declare(visited(1, { date: "2026-12-02" }));
    expect(await field.declare(visited(1, { date }))).toEqual(before);
  });
  test("a person's appointment stays until the wish is another", async () => {
    await field.declare(visited(1, { date: "2026-12-02" }));
    await field.driver.desk.reschedule("TCK-20261124-0001", { day: "2026-12-04", at: "14:00" }, "eve", signal);
    expect(await field.declare(visited(1, { date: "2026-12-02", priority: "High" }))).toMatchObject({
      scheduledAt: "2026-12-04T13:00:00Z",
      slaDue: "2026-12-04T21:00:00Z",
    });
    expect(await field.declare(visited(1, { date: "2026-12-07" }))).toMatchObject({
      scheduledAt: "2026-12-07T09:00:00Z",
    });
  });
});

describe("ends", () => {
  test("who is cancelled needs no visit: the ticket is kept, and the hour is free", async () => {
    field.technicians = [technician("ada")];
    await field.declare(visited(1));
    expect(await field.retire(visited(1))).toMatchObject({ ticket: "TCK-20261124-0001", state: "Cancelled" });
    expect(await states()).toEqual(["TCK-20261124-0001 Cancelled"]);
    expect(await field.declare(visited(2))).toMatchObject({ technician: "ada" });
  });
  test("who comes back has the same ticket, and a new appointment if the former has passed", async () => {
    await field.declare(visited(1));
    await field.retire(visited(1));
    field.clock = Date.parse("2026-12-01T12:00:00Z");
    expect(await field.declare(visited(1))).toMatchObject({
      ticket: "TCK-20261124-0001",
      state: "Scheduled",
      scheduledAt: "2026-12-04T09:00:00Z",
    });
  });
  test("what was completed stays completed, through retirement and return, and its record is what was declared then", async () => {
    await field.declare(visited(1));
    await field.driver.desk.complete("TCK-20261124-0001", "-19 dBm", "ada", signal);
    expect(await field.retire(visited(1))).toMatchObject({ state: "Completed" });
    expect(
      await field.declare(visited(1, { date: "2026-12-20" }, { devices: { onu: "OTHR00000001", cpe: "X1" } })),
    ).toMatchObject({
      state: "Completed",
      scheduledAt: "2026-11-27T09:00:00Z",
    });
    const [row] = await field.rows("select onu, record ->> 'onu' as closed from fieldwork.tickets");
    expect(row).toEqual({ onu: "OTHR00000001", closed: "ALCL12345678" });
  });
  test("a house move is another ticket of the same subscriber, and the former is kept", async () => {
    await field.declare(visited(1));
    await field.driver.desk.complete("TCK-20261124-0001", undefined, "ada", signal);
    expect(await field.declare(visited(1, { visit: 2 }))).toMatchObject({
      ticket: "TCK-20261124-0002",
      state: "Scheduled",
    });
    expect(await states()).toEqual(["TCK-20261124-0001 Completed", "TCK-20261124-0002 Scheduled"]);
  });
  test("personal data is erased on demand, and not while somebody is to come", async () => {
    await field.declare(visited(1));
    const erase = () => field.rows("select fieldwork.erase('acme', $1)", visited(1).number);
    await expect(erase()).rejects.toThrow("has an open ticket");
    await field.retire(visited(1));
    await erase();
    const text = JSON.stringify([
      await field.rows("select * from fieldwork.tickets"),
      await field.rows("select * from fieldwork.events"),
    ]);
    expect(text).not.toMatch(/John|Main St|\+49/);
  });
});

describe("what the bill waits for", () => {
  test("waits for the technician, is found when he is done, and outlives the customer's leaving", async () => {
    expect(await field.awaited(visited(1))).toBe("Waiting AwaitingInstallation: there is no ticket yet");
    await field.declare(visited(1));
    expect(await field.awaited(visited(1))).toBe(
      "Waiting AwaitingInstallation: ticket TCK-20261124-0001 is not completed",
    );
    await field.driver.desk.complete("TCK-20261124-0001", undefined, "ada", signal);
    expect(await field.awaited(visited(1))).toBe("installed");
    expect(await field.awaited(visited(1), "retire")).toBe("left");
    expect(await field.awaited(visited(1), "restore")).toBe("installed");
    expect(await field.awaited(visited(1), "destroy")).toBe("gone");
    expect(await field.awaited(visited(1), "destroy")).toBe("gone");
    expect(await states()).toEqual(["TCK-20261124-0001 Completed"]);
  });
  test("whose ticket a person cancelled waits on, and is told what to do", async () => {
    await field.declare(visited(1));
    await field.driver.desk.cancel("TCK-20261124-0001", "nobody at home", "ada", signal);
    expect(await field.declare(visited(1, { priority: "High" }))).toMatchObject({ state: "Cancelled" });
    expect(await field.awaited(visited(1))).toMatch(/was cancelled; reschedule it/);
    await field.driver.desk.reschedule("TCK-20261124-0001", { day: "2026-12-04", at: undefined }, "eve", signal);
    expect(await field.declare(visited(1, { priority: "High" }))).toMatchObject({
      state: "Scheduled",
      technician: "ada",
    });
  });
});
