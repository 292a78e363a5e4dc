import { expect, it } from "vitest";
import { fault } from "../../reconcilers/errors.ts";
import type { Session } from "../../reconcilers/system.ts";
import type { TicketDesk } from "../../reconcilers/tickets.ts";
import { TicketCounts } from "./ticket-counts.ts";

const signal = new AbortController().signal;
const bare: Session = {
  resources: [],
  slots: 2,
  ping: async () => ({ version: "1" }),
  close: async () => undefined,
};
function bench() {
  const desk = { open: 3, isDown: false };
  const counts: TicketDesk["counts"] = async () => {
    if (desk.isDown) throw fault("Unavailable", "the database did not answer");
    return { open: desk.open, overdue: 1, unassigned: 0 };
  };
  const session = (tickets: Pick<TicketDesk, "counts">): Session => ({ ...bare, tickets: tickets as TicketDesk });
  const sound = async () => ({ open: 9, overdue: 0, unassigned: 9 });
  const counting = new TicketCounts({
    sessions: () =>
      new Map([
        ["radius-1", bare],
        ["tickets-1", session({ counts })],
        ["tickets-2", session({ counts: sound })],
      ]),
    tenants: () =>
      new Map([
        ["acme", new Set(["radius-1", "tickets-1"])],
        ["beta", new Set(["tickets-2"])],
      ]),
  });
  return { desk, counting };
}
const ACME = { tenant: "acme", system: "tickets-1", open: 3, overdue: 1, unassigned: 0 };
const BETA = { tenant: "beta", system: "tickets-2", open: 9, overdue: 0, unassigned: 9 };

it("counts the tickets of each tenant in the systems that it has bound", async () => {
  const { counting } = bench();
  expect(counting.all()).toEqual([]);
  await counting.count(signal);
  expect(counting.all()).toEqual([ACME, BETA]);
});
it("keeps what was counted last while a system does not answer, and counts the others", async () => {
  const { desk, counting } = bench();
  await counting.count(signal);
  desk.isDown = true;
  await expect(counting.count(signal)).rejects.toMatchObject({ code: "Unavailable" });
  expect(counting.all()).toEqual([ACME, BETA]);
});
