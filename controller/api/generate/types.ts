import { compile, type JSONSchema } from "json-schema-to-typescript";
import { API_VERSION, type Kind, type Schema } from "../schema.ts";

const HEADER = `/* Generated from crds/ by \`make generate\`; do not edit.
 * The types describe objects after defaulting: a field with a default is always there. */
export const API_VERSION = "${API_VERSION}";

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly generation?: number;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
}
`;

/** TypeScript interfaces of every kind: `Subscriber`, `SubscriberSpec`, `SubscriberRadius`, `SubscriberStatusRadius` … */
export async function typesOf(kinds: readonly Kind[]): Promise<string> {
  const shared = new Map<string, string>();
  const bodies: string[] = [];
  for (const kind of kinds) {
    bodies.push(await compile(rootOf(kind, shared), kind.kind, STYLE));
  }
  const union = `export type LastmileObject = ${kinds.map((k) => k.kind).join(" | ")};\nexport type KindName = LastmileObject["kind"];\n`;
  return [HEADER, ...bodies.map(readonlyFields), union].join("\n");
}
const STYLE = {
  bannerComment: "",
  additionalProperties: false,
  ignoreMinAndMaxItems: true,
  style: { printWidth: 120 },
};

function rootOf({ kind, schema }: Kind, shared: Map<string, string>): JSONSchema {
  const { spec, status } = schema.properties as Readonly<Record<"spec" | "status", Schema>>;
  return {
    ...(schema.description !== undefined && { description: schema.description }),
    type: "object",
    required: ["apiVersion", "kind", "metadata", "spec"],
    properties: {
      apiVersion: { tsType: "typeof API_VERSION" },
      kind: { const: kind },
      metadata: { tsType: "ObjectMeta" },
      spec: toJsonSchema(spec, `${kind}Spec`, shared),
      status: toJsonSchema(status, `${kind}Status`, shared),
    },
  };
}

/** A titled object becomes an interface of its own; the same schema met again (the profile in place) refers to the first. */
function toJsonSchema(schema: Schema, name: string, shared: Map<string, string>): JSONSchema {
  const { description, type } = schema;
  if (schema.enum) return { description, enum: [...schema.enum] } as JSONSchema;
  if (schema.items)
    return { description, type: "array", items: toJsonSchema(schema.items, singular(name), shared) } as JSONSchema;
  if (typeof schema.additionalProperties === "object") {
    return {
      description,
      type: "object",
      additionalProperties: toJsonSchema(schema.additionalProperties, singular(name), shared),
    } as JSONSchema;
  }
  if (!schema.properties) return { description, type } as JSONSchema;
  const key = JSON.stringify(schema, (k, v) => (k === "description" ? undefined : v));
  const known = shared.get(key);
  if (known) return { description, tsType: known } as JSONSchema;
  const title = NAMES[name] ?? name;
  shared.set(key, title);
  return { ...objectOf(schema, title, shared), description, title } as JSONSchema;
}

function objectOf(schema: Schema, name: string, shared: Map<string, string>): JSONSchema {
  const prefix = name.replace(/Spec$/, "");
  const properties: Record<string, JSONSchema> = {};
  const required = new Set(schema.required);
  for (const [field, child] of Object.entries(schema.properties ?? {})) {
    if (child.default !== undefined) required.add(field);
    properties[field] = toJsonSchema(child, prefix + field[0]!.toUpperCase() + field.slice(1), shared);
  }
  return { type: "object", properties, required: [...required] };
}

/** Where the path makes no good name, or several kinds share the shape that is met here first. */
const NAMES: Readonly<Record<string, string>> = {
  TenantSystemsRadius: "RadiusBinding",
  TenantSystemsNetbox: "NetboxBinding",
  TenantSystemsGenieacs: "SystemBinding",
  TenantSystemsVoltha: "VolthaBinding",
  TenantStatusConditions: "Condition",
  RadiusBindingCredentialsRef: "ClusterSecretRef",
  ExternalSystemRadiusNas: "ExternalSystemNas",
  ExternalSystemNasSecretRef: "ClusterSecretKeyRef",
  SubscriberCustomerSecretRef: "LocalRef",
  SubscriberPlanRef: "PlanRef",
  SubscriberCpeWifiKeySecretRef: "SecretKeyRef",
  SubscriberServiceAddress: "PostalAddress",
  NetworkProfileStatusAddresses: "AddressesStatus",
};
const singular = (name: string): string => NAMES[name] ?? name.replace(/ies$/, "y").replace(/s$/, "");

/** The generator has no option for it: declared state is never changed in place. */
const readonlyFields = (text: string): string =>
  text
    .replace(/^(\s+)((?:\w+|"[^"]+")\??:)/gm, "$1readonly $2")
    .replace(/^(\s+)\[k: string\]:/gm, "$1readonly [key: string]:")
    .replace(/: (\([^()\n]*\)|[\w.]+)\[\];/g, ": readonly $1[];");
