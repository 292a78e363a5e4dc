import { describe, expect, test } from "vitest";
import { billing } from "../../test/contract/billing.subjects.ts";
import { ENDPOINT, NOTES, RULES, visit, visited } from "../../test/contract/fieldwork.subjects.ts";
import { parseConfig } from "./config.ts";
import { desired } from "./desired.ts";
import { keyFor, parseKey } from "./keys.ts";

const of = (...args: Parameters<typeof visited>) => desired(visited(...args), ENDPOINT);
const refs = (...args: Parameters<typeof visited>) => of(...args).map((d) => `${d.ref.resource} ${d.ref.key}`);
const number = visited(1).number;

describe("what is wanted", () => {
  test("a ticket with what the technician needs, and what is to come of it", () => {
    const [ticket, installation] = of(1, { notes: NOTES });
    expect(ticket).toMatchObject({
      ref: { system: ENDPOINT, resource: "ticket", key: `acme:${number}:installation` },
      spec: { date: null, priority: "Normal", team: "field_operations", skills: ["fibre"], onu: "ALCL12345678" },
      how: RULES,
      apart: true,
    });
    expect(installation).toEqual({ ref: { ...ticket!.ref, resource: "installation" }, spec: {} });
  });
  test.each<[why: string, readonly string[], Parameters<typeof visited>]>([
    ["nobody comes", [], [1, {}, { installation: undefined }]],
    ["another system keeps the ticket", [], [1, { endpoint: "tickets-2" }]],
    ["the contract has ended: an open ticket is taken back", [], [1, {}, { state: "Terminated" }]],
    [
      "a house move is another visit",
      [`ticket acme:${number}:installation:2`, `installation acme:${number}:installation:2`],
      [1, { visit: 2 }],
    ],
  ])("%s", (_, expected, args) => expect(refs(...args)).toEqual(expected));
  test("of who is suspended nothing is made and nothing taken back", () => {
    expect(of(1, {}, { state: "Suspended" }).map((d) => d.left)).toEqual([true, true]);
  });
  test("a bill waits for the installation, never for the ticket", () => {
    expect(of(1).map((d) => d.apart)).toEqual([true, undefined]);
    expect(of(1, { visit: 2 }).map((d) => d.apart)).toEqual([true, undefined]);
  });
  test("a storm wants nothing: what is seen of devices is no part of it", () => {
    const { spec } = of(1)[0]!;
    expect(Object.keys(spec).sort()).toEqual([
      "address",
      "area",
      "cpe",
      "date",
      "dispatch",
      "name",
      "notes",
      "onu",
      "phone",
      "plan",
      "priority",
      "skills",
      "team",
    ]);
  });
  test("personal data is nothing that a plan shows", () => {
    const text = JSON.stringify(of(1, { notes: NOTES }));
    for (const personal of ["John Doe", "+49", "Main St", NOTES]) expect(text).not.toContain(personal);
  });
  test("what no database can hold is refused", () => {
    const customer = { ...billing(1).customer, name: "a\0b" };
    expect(() => of(1, {}, { billing: billing(1, { customer }) })).toThrow(/character that cannot be stored/);
  });
  test("keys say what they are made of", () => {
    for (const n of [1, 2, 37])
      expect(parseKey(keyFor("acme", "SUB-1", n))).toEqual({ tenant: "acme", subscriber: "SUB-1", visit: n });
    expect(visit().visit).toBe(1);
  });
});

describe("the configuration", () => {
  const address = "postgresql://db.example/tickets";
  test("technicians with what is left out", () => {
    expect(parseConfig({ address, tickets: { technicians: [{ name: "ada" }] } }).technicians).toEqual([
      {
        name: "ada",
        team: "field_operations",
        skills: [],
        areas: undefined,
        days: ["Mon", "Tue", "Wed", "Thu", "Fri"],
        away: [],
      },
    ]);
  });
  test("nobody is declared", () => expect(parseConfig({ address }).technicians).toEqual([]));
  test.each([
    [{ address: "https://x" }, /spec.address/],
    [{ address, tickets: { technicians: {} } }, /spec.tickets.technicians is no list/],
    [{ address, tickets: { technicians: [{}] } }, /technicians\[0\].name is missing/],
    [{ address, tickets: { technicians: [{ name: "a", away: [{ from: "x" }] }] } }, /away\[0\].to is missing/],
  ])("%j is refused by name", (raw, says) => expect(() => parseConfig(raw)).toThrow(says));
});
