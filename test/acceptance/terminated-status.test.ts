import { afterAll, beforeAll, expect, it } from "vitest";
import { BARE, customer, MITTE, type Office, office } from "./office.ts";

let p: Office;
beforeAll(async () => {
  p = await office({ ...MITTE, systems: BARE });
  p.lines["anna"] = customer("anna");
  await p.applied();
  p.lines["anna"] = customer("anna", { serviceState: "Terminated" });
  await p.applied();
});
afterAll(() => p?.end());

it("status of who is terminated keeps the user name, and says that the account is retired", async () => {
  expect((await p.show("anna"))["radius"]).toMatchObject({ username: "anna@acme.example", state: "Retired" });
});
