/** What people do with tickets, and what Lastmile hears of it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { technician, visited } from "../../test/contract/fieldwork.subjects.ts";
import { signal } from "../../test/contract/hand.ts";
import { type Field, openField } from "../../test/lab/fieldwork.ts";
import { hints } from "./hints.ts";

const ONE = "TCK-20261124-0001";
let field: Field;
beforeEach(async () => {
  field = await openField("2026-11-24T12:00:00Z", [technician("ada"), technician("ben")]);
  await field.declare(visited(1));
  await field.declare(visited(2));
});
afterEach(() => field.close());
const desk = () => field.driver.desk;
const refused = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (e: Error) => `${(e as Error & { code: string }).code}: ${e.message}`,
  );

describe("refused with a reason", () => {
  const to = (day: string, at?: string) => ({ day, at });
  test.each<[why: string, work: () => Promise<unknown>, says: RegExp]>([
    ["what is no ticket", () => desk().complete("TCK-1", undefined, "eve", signal), /there is no ticket TCK-1/],
    ["an appointment that has passed", () => desk().reschedule(ONE, to("2026-11-24"), "eve", signal), /has passed/],
    ["a day that is none", () => desk().reschedule(ONE, to("2026-13-01"), "eve", signal), /no day and time/],
    [
      "who is not declared",
      () => desk().assign(ONE, "zoe", "eve", signal),
      /no technician zoe is declared; declared are ada, ben/,
    ],
    ["who is elsewhere in that hour", () => desk().assign(ONE, "ben", "eve", signal), /TechnicianBusy/],
  ])("%s", async (_, work, says) => {
    expect(await refused(work())).toMatch(says);
    expect((await desk().show(ONE, signal))?.technician).toBe("ada");
  });
  test("what is completed is neither cancelled nor moved; done twice it is done", async () => {
    await desk().complete(ONE, "done", "ada", signal);
    expect(await refused(desk().complete(ONE, undefined, "ada", signal))).toBe("done");
    expect(await refused(desk().cancel(ONE, undefined, "ada", signal))).toMatch(/TicketClosed: ticket .* is Completed/);
    expect(await refused(desk().reschedule(ONE, to("2026-12-04"), "ada", signal))).toMatch(/TicketClosed/);
    expect((await desk().show(ONE, signal))?.result).toBe("done");
  });
});

test("a person may send whom the rules would not", async () => {
  field.technicians = [...field.technicians, technician("cleo", { skills: [], days: ["Mon"] })];
  expect(await desk().assign(ONE, "cleo", "eve", signal)).toMatchObject({ technician: "cleo" });
  expect(await desk().assign(ONE, undefined, "eve", signal)).toMatchObject({ technician: "ada" });
});

test("every act is an event with whoever did it, and none has personal data", async () => {
  await desk().reschedule(ONE, { day: "2026-12-04", at: "14:00" }, "eve", signal);
  await desk().complete(ONE, "John let me in", "ada", signal);
  const events = (await desk().show(ONE, signal))?.events ?? [];
  const words = events.map((e) => `${e.what} ${e.before ?? ""}>${e.after ?? ""}`);
  expect(words.slice(0, 4).sort()).toEqual([
    "priority >Normal",
    "scheduled_at >2026-11-27T09:00:00Z",
    "state >Scheduled",
    "technician >ada",
  ]);
  expect(words.slice(4)).toEqual([
    "scheduled_at 2026-11-27T09:00:00Z>2026-12-04T13:00:00Z",
    "technician ada>",
    "technician >ada",
    "state Scheduled>Completed",
  ]);
  expect(events.slice(4).map((e) => e.actor)).toEqual(["eve", "eve", "eve", "ada"]);
  expect(JSON.stringify(events)).not.toContain("John");
});

describe("lists", () => {
  test("what is open, late, nobody's, somebody's", async () => {
    field.technicians = [];
    await field.declare(visited(3, { priority: "Low" }));
    const of = async (filter: Parameters<ReturnType<typeof desk>["list"]>[0]) =>
      (await desk().list(filter, signal)).map((t) => t.number.slice(-1)).join("");
    await desk().complete("TCK-20261124-0002", undefined, "ben", signal);
    expect(await of({})).toBe("13");
    expect(await of({ state: "Completed" })).toBe("2");
    expect(await of({ state: "All" })).toBe("123");
    expect(await of({ unassigned: true })).toBe("3");
    expect(await of({ technician: "ada" })).toBe("1");
    expect(await of({ tenant: "beta" })).toBe("");
    expect(await of({ overdue: true })).toBe("");
    field.clock = Date.parse("2026-11-28T09:00:00Z");
    expect(await of({ overdue: true })).toBe("1");
    expect(await desk().counts("acme", signal)).toEqual({ open: 2, overdue: 1, unassigned: 1 });
  });
});

describe("what is heard", () => {
  const heard = async (act: () => Promise<unknown>): Promise<readonly string[]> => {
    const { cursor } = await field.driver.happened(undefined, signal);
    await act();
    return (await field.driver.happened(cursor, signal)).keys;
  };
  const first = "acme:SUB-1:installation";
  const later = async (moment: string): Promise<void> => {
    field.clock = Date.parse(moment);
  };
  test.each<[what: string, act: () => Promise<unknown>, heard: boolean]>([
    ["a technician is done", () => desk().complete(ONE, undefined, "ada", signal), true],
    [
      "by a hand in the database",
      () => field.rows("update fieldwork.tickets set state = 'Completed' where number = $1", ONE),
      true,
    ],
    ["another goes, by such a hand", () => field.rows("delete from fieldwork.bookings where technician = 'ada'"), true],
    ["what Lastmile writes itself", () => field.declare(visited(1, { priority: "High" })), false],
    ["it becomes overdue", () => later("2026-11-28T09:00:00Z"), true],
    ["nothing", async () => undefined, false],
  ])("%s", async (_, act, isHeard) => {
    const [row] = await field.rows("select key from fieldwork.tickets where number = $1", ONE);
    const keys = await heard(act);
    expect(keys.includes(String(row?.["key"] ?? first))).toBe(isHeard);
  });
  test("also what was begun before and committed after the last look", async () => {
    const slow = await field.pool.connect();
    await slow.query("begin");
    await slow.query("update fieldwork.tickets set state = 'Completed' where number = $1", [ONE]);
    const { cursor } = await field.driver.happened(undefined, signal);
    await slow.query("commit");
    slow.release();
    expect((await field.driver.happened(cursor, signal)).keys).toHaveLength(1);
  });
  test("as refs of tickets, until nobody listens any more", async () => {
    const ear = new AbortController();
    const words = hints(field.driver, "tickets-1", ear.signal, 1);
    let first: string | undefined;
    const next = words.next().then(({ value }) => {
      first = value?.[0];
    });
    while (first === undefined) await desk().assign(ONE, undefined, "eve", signal); // the first look may be over or not
    await next;
    expect(first).toMatch(/^tickets-1\/ticket\/acme:/);
    ear.abort();
    while (!(await words.next()).done);
  });
});
