import { afterAll, beforeAll, expect, it } from "vitest";
import { customer, MITTE, type Office, office } from "./office.ts";

let p: Office;
const first = { onu: { olt: "olt1", serial: "ALCL0000B001" }, serviceAddress: { line: "1 Old Street" } };
const moved = {
  onu: { olt: "olt1", serial: "ALCL0000B002" },
  serviceAddress: { line: "2 New Street" },
  installation: { visit: 2 },
};
beforeAll(async () => {
  p = await office({
    ...MITTE,
    policies: { activation: { require: ["InstallationCompleted"] }, budgets: { minimum: 1000 } },
  });
  p.lines["anna"] = customer("anna", first);
  p.lines["early"] = customer("early", { onu: { olt: "olt1", serial: "ALCL0000B003" } });
  await p.applied();
  const [ticket] = await p.desk("select number from fieldwork.tickets where subscriber = 'SUB-anna'");
  await p.lastmile(["ticket", "complete", String(ticket?.["number"])]);
  await p.applied();
  expect(await p.bill("early")).toBe("PENDING");
  p.lines["anna"] = customer("anna", moved);
  p.lines["early"] = customer("early", { onu: { olt: "olt1", serial: "ALCL0000B004" }, installation: { visit: 2 } });
  await p.applied();
  await p.applied();
});
afterAll(() => p?.end());

it("status shows the visit that is to come", async () => {
  const [open] = await p.desk(
    "select number from fieldwork.tickets where subscriber = 'SUB-anna' and state = 'Scheduled'",
  );
  expect((await p.show("anna"))["installation"]).toMatchObject({ ticket: open?.["number"], state: "Scheduled" });
});
it("the customer is told its date", async () => {
  expect(await p.told("anna")).toEqual(["InstallationScheduled Sent", "Activated Sent", "InstallationScheduled Sent"]);
});
it("who was never visited is not billed", async () => {
  expect(await p.tickets()).toContain("SUB-early Scheduled");
  expect(await p.bill("early")).toBe("PENDING");
});
