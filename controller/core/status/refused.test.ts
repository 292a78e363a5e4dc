import { expect, test } from "vitest";
import { acceptedStatus, refusedStatus } from "./refused.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z");
const before = {
  conditions: [
    {
      type: "Ready",
      status: "True" as const,
      reason: "Converged",
      message: "",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    },
    {
      type: "InService",
      status: "True" as const,
      reason: "InService",
      message: "",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    },
  ],
  addresses: { ipv4: "10.0.0.7" },
};
const wrong = { path: "spec.planRef.name", message: "there is no plan gold", remedy: "name another" };

test("what was accepted last stands beside the refusal: service and address of the customer did not change", () => {
  const status = refusedStatus([wrong], { generation: 4, now: NOW, previous: before }, before);
  expect(status.conditions.map((c) => [c.type, c.status, c.reason])).toEqual([
    ["Ready", "False", "Refused"],
    ["Reconciling", "False", "AwaitingPerson"],
    ["Stalled", "True", "Refused"],
    ["InService", "True", "InService"],
  ]);
  expect(status).toMatchObject({ observedGeneration: 4, addresses: { ipv4: "10.0.0.7" } });
  expect(status.conditions[0]?.message).toBe("spec.planRef.name: there is no plan gold (name another)");
});

test("a refusal of many fields stays readable", () => {
  const many = Array.from({ length: 20 }, (_, n) => ({ path: `spec.a${n}`, message: "is wrong", remedy: "" }));
  const { conditions } = refusedStatus(many, { generation: 1, now: NOW, previous: undefined }, before);
  expect(conditions[0]?.message).toMatch(/^spec\.a0: is wrong; .*spec\.a7: is wrong; and others$/);
});

test("an accepted object is Ready for its generation, since when it became so", () => {
  const first = acceptedStatus({ generation: 1, now: NOW, previous: undefined });
  expect(acceptedStatus({ generation: 2, now: NOW + 60_000, previous: first }).conditions).toMatchObject([
    { type: "Ready", status: "True", observedGeneration: 2, lastTransitionTime: "2026-11-22T10:00:00Z" },
    { type: "Reconciling", status: "False" },
    { type: "Stalled", status: "False" },
  ]);
});
