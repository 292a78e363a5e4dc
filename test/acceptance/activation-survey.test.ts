import { afterAll, beforeAll, expect, it } from "vitest";
import { BARE, customer, MITTE, type Office, office } from "./office.ts";

let p: Office;
beforeAll(async () => {
  p = await office({ ...MITTE, systems: BARE, policies: { activation: { require: ["SurveyPassed", "RADIUSReady"] } } });
});
afterAll(() => p?.end());

it("nobody is told that his service is activated while the facts that activate it are not all observed", async () => {
  p.lines["anna"] = customer("anna");
  await p.tried();
  expect(await p.bill("anna")).toBe("PENDING");
  expect(await p.told("anna")).toEqual([]);
});
