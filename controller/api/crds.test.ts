import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { compile } from "./cel/compile.ts";
import { toCel } from "./cel/values.ts";
import { readCrds } from "./generate/crds.ts";
import { generated } from "./generate/outputs.ts";
import { formats } from "./go/formats.ts";
import { re2 } from "./re2.ts";
import type { Schema } from "./schema.ts";

const root = join(import.meta.dirname, "../..");
const crds = readCrds(join(root, "crds"));

interface Place {
  readonly path: string;
  readonly schema: Schema;
}
function places(schema: Schema, path: string): readonly Place[] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([k, child]) => places(child, `${path}.${k}`));
  const items = schema.items ? places(schema.items, `${path}[]`) : [];
  const values = schema.additionalProperties ? places(schema.additionalProperties, `${path}{}`) : [];
  return [{ path, schema }, ...fields, ...items, ...values];
}
const all = crds.flatMap((crd) => places(crd.schema, crd.kind));
const without = (wrong: (place: Place) => boolean): readonly string[] => all.filter(wrong).map((p) => p.path);

/** The keywords that the validator implements; `Schema` is their type. */
const KEYWORDS: ReadonlySet<string> = new Set<keyof Schema>([
  "description",
  "type",
  "format",
  "default",
  "enum",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "pattern",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
  "required",
  "properties",
  "additionalProperties",
  "items",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-map-type",
  "x-kubernetes-validations",
]);
const RULE_KEYWORDS = new Set(["rule", "message", "reason", "fieldPath"]);

describe("custom resource definitions", () => {
  test("are the six kinds", () => {
    expect(crds.map((c) => `${c.kind} ${c.plural} ${c.scope}`)).toEqual([
      "Tenant tenants Cluster",
      "ExternalSystem externalsystems Cluster",
      "ServicePlan serviceplans Namespaced",
      "NetworkProfile networkprofiles Namespaced",
      "Subscriber subscribers Namespaced",
      "SiteSurvey sitesurveys Namespaced",
    ]);
  });
  test("every field has a description, but metadata, where the server allows none", () => {
    expect(without((p) => !p.schema.description)).toEqual(crds.map((c) => `${c.kind}.metadata`));
  });
  test("every string is bounded, else rules are over the cost budget", () => {
    expect(without(({ schema: s }) => s.type === "string" && s.maxLength === undefined && !s.enum)).toEqual([]);
  });
  test("every list is bounded and says how its items are told apart", () => {
    expect(without(({ schema: s }) => !!s.items && (s.maxItems === undefined || !s["x-kubernetes-list-type"]))).toEqual(
      [],
    );
  });
  test("every map and every integer is bounded", () => {
    expect(without(({ schema: s }) => !!s.additionalProperties && s.maxProperties === undefined)).toEqual([]);
    expect(
      without(({ schema: s }) => s.type === "integer" && (s.minimum === undefined || s.maximum === undefined)),
    ).toEqual([]);
  });
  test("keys of list maps are required: without one the server cannot tell items apart", () => {
    const keyless = ({ schema: s }: Place): boolean =>
      (s["x-kubernetes-list-map-keys"] ?? []).some((k) => !s.items?.required?.includes(k));
    expect(without(keyless)).toEqual([]);
  });
  test("only keywords and formats that are validated offline", () => {
    expect(without(({ schema }) => Object.keys(schema).some((k) => !KEYWORDS.has(k)))).toEqual([]);
    expect(without(({ schema: s }) => s.format !== undefined && s.format !== "int64" && !formats[s.format])).toEqual(
      [],
    );
    const strange = ({ schema: s }: Place): boolean =>
      (s["x-kubernetes-validations"] ?? []).some((r) => Object.keys(r).some((k) => !RULE_KEYWORDS.has(k)));
    expect(without(strange)).toEqual([]);
  });
  test("every pattern is one for Go", () => {
    for (const { schema } of all) if (schema.pattern) re2(schema.pattern);
  });
  test("every rule compiles and has a message for people", () => {
    const rules = all.flatMap(({ schema }) => schema["x-kubernetes-validations"] ?? []);
    for (const rule of rules) compile(rule.rule);
    expect(rules.filter((r) => !r.message)).toEqual([]);
  });
  test("a default keeps the rules of its node as it stands there: the server checks it before inner defaults", () => {
    for (const { path, schema } of all) {
      if (schema.default === undefined) continue;
      const self = toCel(schema.default, schema);
      for (const { rule } of schema["x-kubernetes-validations"] ?? []) {
        if (!compile(rule).readsOld) expect(compile(rule).run({ self }), path).toBe(true);
      }
    }
  });
  test("the field path of a rule leads to a declared field", () => {
    const lost = ({ schema }: Place): boolean =>
      (schema["x-kubernetes-validations"] ?? []).some((r) => r.fieldPath && !follow(schema, r.fieldPath));
    expect(without(lost)).toEqual([]);
  });
  test("only what cannot be replaced is immutable", () => {
    const fixed = ({ schema }: Place): boolean =>
      (schema["x-kubernetes-validations"] ?? []).some((r) => compile(r.rule).readsOld);
    expect(without(fixed)).toEqual(["Tenant.spec.namespace", "Subscriber.spec.subscriberNumber"]);
  });
  test("the profile in place is the schema of NetworkProfile", () => {
    const at = (path: string): Schema => all.find((p) => p.path === path)!.schema;
    const { description: _, ...inPlace } = at("Subscriber.spec.networkProfile");
    const { description: __, ...profile } = at("NetworkProfile.spec");
    expect(inPlace).toEqual(profile);
  });
});

describe("generated files", () => {
  test("are fresh", async () => {
    for (const { path, text } of await generated(root)) expect(readFileSync(join(root, path), "utf8"), path).toBe(text);
  });
  test("the schema for editors accepts the complete tenant and refuses a misspelt field", () => {
    const schema = JSON.parse(readFileSync(join(root, "crds/schemas/lastmile.json"), "utf8")) as object;
    const check = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    const documents = parseAllDocuments(readFileSync(join(import.meta.dirname, "testing/tenant.yaml"), "utf8"));
    for (const document of documents) {
      expect(check(document.toJS()), JSON.stringify(check.errors)).toBe(true);
      document.setIn(["spec", "planref"], { name: "x" });
      expect(check(document.toJS())).toBe(false);
    }
  });
});

const follow = (schema: Schema, fieldPath: string): Schema | undefined =>
  fieldPath
    .slice(1)
    .split(".")
    .reduce((s: Schema | undefined, key) => s?.properties?.[key], schema);
