import { describe, expect, test } from "vitest";
import { GENERATED, kept } from "./kept.ts";
import { keptOf, objectOf } from "./testing/objects.ts";

const spec = { subscriberNumber: "1", planRef: { name: "gold" } };

describe("the digest of a declaration", () => {
  const digest = keptOf({ spec }).digest;
  test.each([
    ["the order of fields", { spec: { planRef: { name: "gold" }, subscriberNumber: "1" } }],
    ["a status", { spec, status: { conditions: [{ type: "Ready", status: "True", reason: "Converged" }] } }],
    ["a new version and generation", { spec, version: 9, more: { generation: 4 } }],
    ["another incarnation", { spec, uid: "u2" }],
    [
      "what others note at it",
      { spec, more: { annotations: { "kubectl.kubernetes.io/last-applied-configuration": "x" } } },
    ],
    ["labels", { spec, more: { labels: { team: "a" } } }],
    ["finalizers and who wrote it", { spec, more: { finalizers: ["x/y"], managedFields: [{ manager: "kubectl" }] } }],
  ])("says nothing of %s", (_, given) => expect(keptOf(given).digest).toBe(digest));
  test.each([
    ["its spec", { spec: { ...spec, planRef: { name: "silver" } } }],
    ["its name", { spec, name: "s2" }],
    ["what people ask by annotation", { spec, more: { annotations: { "lastmile.dev/paused": "true" } } }],
  ])("tells %s", (_, given) => expect(keptOf(given).digest).not.toBe(digest));
});

test("the digest of a status tells only the status", () => {
  const { statusDigest } = keptOf({ status: { a: 1, b: 2 } });
  expect(keptOf({ spec, version: 7, status: { b: 2, a: 1 } }).statusDigest).toBe(statusDigest);
  expect(keptOf({ status: { a: 1 } }).statusDigest).not.toBe(statusDigest);
});

describe("what Lastmile itself made is never a declaration", () => {
  const labels = { [GENERATED]: "" };
  const by = (manager: string, ...fields: readonly string[]) => ({
    ...{ manager, operation: "Apply" },
    fieldsV1: Object.fromEntries(fields.map((f) => [f, {}])),
  });
  const ours = by("lastmile", "f:metadata", "f:spec");
  test.each([
    [[ours], true, "nobody else has written it"],
    [[ours, by("kubectl-label", "f:metadata")], true, "others may note at it what they like"],
    [[ours, { ...by("kubectl", "f:spec"), subresource: "status" }], true, "a status declares nothing"],
    [[ours, by("argocd-controller", "f:spec")], false, "who applies a spec over it declares it"],
    [[by("kubectl-create", "f:spec")], false, "who labels a profile of his own still declares it"],
  ])("a labelled profile with managers %j: %s, %s", (managedFields, isOurs) => {
    const object = objectOf({ kind: "NetworkProfile", more: { labels, managedFields } });
    expect(kept("NetworkProfile", object) === undefined).toBe(isOurs);
  });
  test.each(["Subscriber", "Tenant", "ExternalSystem", "ServicePlan", "SiteSurvey"] as const)(
    "and the label says nothing at a %s, which would else be withdrawn by it",
    (kind) => expect(kept(kind, objectOf({ kind, more: { labels } }))).toBeDefined(),
  );
});

test("key and place: a cluster-scoped object has no namespace", () => {
  expect(keptOf()).toMatchObject({
    key: "Subscriber/isp-acme/s1",
    document: { file: "subscribers.lastmile.dev/isp-acme/s1", line: 1 },
  });
  expect(keptOf({ kind: "Tenant", name: "acme" })).toMatchObject({
    key: "Tenant/-/acme",
    namespace: undefined,
    document: { file: "tenants.lastmile.dev/acme" },
  });
});

test("a document holds nothing but the declaration", () => {
  const annotations = { "lastmile.dev/paused": "true", "argocd.argoproj.io/sync-wave": "1" };
  expect(keptOf({ spec, status: { x: 1 }, more: { annotations, labels: { a: "b" } } }).document.object).toEqual({
    apiVersion: "lastmile.dev/v1alpha1",
    kind: "Subscriber",
    metadata: { name: "s1", namespace: "isp-acme", annotations: { "lastmile.dev/paused": "true" } },
    spec,
  });
});

test.each([
  [
    "it is asked to go",
    { more: { deletionTimestamp: "2026-11-22T00:00:00Z", finalizers: ["a/b"] } },
    { deleting: true, finalizers: ["a/b"] },
  ],
  ["it is not", {}, { deleting: false, finalizers: [], landmarks: { ready: undefined } }],
  [
    "it was Ready",
    { status: { phase: "Active", conditions: [{ type: "Ready", status: "True", reason: "Converged" }] } },
    { landmarks: { ready: "True Converged", phase: "Active" } },
  ],
])("%s", (_, given, expected) => expect(keptOf(given)).toMatchObject(expected));

describe("the author", () => {
  const by = (...managedFields: object[]) => keptOf({ more: { managedFields } }).author;
  const at = (second: number) => `2026-11-22T00:00:0${second}Z`;
  test("is who wrote last, whatever the order", () => {
    expect(by({ manager: "kubectl", time: at(2) }, { manager: "helm", time: at(1) })).toBe("kubectl");
    expect(by({ manager: "kubectl", time: at(1) }, { manager: "argocd-controller", time: at(2) })).toBe(
      "argocd-controller",
    );
  });
  test("is not who wrote a status, nor ourselves with our finalizer", () =>
    expect(
      by(
        { manager: "kubectl", time: at(1) },
        { manager: "lastmile", time: at(2) },
        { manager: "other", subresource: "status", time: at(3) },
      ),
    ).toBe("kubectl"));
  test("is nobody where nobody is known", () => expect(by()).toBeUndefined());
});
