/** Phase after a resume of somebody who still waits for the technician. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { customer, type Office, office } from "./office.ts";
import { rows } from "./rows.ts";

let p: Office;
beforeAll(async () => {
  p = await office({ servingAreas: [{ name: "mitte", olts: ["olt1"], nas: ["bng1"] }] });
});
afterAll(() => p?.end());

it("resumed while the installation is open: the phase is no longer Suspended", async () => {
  p.lines["anna"] = customer("anna");
  await p.applied();
  expect((await p.show("anna"))["phase"]).toBe("AwaitingInstallation");
  p.lines["anna"] = customer("anna", { serviceState: "Suspended", suspension: { reason: "NonPayment" } });
  await p.applied();
  expect((await p.show("anna"))["phase"]).toBe("Suspended");
  p.lines["anna"] = customer("anna");
  await p.applied();
  expect(await rows(p, "radcheck", "anna@acme.example")).not.toContain("Auth-Type := Reject");
  expect((await p.show("anna"))["phase"]).not.toBe("Suspended");
});
