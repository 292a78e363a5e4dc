import { expect, it } from "vitest";
import { Catalog } from "./catalog.ts";
import { subscriber } from "./resolve/fixture.ts";
import { inForce, SUSPEND } from "./suspend.ts";

type Spec = Parameters<typeof subscriber>[0];
const annotated = (value: string | undefined, spec: Spec = {}) => {
  const made = subscriber(spec);
  return { ...made, metadata: { ...made.metadata, ...(value !== undefined && { annotations: { [SUSPEND]: value } }) } };
};
const NOW = Date.UTC(2026, 10, 20);
const nonPayment = {
  reason: "NonPayment",
  mode: "Throttle",
  billing: "Pause",
  resumeAt: "2027-01-01T00:00:00Z",
} as const;

it.each([
  ["nothing is said", undefined, {}, "Active", undefined],
  ["a reason suspends", "Abuse", {}, "Suspended", { reason: "Abuse", mode: "Reject" }],
  ["in words of its own", "port scan, ticket 77", {}, "Suspended", { reason: "port scan, ticket 77", mode: "Reject" }],
  ["without words", "", {}, "Suspended", { reason: "no reason given", mode: "Reject" }],
  ["taken back without removing it", "false", {}, "Active", undefined],
  [
    "stricter than the declared one: no login, and no end by itself; the bill stays as declared",
    "Fraud",
    { serviceState: "Suspended", suspension: nonPayment },
    "Suspended",
    { reason: "Fraud", mode: "Reject", billing: "Pause" },
  ],
  ["who is terminated stays so", "Fraud", { serviceState: "Terminated" }, "Terminated", undefined],
  [
    "stricter than time, too",
    "Fraud",
    { serviceState: "Suspended", suspension: { reason: "NonPayment", resumeAt: "2026-01-01T00:00:00Z" } },
    "Suspended",
    { reason: "Fraud", mode: "Reject" },
  ],
  [
    "who is terminated by time is terminated",
    "Fraud",
    { schedule: [{ at: "2026-01-01T00:00:00Z", set: { serviceState: "Terminated" } }] },
    "Terminated",
    undefined,
  ],
] as const)("%s", (_, value, spec, state, suspension) => {
  const { spec: now } = inForce(annotated(value, spec), NOW) as ReturnType<typeof subscriber>;
  expect([now.serviceState, now.suspension]).toEqual([state, suspension]);
});

it("counts wherever the catalog is asked", () => {
  const catalog = new Catalog([annotated("Fraud")]);
  expect(catalog.count("isp-acme", "Suspended")).toBe(1);
});
