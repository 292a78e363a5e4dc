/** docs/reference.md: one table of fields and one of rules for every kind. */
import { API_VERSION, type Rule, type Schema } from "../schema.ts";
import type { Crd } from "./crds.ts";

const INTRO = `# API reference

Generated from \`crds/\` by \`make generate\`; do not edit. Group and version: \`${API_VERSION}\`.

A field in bold is required. Objects are refused with every problem named at once, by \`lastmile validate\` and by the API
server alike. Editors complete and check with the first line
\`# yaml-language-server: $schema=../crds/schemas/lastmile.json\` (the path is relative to the file).
`;

export const reference = (crds: readonly Crd[]): string => [INTRO, ...crds.map((crd) => kindOf(crd, crds))].join("\n");

function kindOf(crd: Crd, all: readonly Crd[]): string {
  const { spec, status } = crd.schema.properties as Readonly<Record<"spec" | "status", Schema>>;
  const known = new Map(all.filter((c) => c !== crd).map((c) => [shapeOf(specOf(c)), c.kind]));
  const rows = fields(spec, "spec", known);
  return [
    `## ${crd.kind}`,
    `${crd.schema.description} ${crd.scope === "Cluster" ? "Cluster-scoped" : "Namespaced"}, \`kubectl get ${crd.plural}\` (${crd.shortNames.join(", ")}) shows ${crd.columns.map((c) => c.name).join(", ")}.`,
    table(["Field", "Type", "Default", "Meaning"], rows.map(fieldRow)),
    table(
      ["Rule at", "What it demands"],
      rows.flatMap(ruleRows).concat(ruleRows({ path: "spec", schema: spec, required: true })),
    ),
    "Status, written by Lastmile:",
    table(
      ["Field", "Type", "Meaning"],
      fields(status, "status", known).map((f) => [code(f.path), typeOf(f.schema), f.schema.description ?? ""]),
    ),
  ].join("\n\n");
}
const specOf = (crd: Crd): Schema => crd.schema.properties!["spec"]!;
const shapeOf = (schema: Schema): string => JSON.stringify(schema.properties);

interface Field {
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
  /** The kind whose spec this is; it is described there. */
  readonly sameAs?: string;
}
function fields(schema: Schema, path: string, known: ReadonlyMap<string, string>): readonly Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const required = schema.required?.includes(key) ?? false;
    return below({ path: `${path}.${key}`, schema: child, required }, known);
  });
}
function below(field: Field, known: ReadonlyMap<string, string>): readonly Field[] {
  const { path, schema } = field;
  const sameAs = schema.properties && known.get(shapeOf(schema));
  if (sameAs) return [{ ...field, sameAs }];
  const inner = schema.items ?? schema;
  const innerPath = schema.items ? `${path}[]` : path;
  const items =
    schema.items && !schema.items.properties ? [{ path: innerPath, schema: schema.items, required: false }] : [];
  const ofItems = schema.items?.["x-kubernetes-validations"] ? items : [];
  const ofObject = schema.items?.properties ? [{ path: innerPath, schema: schema.items, required: false }] : [];
  return [
    field,
    ...ofItems,
    ...ofObject.filter((f) => f.schema["x-kubernetes-validations"]),
    ...fields(inner, innerPath, known),
  ];
}

const fieldRow = ({ path, schema, required, sameAs }: Field): readonly string[] => [
  required ? `**${code(path)}**` : code(path),
  sameAs ? `as ${sameAs}.spec` : typeOf(schema),
  schema.default === undefined ? "" : code(JSON.stringify(schema.default)),
  [schema.description, limits(schema)].filter(Boolean).join(" "),
];
const ruleRows = ({ path, schema, sameAs }: Field): readonly (readonly string[])[] =>
  sameAs
    ? [[code(path), `The rules of ${sameAs}.`]]
    : (schema["x-kubernetes-validations"] ?? []).map((rule) => [code(path + (rule.fieldPath ?? "")), demand(rule)]);
const demand = (rule: Rule): string => capital(rule.message);
const capital = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}.`;

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map(code).join(", ");
  if (schema.items) return `list of ${schema.items.properties ? "objects" : typeOf(schema.items)}${listOf(schema)}`;
  if (schema.additionalProperties) return `map of ${typeOf(schema.additionalProperties)}`;
  return schema.type === "string" && schema.format ? schema.format : (schema.type ?? "");
}
function listOf(schema: Schema): string {
  const keys = schema["x-kubernetes-list-map-keys"];
  if (keys) return `, unique by ${keys.join(" and ")}`;
  return schema["x-kubernetes-list-type"] === "set" ? ", each once" : "";
}
function limits({ minimum, maximum, maxLength, maxItems, minItems, pattern }: Schema): string {
  if (minimum !== undefined && maximum !== undefined && maximum < 1e6) return `${minimum} to ${maximum}.`;
  if (maxItems !== undefined) return `${minItems ? `${minItems} to` : "At most"} ${maxItems}.`;
  if (maxLength !== undefined) return `At most ${maxLength} characters${pattern ? `, ${code(pattern)}` : ""}.`;
  return "";
}

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "No rules beyond the fields.";
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
