import { describe, expect, test } from "vitest";
import type { SiteSurvey, SiteSurveySpec, TenantSpec } from "../../api/types.generated.ts";
import { Catalog } from "../catalog.ts";
import { requiredFacts, resolveBilling, surveyPassed } from "./billing.ts";
import { plan, subscriber, tenant } from "./fixture.ts";
import { completedSurvey } from "./survey.ts";

const policies = (more: Partial<TenantSpec["policies"]>): TenantSpec["policies"] => ({
  ...tenant().spec.policies,
  ...more,
});
const survey = (spec: Partial<SiteSurveySpec> = {}, name = "survey-1", namespace = "isp-acme"): SiteSurvey => ({
  apiVersion: "lastmile.dev/v1alpha1",
  kind: "SiteSurvey",
  metadata: { name, namespace },
  spec: { subscriberRef: { name: "john" }, state: "Completed", serviceability: "Serviceable", ...spec },
});

describe("the facts of the policy", () => {
  const all = ["SurveyPassed", "InstallationCompleted", "RADIUSReady", "ONUActive", "CPEOnline"] as const;
  test("those whose system is bound, and why the others are not", () => {
    expect(requiredFacts(tenant({ policies: policies({ activation: { require: all } }) }))).toEqual([
      { fact: "SurveyPassed", required: true, reason: "a SiteSurvey says so" },
      { fact: "InstallationCompleted", required: false, reason: "the tenant binds no ticket system" },
      { fact: "RADIUSReady", required: true, reason: "radius-1 shows it" },
      { fact: "ONUActive", required: false, reason: "the tenant binds no VOLTHA" },
      { fact: "CPEOnline", required: false, reason: "the tenant binds no GenieACS" },
    ]);
  });
  test("a tenant that surveys before it provisions surveys before it charges, named once", () => {
    const facts = (require: readonly (typeof all)[number][]) =>
      requiredFacts(tenant({ policies: policies({ requireSurvey: true, activation: { require } }) })).map(
        (f) => f.fact,
      );
    expect(facts(["RADIUSReady"])).toEqual(["SurveyPassed", "RADIUSReady"]);
    expect(facts(["RADIUSReady", "SurveyPassed"])).toEqual(["RADIUSReady", "SurveyPassed"]);
  });
});

describe("a survey has passed", () => {
  const strict = tenant({ policies: policies({ requireSurvey: true }) });
  test.each<[string, readonly SiteSurvey[], boolean]>([
    ["none is there", [], false],
    ["completed and serviceable", [survey()], true],
    ["under way", [survey({ state: "InProgress" })], false],
    ["completed, and nothing can be built", [survey({ serviceability: "NotServiceable" })], false],
    [
      "completed, and nobody says what came out",
      [{ ...survey(), spec: { subscriberRef: { name: "john" }, state: "Completed" } }],
      false,
    ],
    ["of somebody else", [survey({ subscriberRef: { name: "mary" } })], false],
    ["of his name in another tenant", [survey({}, "survey-1", "isp-beta")], false],
    ["a second one is scheduled for a move", [survey(), survey({ state: "Scheduled" }, "survey-2")], true],
  ])("%s: %#", (_, surveys, expected) => {
    expect(surveyPassed(completedSurvey(new Catalog(surveys), subscriber()), strict)).toBe(expected);
  });
  test("nobody asks where none is required", () => {
    expect(surveyPassed(undefined, tenant())).toBeUndefined();
  });
  test("its coming and going concerns its subscriber, and a lead's nobody", () => {
    const lead = {
      ...survey(),
      spec: { state: "Scheduled" as const, lead: { name: "Jane", address: { line: "1 Road" } } },
    };
    expect([...new Catalog().dependants(survey())]).toEqual(["Subscriber/isp-acme/john"]);
    expect([...new Catalog().dependants(lead)]).toEqual([]);
  });
});

describe("what is billed", () => {
  test("the plan's product and price, and how it suspends", () => {
    const price = { amount: "29.90", currency: "EUR", period: "Monthly" as const };
    const reduced = plan({ billing: { product: "res", price }, suspension: { mode: "Reject", billing: "ReducedFee" } });
    const of = (more = {}) =>
      resolveBilling(subscriber({ billing: { account: "A" }, ...more }), reduced, undefined, []);
    expect(of()).toMatchObject({ account: "A", subscriptions: [], product: "res", price, suspended: "ReducedFee" });
    const suspension = { reason: "NonPayment", billing: "Pause" } as const;
    expect(of({ suspension })).toMatchObject({ suspended: "Pause" });
  });
  test("without a plan nothing is known of product, price and what a suspension charges", () => {
    expect(resolveBilling(subscriber(), undefined, false, [])).toMatchObject({
      account: undefined,
      product: undefined,
      price: undefined,
      suspended: undefined,
      surveyPassed: false,
    });
  });
});
