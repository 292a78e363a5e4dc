import { describe, expect, test } from "vitest";
import type { SiteSurvey, SiteSurveySpec } from "../../api/types.generated.ts";
import { Catalog } from "../catalog.ts";
import { Sensitive } from "../sensitive.ts";
import { plan, radius, subscriber, tenant } from "./fixture.ts";
import { resolveSubscriber } from "./subscriber.ts";
import { completedSurvey } from "./survey.ts";

type Serviceability = NonNullable<SiteSurveySpec["serviceability"]>;
const survey = (
  serviceability: Serviceability | undefined,
  day: string,
  name = `survey-${day}`,
  state: SiteSurveySpec["state"] = "Completed",
): SiteSurvey => ({
  apiVersion: "lastmile.dev/v1alpha1",
  kind: "SiteSurvey",
  metadata: { name, namespace: "isp-acme" },
  spec: {
    subscriberRef: { name: "john" },
    state,
    ...(state === "Completed" && { completedAt: `2026-11-${day}T14:30:00+01:00` }),
    ...(serviceability && { serviceability }),
  },
});
const strict = tenant({ policies: { ...tenant().spec.policies, requireSurvey: true } });
const USER = "john@acme.example";
const inService = { userName: USER, at: ["radius-1"] };

function resolve(surveys: readonly SiteSurvey[], more: { account?: typeof inService; state?: "Suspended" } = {}) {
  const john = subscriber(more.state ? { serviceState: more.state } : {});
  return resolveSubscriber(new Catalog([strict, plan(), john, radius(), ...surveys]), john, {
    installation: "i",
    secrets: { password: new Sensitive("x") },
    ...(more.account && { account: more.account }),
  });
}
const reasons = (...args: Parameters<typeof resolve>) => resolve(...args).blockers.map((b) => b.reason);

describe("who was never provisioned waits for a survey", () => {
  test.each<[why: string, readonly SiteSurvey[], readonly string[]]>([
    ["there is none", [], ["AwaitingSurvey"]],
    ["it is under way", [survey(undefined, "10", "s", "InProgress")], ["AwaitingSurvey"]],
    ["it failed, which says nothing of the place", [survey(undefined, "10", "s", "Failed")], ["AwaitingSurvey"]],
    ["the place can be served", [survey("Serviceable", "10")], []],
    ["it cannot", [survey("NotServiceable", "10")], ["NotServiceable"]],
    ["not yet", [survey("PendingExpansion", "10")], ["PendingExpansion"]],
    ["something has to be built", [survey("RequiresConstruction", "10")], ["RequiresConstruction"]],
    ["the newest counts: it was built", [survey("RequiresConstruction", "10"), survey("Serviceable", "12")], []],
    [
      "the newest counts: the duct is full by now",
      [survey("Serviceable", "10"), survey("PendingExpansion", "12")],
      ["PendingExpansion"],
    ],
    [
      "one that is planned takes nothing back",
      [survey("Serviceable", "10"), survey(undefined, "12", "z", "Scheduled")],
      [],
    ],
  ])("%s", (_, surveys, expected) => expect(reasons(surveys)).toEqual(expected));

  test("the account's name is claimed, and nothing of it stands: that is not being served", () => {
    expect(reasons([], { account: { userName: USER, at: [] } })).toEqual(["AwaitingSurvey"]);
  });
});

describe("who is served already is not surveyed out of it", () => {
  test.each([[[]], [[survey("NotServiceable", "10")]]])("%#", (surveys) => {
    const found = resolve(surveys, { account: inService });
    expect(found.ok).toBe(true);
    expect(found.warnings.map((w) => w.reason)).toEqual(surveys.length > 0 ? ["ServedDespiteSurvey"] : []);
  });
  test("and a suspension never waits for a survey", () => {
    expect(resolve([], { state: "Suspended" })).toMatchObject({ ok: true });
  });
});

test("where times differ in their zone it is the moment that counts", () => {
  const early = { ...survey("NotServiceable", "10", "early") };
  const late = survey("Serviceable", "10", "late");
  const at = (s: SiteSurvey, completedAt: string): SiteSurvey => ({ ...s, spec: { ...s.spec, completedAt } });
  const all = [at(early, "2026-11-10T12:00:00+09:00"), at(late, "2026-11-10T11:00:00Z")];
  expect(completedSurvey(new Catalog(all), subscriber())?.metadata.name).toBe("late");
});

test("it is told in the status, also where it holds the subscriber", () => {
  expect(resolve([survey("NotServiceable", "10")])).toMatchObject({
    ok: false,
    survey: { name: "survey-10", serviceability: "NotServiceable", completedAt: "2026-11-10T13:30:00Z" },
  });
});
