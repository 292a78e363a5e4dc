/** "Technician by skills, area, workload, availability", never twice at one hour. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADA, customer, type Office, office } from "./office.ts";
import { condition } from "./provider.ts";
import { BERLIN, FAR, ticketOf, visit, whoGoes } from "./visits.ts";

type Spec = Record<string, unknown>;

describe("a technician", () => {
  let p: Office;
  const TEAM = [
    { ...ADA, areas: ["mitte"] },
    { ...ADA, name: "ben", skills: ["fibre", "mast"], areas: ["mitte"], away: [{ from: FAR, to: FAR }] },
    { ...ADA, name: "cleo", areas: ["nord"] },
    { ...ADA, name: "dan", team: "splicers" },
    { ...ADA, name: "eve", skills: ["copper"], days: ["Mon"] },
  ];
  const at = (date: string, more: Spec = {}): Spec => visit({ date, ...more });
  beforeAll(async () => {
    p = await office(BERLIN, [], { "tickets-1": { tickets: { technicians: TEAM } } });
    Object.assign(p.lines, {
      skill: customer("skill", at("2027-01-14", { skills: ["mast"] })),
      area: customer("area", { ...at(FAR), onu: { olt: "olt2", serial: "ALCL0000A001" } }),
      team: customer("team", at(FAR, { team: "splicers" })),
      away: customer("away", at(FAR, { skills: ["fibre"] })),
      twice: customer("twice", at(FAR, { skills: ["fibre"] })),
      copper: customer("copper", at(FAR, { skills: ["copper"] })),
      one: customer("one", at("2027-01-19", { skills: ["fibre"] })),
      two: customer("two", at("2027-01-19", { skills: ["fibre"] })),
    });
    await p.applied();
  });
  afterAll(() => p?.end());

  it.each([
    ["skill", ["ben"], "only he has the skill"],
    ["area", ["cleo"], "only she is sent to nord"],
    ["team", ["dan"], "of the team"],
  ])("%s is visited by %o: %s", async (name, who) => expect(who).toContain(await whoGoes(p, name)));

  it("who is away is not sent, and nobody is at two places at one hour", async () => {
    expect([await whoGoes(p, "away"), await whoGoes(p, "twice")].sort()).toEqual(["ada", undefined].sort());
    const rows = await p.desk(
      "select technician, hour, count(*)::int as n from fieldwork.bookings group by 1, 2 having count(*) > 1",
    );
    expect(rows).toEqual([]);
  });

  it("who does not work that day is not sent", async () => {
    expect(await whoGoes(p, "copper")).toBeUndefined();
    expect(condition(await p.show("copper"), "Warnings")).toContain("NoTechnician");
  });

  it("workload: two at one hour go to two people", async () => {
    expect([await whoGoes(p, "one"), await whoGoes(p, "two")].sort()).toEqual(["ada", "ben"]);
  });

  it("assign: a second one at his hour is refused, somebody who is free is taken", async () => {
    const { number } = await ticketOf(p, "two");
    const taken = String(await whoGoes(p, "one"));
    const refused = await p.lastmile(["ticket", "assign", String(number), taken]);
    expect(refused.code, refused.text).not.toBe(0);
    expect(refused.text).toContain(taken);
    const stranger = await p.lastmile(["ticket", "assign", String(number), "nobody-such"]);
    expect(stranger.code, stranger.text).not.toBe(0);
  });

  it("a technician who becomes free is given the ticket that waits", async () => {
    const waiting = (await whoGoes(p, "away")) === undefined ? "away" : "twice";
    const busy = waiting === "away" ? "twice" : "away";
    p.lines[busy] = customer(busy, at("2027-01-20", { skills: ["fibre"] }));
    await p.applied();
    await p.applied();
    expect(await whoGoes(p, waiting)).toBe("ada");
  });
});
