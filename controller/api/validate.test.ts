import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { type JsonObject, numberFromSource } from "./json.ts";
import { readKinds } from "./kinds.ts";
import type { Subscriber } from "./types.generated.ts";
import { createValidator } from "./validate.ts";
import { withDefaults } from "./validation/prepare.ts";

const validator = createValidator();
const documents = parseAllDocuments(readFileSync(join(import.meta.dirname, "testing/tenant.yaml"), "utf8")).map(
  (d) => d.toJS() as JsonObject,
);

const subscriber = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: "lastmile.dev/v1alpha1",
  kind: "Subscriber",
  metadata: { name: "john", namespace: "isp-acme", ...metadata },
  spec: { subscriberNumber: "SUB-1", customer: { id: "c-1" }, planRef: { name: "fiber-1g" }, ...spec },
});
const problems = (object: unknown, old?: unknown) => {
  const verdict = validator.validate(object, old === undefined ? {} : { old });
  return verdict.ok ? [] : verdict.problems;
};
const lines = (object: unknown, old?: unknown) => problems(object, old).map((p) => `${p.path} ${p.reason}`);

describe("the complete tenant", () => {
  test.each(documents)("$kind $metadata.name is valid", (document) => expect(problems(document)).toEqual([]));
});

describe("what comes out", () => {
  test("has every default, also those inside of what was left out", () => {
    const verdict = validator.validate(subscriber());
    expect(verdict.ok && (verdict.object as Subscriber).spec).toMatchObject({
      serviceState: "Active",
      paused: false,
      customer: { language: "en" },
      radius: { passwordScheme: "Cleartext", rotation: "WithDevice" },
    });
  });
  test("leaves the input as it was", () => {
    const input = subscriber();
    validator.validate(input);
    expect(input).toEqual(subscriber());
  });
  test("holds JavaScript numbers only", () => {
    const verdict = validator.validate(subscriber({ vlanId: numberFromSource("1e2") }));
    expect(verdict.ok && (verdict.object as Subscriber).spec.vlanId).toBe(100);
  });
});

describe("verdicts in the order of the API server", () => {
  const UNCHECKED = "<nil> FieldValueInvalid";
  test.each([
    [
      "an unknown field hides everything else: strict decoding comes first",
      { serviceState: "Bad", vlanID: 1 },
      ["spec.vlanID UnknownField"],
    ],
    ["a null takes its default", { serviceState: null }, []],
    ["a null without a default is dropped", { vlanId: null }, []],
    [
      "a dropped null is missing where it is required",
      { customer: { id: null } },
      ["spec.customer.id FieldValueRequired", UNCHECKED],
    ],
    [
      "a null in a list stays",
      { cpe: { serial: "x", templates: [null] } },
      ["spec.cpe.templates[0] FieldValueTypeInvalid", UNCHECKED],
    ],
    [
      "a wrong type stops the rules",
      { planRef: 5, suspension: { reason: "Fraud" } },
      ["spec.planRef FieldValueTypeInvalid", UNCHECKED],
    ],
    ["an enum stops the rules", { serviceState: "active" }, ["spec.serviceState FieldValueNotSupported", UNCHECKED]],
    [
      "a pattern does not: rules run as well",
      { subscriberNumber: "-", planRef: null },
      ["spec.subscriberNumber FieldValueInvalid", "spec.planRef FieldValueRequired"],
    ],
    [
      "a bound does not",
      { vlanId: 4095, planRef: null },
      ["spec.vlanId FieldValueInvalid", "spec.planRef FieldValueRequired"],
    ],
    [
      "too long stops the rules",
      { subscriberNumber: "x".repeat(65) },
      ["spec.subscriberNumber FieldValueTooLong", UNCHECKED],
    ],
    [
      "a format is a type to the server",
      { suspension: { reason: "Fraud", resumeAt: "next month, if you please" } },
      ["spec.suspension.resumeAt FieldValueInvalid", "spec.suspension.resumeAt FieldValueTypeInvalid", UNCHECKED],
    ],
    [
      "a string of a wrong length is not matched as well",
      { subscriberNumber: "-".repeat(65) },
      ["spec.subscriberNumber FieldValueTooLong", UNCHECKED],
    ],
    ["length counts characters, not bytes", { installation: { team: "ü".repeat(63) } }, []],
    [
      "items with the same key",
      {
        cpe: {
          serial: "x",
          parameters: [
            { path: "A", type: "Int", value: "1" },
            { path: "A", type: "Int", value: "2" },
          ],
        },
      },
      ["spec.cpe.parameters[1] FieldValueDuplicate"],
    ],
    [
      "an item of a set twice",
      { cpe: { serial: "x", templates: ["a", "b", "a", "a"] } },
      ["spec.cpe.templates[2] FieldValueDuplicate"],
    ],
    ["100.0 is an integer to the schema", { vlanId: numberFromSource("100.0") }, []],
    ["1.5 is not", { vlanId: 1.5 }, ["spec.vlanId FieldValueTypeInvalid", UNCHECKED]],
    [
      "nor is what no int64 can hold",
      { ipv4PrefixId: numberFromSource("9223372036854775808") },
      ["spec.ipv4PrefixId FieldValueInvalid", "spec.ipv4PrefixId FieldValueTypeInvalid", UNCHECKED],
    ],
    [
      "an int64 beyond 2^53 keeps its type",
      { ipv4PrefixId: numberFromSource("9007199254740993") },
      ["spec.ipv4PrefixId FieldValueInvalid"],
    ],
    ["the name of a field of JavaScript is just unknown", { constructor: 1 }, ["spec.constructor UnknownField"]],
  ])("%s", (_, spec, expected) => expect(lines(subscriber(spec))).toEqual(expected));

  test.each([
    ["no name", { name: undefined }, ["metadata.name FieldValueRequired", UNCHECKED]],
    ["a name that is no name", { name: "John Doe" }, ["metadata.name FieldValueInvalid"]],
    ["no namespace", { namespace: undefined }, ["metadata.namespace FieldValueRequired", UNCHECKED]],
    ["an unknown field of metadata", { lables: {} }, ["metadata.lables UnknownField"]],
    [
      "a label that is a number",
      { labels: { street: 5 } },
      ["metadata.labels.street FieldValueTypeInvalid", UNCHECKED],
    ],
  ])("metadata: %s", (_, metadata, expected) => expect(lines(subscriber({}, metadata))).toEqual(expected));

  test.each([
    ["nothing", null, "<nil>"],
    ["a list", [], "<nil>"],
    ["another version", { ...subscriber(), apiVersion: "lastmile.dev/v1" }, "apiVersion"],
    ["another kind", { ...subscriber(), kind: "Subscribers" }, "kind"],
  ])("%s is refused", (_, object, path) => expect(problems(object).map((p) => p.path)).toEqual([path]));
});

describe("updates", () => {
  const bad = { installation: { team: "x".repeat(64) } };
  test("what was wrong before and is unchanged is let through (ratcheting)", () => {
    expect(lines(subscriber({ ...bad, vlanId: 7 }), subscriber(bad))).toEqual([]);
  });
  test("what was wrong before and is touched is judged", () => {
    const worse = { installation: { ...bad.installation, team: "x".repeat(65) } };
    expect(lines(subscriber(worse), subscriber(bad))).toContain("spec.installation.team FieldValueTooLong");
  });
  test("a rule that was broken before and whose node is unchanged is let through", () => {
    const wifi = { cpe: { serial: "x", wifi: [{ ssid: "Doe" }] } };
    expect(lines(subscriber({ ...wifi, vlanId: 7 }), subscriber(wifi))).toEqual([]);
    expect(lines(subscriber(wifi))).toEqual(["spec.cpe.wifi[0] FieldValueInvalid"]);
  });
  test("a broken rule is let through in an item that is unchanged, by its key, whatever happens to its neighbours", () => {
    const broken = { path: "A", type: "Int" };
    const cpe = (...parameters: readonly object[]) => ({ cpe: { serial: "x", parameters } });
    const next = { path: "B", type: "Int", value: "1" };
    expect(lines(subscriber(cpe(next, broken)), subscriber(cpe(broken)))).toEqual([]);
    expect(lines(subscriber(cpe({ ...broken, type: "String" })), subscriber(cpe(broken)))).toEqual([
      "spec.cpe.parameters[0] FieldValueInvalid",
    ]);
  });
  test("duplicates are let through where there were some before", () => {
    const twice = { cpe: { serial: "x", templates: ["a", "a"] } };
    expect(lines(subscriber({ cpe: { serial: "x", templates: ["b", "b"] } }), subscriber(twice))).toEqual([]);
  });
  test("an immutable field is compared with the old one, and free on creation", () => {
    expect(lines(subscriber({ subscriberNumber: "SUB-2" }), subscriber())).toEqual([
      "spec.subscriberNumber FieldValueForbidden",
    ]);
    expect(lines(subscriber({ subscriberNumber: "SUB-2" }))).toEqual([]);
  });
});

describe("messages", () => {
  test.each([
    ["the nearest field", { planref: {} }, "spec.planref", "unknown field", "did you mean planRef?"],
    [
      "the allowed values",
      { serviceState: "Suspend" },
      "spec.serviceState",
      "must be one of Active, Suspended, Terminated",
      "did you mean Suspended?",
    ],
    ["the bounds", { vlanId: 5000 }, "spec.vlanId", "is 5000, allowed are 1 to 4094", undefined],
    [
      "quotes for a string",
      { customer: { id: 7 } },
      "spec.customer.id",
      "must be a string, not a number",
      "write it in quotes",
    ],
    [
      "what a pattern means",
      { ipv4Address: "10.0.0.1", radius: { username: "john" } },
      "spec.radius.username",
      "does not have the expected form: User name with a realm of the tenant",
      undefined,
    ],
  ])("name %s", (_, spec, path, message, remedy) => {
    const found = problems(subscriber(spec)).find((p) => p.path === path);
    expect(found?.message).toContain(message);
    if (remedy) expect(found?.remedy).toBe(remedy);
  });
  test("never show a number that stands where a string might be secret", () => {
    const parameters = [{ path: "WiFi.AccessPoint.1.Security.KeyPassphrase", type: "String", value: 87654321 }];
    const found = problems(subscriber({ cpe: { serial: "x", parameters } }));
    expect(found[0]?.path).toBe("spec.cpe.parameters[0].value");
    expect(JSON.stringify(found)).not.toContain("87654321");
  });
  test("never show a string that was given: it might be a secret in the wrong place", () => {
    const secret = "Pa$$w0rd with spaces";
    const spec = {
      radius: { username: secret, passwordSecretRef: { name: secret } },
      subscriberNumber: secret,
      ipv4Address: secret,
    };
    const found = problems(subscriber(spec));
    expect(found.length).toBeGreaterThan(3);
    expect(JSON.stringify(found)).not.toContain(secret);
  });
});

describe("properties", () => {
  const odd = fc.oneof(
    fc.constantFrom(null, "", "x", "10.0.0.1", "2001:db8::/56", 0, 4095, true, [], {}, ["a", "a"]),
    fc.jsonValue(),
  );
  /** A document of the complete tenant with one part of its spec replaced. */
  const mutated = fc
    .tuple(fc.constantFrom(...documents), fc.array(fc.nat(), { maxLength: 4 }), odd)
    .map(([document, steps, value]) => {
      const copy = structuredClone(document) as { spec: unknown };
      let parent: Record<string, unknown> = copy as Record<string, unknown>;
      let key = "spec";
      for (const step of steps) {
        const node = parent[key];
        if (typeof node !== "object" || node === null || Object.keys(node).length === 0) break;
        parent = node as Record<string, unknown>;
        key = Object.keys(node)[step % Object.keys(node).length]!;
      }
      parent[key] = value;
      return copy as JsonObject;
    });

  property.prop([mutated])("defaulting twice is defaulting once", (document) => {
    const { schema } = readKinds().find((k) => k.kind === document["kind"])!;
    const once = withDefaults(document, schema);
    expect(withDefaults(once, schema)).toEqual(once);
  });
  property.prop([mutated])("every verdict is reached, and what is accepted stays accepted", (document) => {
    const verdict = validator.validate(document);
    if (!verdict.ok) expect(verdict.problems.length).toBeGreaterThan(0);
    else expect(validator.validate(verdict.object, { old: document })).toEqual(verdict);
  });
});
