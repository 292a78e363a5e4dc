/** Table tests of the CEL rules in crds/: each rule has a row that breaks it and one that keeps it. */
import { describe, expect, test } from "vitest";
import { readKinds } from "../kinds.ts";
import { API_VERSION, type Schema } from "../schema.ts";
import { createValidator } from "../validate.ts";

/** A JSON merge patch (RFC 7386) on the spec: null removes. */
export type Patch = { readonly [field: string]: unknown };
export interface RuleRow {
  /** Path of the problem, list positions written []. */
  readonly at: string;
  /** The message of the rule. */
  readonly says: string;
  readonly bad: Patch;
  readonly good: Patch;
  /** The stored spec is the base with this patch: a rule about changes. */
  readonly old?: Patch;
}

const validator = createValidator();

export function describeRules(kind: string, base: Patch, rows: readonly RuleRow[]): void {
  const object = (patch: Patch): object => {
    const namespace = readKinds().find((k) => k.kind === kind)!.scope === "Namespaced" && { namespace: "isp-acme" };
    return { apiVersion: API_VERSION, kind, metadata: { name: "x", ...namespace }, spec: merge(base, patch) };
  };
  const judge = (patch: Patch, old: Patch | undefined): readonly string[] => {
    const verdict = validator.validate(object(patch), old && { old: object(old) });
    return verdict.ok ? [] : verdict.problems.map((p) => `${p.path.replace(/\[[^\]]*\]/g, "[]")}: ${p.message}`);
  };
  describe(`rules of ${kind}`, () => {
    test("the base of the table is valid", () => expect(judge({}, undefined)).toEqual([]));
    for (const row of rows) {
      test(`${row.at}: ${row.says}`, () => {
        expect(judge(row.bad, row.old)).toContain(`${row.at}: ${row.says}`);
        expect(judge(row.good, row.old)).toEqual([]);
      });
    }
    test("every rule has a row", () => {
      const schema = readKinds().find((k) => k.kind === kind)!.schema;
      const covered = new Set(rows.map((row) => `${row.at}: ${row.says}`));
      expect(rulesOf(schema, "").filter((rule) => !covered.has(rule))).toEqual([]);
    });
  });
}

/** `path: message` of every rule. The profile in place is the schema of NetworkProfile, which a test of its own proves. */
function rulesOf(schema: Schema, path: string): readonly string[] {
  const own = (schema["x-kubernetes-validations"] ?? []).map((r) => `${path}${r.fieldPath ?? ""}: ${r.message}`);
  const fields = Object.entries(schema.properties ?? {}).filter(([key]) => key !== "networkProfile");
  return [
    ...own,
    ...fields.flatMap(([key, child]) => rulesOf(child, path === "" ? key : `${path}.${key}`)),
    ...(schema.items ? rulesOf(schema.items, `${path}[]`) : []),
  ];
}

function merge(base: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const out: Record<string, unknown> = isRecord(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key];
    else out[key] = merge(out[key], value);
  }
  return out;
}
const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v);
