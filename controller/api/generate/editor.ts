/** One JSON schema (draft-07) for editors: completion, descriptions and the structural part of validation. */
import { API_VERSION, type Kind, type Schema } from "../schema.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema is chosen by `kind`, so one comment line serves files with several documents. */
export function editorSchema(kinds: readonly Kind[]): string {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: `Lastmile ${API_VERSION}`,
    type: "object",
    required: ["apiVersion", "kind", "metadata", "spec"],
    properties: { apiVersion: { const: API_VERSION }, kind: { enum: kinds.map((k) => k.kind) } },
    allOf: kinds.map(({ kind }) => ({
      if: { required: ["kind"], properties: { kind: { const: kind } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { $ref: `#/definitions/${kind}` },
    })),
    definitions: Object.fromEntries(kinds.map((k) => [k.kind, rootOf(k)])),
  };
  return `${JSON.stringify(schema, null, 1)}\n`;
}

function rootOf({ kind, scope, schema }: Kind): JsonSchema {
  const namespaced = scope === "Namespaced";
  return {
    description: schema.description,
    additionalProperties: false,
    properties: {
      apiVersion: { const: API_VERSION },
      kind: { const: kind },
      metadata: {
        type: "object",
        required: namespaced ? ["name", "namespace"] : ["name"],
        properties: {
          name: { type: "string", description: "A name that is unique among its kind." },
          ...(namespaced && { namespace: { type: "string", description: "The namespace of the tenant." } }),
        },
      },
      spec: nodeOf(schema.properties!["spec"]!),
      status: { type: "object", description: "Written by Lastmile." },
    },
  };
}

/** What only the API server understands is left out. */
const LEFT_OUT = /^x-kubernetes-|^format$/;
function nodeOf(schema: Schema): JsonSchema {
  const out: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) if (!LEFT_OUT.test(keyword)) out[keyword] = value;
  if (schema.type === "string" && schema.format) out["format"] = schema.format;
  if (schema["x-kubernetes-list-type"] === "set") out["uniqueItems"] = true;
  if (schema.items) out["items"] = nodeOf(schema.items);
  if (schema.additionalProperties) out["additionalProperties"] = nodeOf(schema.additionalProperties);
  if (schema.properties) {
    out["additionalProperties"] = false;
    out["properties"] = Object.fromEntries(Object.entries(schema.properties).map(([k, v]) => [k, nodeOf(v)]));
  }
  return out;
}
