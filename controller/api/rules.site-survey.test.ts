import { describeRules } from "./testing/rules.ts";

const lead = { name: "Jane Roe", address: { line: "124 Main St" } };
const done = { state: "Completed", completedAt: "2026-11-15T14:30:00+01:00", serviceability: "Serviceable" };

describeRules("SiteSurvey", { subscriberRef: { name: "john-doe" } }, [
  {
    at: "spec",
    says: "a survey is for a subscriberRef or for a lead: one of them",
    bad: { lead },
    good: { subscriberRef: null, lead },
  },
  {
    at: "spec.completedAt",
    says: "a Completed survey needs completedAt",
    bad: { ...done, completedAt: null },
    good: done,
  },
  {
    at: "spec.serviceability",
    says: "a Completed survey needs its serviceability",
    bad: { ...done, serviceability: null },
    good: done,
  },
  {
    at: "spec.completedAt",
    says: "completedAt needs state Completed",
    bad: { ...done, state: "Scheduled" },
    good: { state: "Scheduled" },
  },
  {
    at: "spec.installationTime.min",
    says: "min is longer than max",
    bad: { installationTime: { min: "3h", max: "120m" } },
    good: { installationTime: { min: "120m", max: "2h" } },
  },
]);
